"""From what somebody pastes to the feeds that it may mean, each read before it is offered."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from kb.feeds import discovery, recipes
from kb.feeds.errors import FeedError, FetchError, ParseError, Refused
from kb.feeds.recipes import PageRecipe, Recipe
from kb.feeds.types import Candidate, CleanFeed, Fetch, Fetched, Platform, Resolved

NEWEST = 3
MOST_OFFERED = 12
MOST_REFRESHES = 2
TOO_OFTEN = 429
UNKNOWN = {400, 404, 410}  # so a platform answers of what it does not have
LANGUAGES = ("en", "cy")
WANTS_TO_BE_LEFT = (
    "This page asks to be left out of collections like ours, so we do not look for feeds on it. "
    "If its owner agrees, paste the address of its feed itself."
)
A_LIST = "This is a list of feeds and not a feed. Import it as a list of sources."

AskForPage = Callable[[str], Fetched]
Read = Callable[[Fetched], CleanFeed]


def resolve(pasted: str, *, fetch: Fetch, page: AskForPage, read: Read) -> Resolved:
    """What is behind that address, as a sentence and as feeds that answered and were read.

    Raises Invalid where it is no address. A site that does not answer, has no feed or does
    not want to be read is no error: the sentence says so and what to do instead.
    """
    address = recipes.address(pasted)
    finder = _Finder(fetch, page, read)
    try:
        found = finder.find(address.url)
        if address.guessed_scheme and not finder.was_answered:
            found = finder.find(address.url.replace("https://", "http://", 1))
    except Refused as refused:
        return Resolved(sentence=str(refused))
    return found


@dataclass(frozen=True, kw_only=True)
class _Source:
    """What a feed is likely to be, by the way in which it was found."""

    platform: Platform = Platform.WEBSITE
    kind: str = ""
    site_url: str = ""
    language: str = ""
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A candidate, and all that its entries link to: so two ways to one feed are told."""

    candidate: Candidate
    entries: tuple[tuple[str, str], ...]

    def is_like(self, other: "_Found") -> bool:
        return self.candidate.url == other.candidate.url or (
            bool(self.entries) and self.entries == other.entries
        )


class _Finder:
    """Asks each address once while one thing that was pasted is looked into."""

    def __init__(self, fetch: Fetch, page: AskForPage, read: Read) -> None:
        self._fetch = fetch
        self._page = page
        self._read = read
        self._known: dict[str, _Found | FeedError] = {}
        self.was_answered = False

    def find(self, url: str) -> Resolved:
        """Raises Refused with the sentence where a place does not want to be read."""
        if sentence := recipes.refusal(url):
            self.was_answered = True
            return Resolved(sentence=sentence)
        excuse = ""
        for recipe, words in recipes.matching(url):
            named = self._ask(recipe, words) if recipe.asks else words
            if isinstance(named, str):
                excuse = excuse or named
            elif found := self._follow(recipe, named):
                return _offer(found, f"This is {recipe.called}", recipe.note)
            elif recipe.missing:
                excuse = excuse or self._unread(recipe, named)
        return Resolved(sentence=excuse) if excuse else self._look(url)

    def _follow(self, recipe: Recipe, words: dict[str, str]) -> list[_Found]:
        source = _Source(platform=recipe.platform, kind=recipe.kind, site_url=_site(words["url"]))
        found = self._try(recipe, words, source)
        if recipe.whole and found:
            whole = self._candidate(recipes.fill(recipe.whole, words), source)
            if whole is not None:
                found = [one for one in found if not one.is_like(whole)]
                found = [*found, whole] if found else []
        return found

    def _ask(self, recipe: Recipe, words: dict[str, str]) -> dict[str, str] | str:
        """The words with what the address says that the recipe asks first.

        Where that names nothing: why, in a sentence; "" if the page itself may tell more.
        What nobody answered is never told as an answer.
        """
        asked = recipes.fill(recipe.asks, words)
        is_their_page = urlsplit(asked).netloc == urlsplit(words["url"]).netloc
        try:
            about = self._page(asked) if is_their_page else self._fetch(asked)
        except Refused:
            raise
        except FetchError as error:
            self.was_answered = self.was_answered or bool(error.status)
            return _unasked(recipe, asked, error)
        self.was_answered = True
        text = about.content.decode("utf-8", "replace") if isinstance(about, Fetched) else ""
        if recipe.closed and recipe.closed in text:
            raise Refused(_closed(recipe.platform))
        named = recipes.found_in(text, recipe.finds)
        if not named:
            return recipe.missing
        return words | named | {"feed": urljoin(words["url"], named.get("feed", ""))}

    def _unread(self, recipe: Recipe, words: dict[str, str]) -> str:
        """Why nothing came of the feeds that a platform named."""
        for template in recipe.feeds:
            url = recipes.fill(template, words)
            failure = self._known.get(url)
            if isinstance(failure, FeedError):
                return f"This is {recipe.called}, but its feed could not be read. {failure}"
        return ""

    def _try(
        self, recipe: Recipe | PageRecipe, words: Mapping[str, str], source: _Source
    ) -> list[_Found]:
        found: list[_Found] = []
        for template in recipe.feeds:
            one = self._candidate(recipes.fill(template, words), source)
            if one is not None:
                found.append(one)
                if not recipe.each:
                    break
        return _distinct(found)

    def _look(self, url: str) -> Resolved:
        """A page or a feed of whatever kind."""
        try:
            fetched = self._page(url)
        except Refused:
            raise
        except FetchError as error:
            self.was_answered = self.was_answered or bool(error.status)
            return Resolved(sentence=f"We could not read {_host(url)}. {error}")
        self.was_answered = True
        if discovery.is_list(fetched.content):
            return Resolved(sentence=A_LIST, listed=fetched.content)
        if not discovery.is_page(fetched.content):
            try:
                return _offer([self._keep(url, fetched, _Source())], "This is a feed")
            except ParseError as error:
                page = _page(fetched)  # perhaps a page without the usual beginning
                if not (page.links or page.anchors or page.refresh):
                    return Resolved(sentence=f"We could not read {_host(url)}. {error}")
        return self._look_into(_open(_page(fetched)))

    def _look_into(self, page: discovery.Page) -> Resolved:
        for _ in range(MOST_REFRESHES):
            if not page.refresh or page.links:
                break
            page = _open(self._next(page))
        found, total = self._named(page), len(page.links)
        if not found:
            found = self._guessed(page)
        if found:
            left_out = max(0, total - MOST_OFFERED)
            return _offer(found, "", _left_out(total) if left_out else "")
        return Resolved(sentence=self._nothing(page))

    def _next(self, page: discovery.Page) -> discovery.Page:
        """The page that this one sends its readers on to."""
        try:
            return _page(self._page(page.refresh))
        except FetchError:
            return page

    def _named(self, page: discovery.Page) -> list[_Found]:
        """The feeds that the page itself names; readers' comments only where nothing else is."""
        source = self._source(page)
        posts = [link for link in page.links if not link.comments]
        found = self._linked(posts or page.links, source)
        for recipe, words in () if found else recipes.made_by(page.text, page.url):
            if found := self._try(recipe, words, source):
                break
        return found or self._linked(page.anchors, source)

    def _linked(self, links: Iterable[discovery.Link], source: _Source) -> list[_Found]:
        found = [self._candidate(link.url, source) for link in list(links)[:MOST_OFFERED]]
        return _distinct(one for one in found if one is not None)

    def _guessed(self, page: discovery.Page) -> list[_Found]:
        """The first of the usual addresses that holds a feed, unless it leads elsewhere."""
        for url in discovery.guesses(page.url):
            one = self._candidate(url, self._source(page), is_guess=True)
            if one is not None and not discovery.is_about_comments(one.candidate.title):
                return [one]
            failure = self._known.get(url)
            if isinstance(failure, FetchError) and failure.status == TOO_OFTEN:
                break
        return []

    def _source(self, page: discovery.Page) -> _Source:
        made_by = next((recipe for recipe, _ in recipes.made_by(page.text, page.url)), None)
        return _Source(
            platform=made_by.platform if made_by else Platform.WEBSITE,
            kind=made_by.kind if made_by else "",
            site_url=page.url,
            language=page.language,
            title=page.title,
        )

    def _candidate(self, url: str, source: _Source, *, is_guess: bool = False) -> _Found | None:
        if url not in self._known:
            try:
                self._known[url] = self._fetched(url, source, is_guess=is_guess)
            except FeedError as error:
                self._known[url] = error
        found = self._known[url]
        return found if isinstance(found, _Found) else None

    def _fetched(self, url: str, source: _Source, *, is_guess: bool) -> _Found:
        if not recipes.is_web_address(url):
            raise ParseError("This is not an address of the web.")
        try:
            fetched = self._fetch(url)
        except FetchError as error:
            self.was_answered = self.was_answered or bool(error.status)
            raise
        self.was_answered = True
        if not isinstance(fetched, Fetched):
            raise ParseError("The site gave no full answer.")
        if is_guess and not discovery.is_same_place(url, fetched.url):
            raise ParseError("This address leads to another page.")
        if discovery.is_page(fetched.content):
            raise ParseError("This is a web page and not a feed.")
        return self._keep(url, fetched, source)

    def _keep(self, url: str, fetched: Fetched, source: _Source) -> _Found:
        feed = self._read(fetched)
        url = fetched.moved_to or url
        platform, kind = recipes.platform_of(url)
        if platform is Platform.WEBSITE:
            platform, kind = source.platform, source.kind
        if _has_sound(feed):
            platform, kind = Platform.PODCAST, "podcast"
        candidate = Candidate(
            url=url,
            title=feed.title or source.title or _host(url),
            platform=platform,
            site_url=feed.link if recipes.is_web_address(feed.link) else source.site_url,
            language=_language(feed.language, source.language),
            kind=kind,
            newest=feed.entries[:NEWEST],
        )
        return _Found(
            candidate=candidate,
            entries=tuple((entry.link, entry.title) for entry in feed.entries),
        )

    def _nothing(self, page: discovery.Page) -> str:
        for link in page.links:
            failure = self._known.get(link.url)
            if isinstance(failure, FeedError):
                return f"{_host(page.url)} names a feed that could not be read. {failure}"
        return (
            f"We found no feed on {_host(page.url)}. Look there for a page called “RSS”, “News” "
            "or “Blog” and paste its address, or ask whoever runs the site."
        )


def _page(fetched: Fetched) -> discovery.Page:
    return discovery.read(
        fetched.content,
        url=fetched.url,
        content_type=fetched.content_type,
        headers=fetched.headers,
    )


def _open(page: discovery.Page) -> discovery.Page:
    """The page, unless it asks to be left alone."""
    if page.is_closed:
        raise Refused(WANTS_TO_BE_LEFT)
    return page


def _distinct(found: Iterable[_Found]) -> list[_Found]:
    """Each feed once, though two addresses may hold it; in the same order."""
    kept: list[_Found] = []
    for one in found:
        if not any(one.is_like(other) for other in kept):
            kept.append(one)
    return kept


def _offer(found: list[_Found], what: str, note: str = "") -> Resolved:
    candidates = tuple(one.candidate for one in found)
    if len(candidates) == 1:
        name = f"“{candidates[0].title}”"
        sentence = f"{what}: {name}." if what else f"We found one feed: {name}."
    else:
        lead = f"{what}. " if what else ""
        sentence = f"{lead}We found {len(candidates)} feeds. Choose the one that you want."
    return Resolved(sentence=f"{sentence} {note}".rstrip(), candidates=candidates)


def _left_out(total: int) -> str:
    return (
        f"The page names {total} and we looked at the first {MOST_OFFERED}; "
        "paste the address of another one to follow that."
    )


def _unasked(recipe: Recipe, asked: str, error: FetchError) -> str:
    """What to say where a platform gave no full answer; "" if the page itself may tell more."""
    if not recipe.missing:
        return ""
    if error.status in UNKNOWN:
        return recipe.unknown or recipe.missing
    is_named = recipe.platform not in {Platform.WEBSITE, Platform.PODCAST}
    sentence = f"We could not ask {recipe.platform.label if is_named else _host(asked)}. {error}"
    return f"{sentence} {recipe.instead}".rstrip() if error.status else sentence


def _closed(platform: Platform) -> str:
    return (
        f"This person asks {platform.label} to show their posts only to people who have signed "
        "in, so we do not follow this account. Ask them for another address."
    )


def _has_sound(feed: CleanFeed) -> bool:
    files = [entry.enclosures for entry in feed.entries[:NEWEST]]
    return bool(files) and all(
        any(file.type.startswith("audio/") for file in each) for each in files
    )


def _language(*given: str) -> str:
    """English or Welsh as the feed or its page says; "" for what neither says."""
    return next((short for text in given if (short := text.lower()[:2]) in LANGUAGES), "")


def _site(url: str) -> str:
    return url.removesuffix("/rss")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")
