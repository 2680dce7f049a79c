"""What one stage of the pipeline hands to the next. No stage knows another; all know these."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Platform(StrEnum):
    """Where a source publishes; what we do not know is a website."""

    BLOGGER = "blogger"
    WORDPRESS = "wordpress"
    MEDIUM = "medium"
    SUBSTACK = "substack"
    GHOST = "ghost"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    YOUTUBE = "youtube"
    MODERNGOV = "moderngov"
    GOVUK = "govuk"
    PODCAST = "podcast"
    TUMBLR = "tumblr"
    WEBSITE = "website"

    @property
    def label(self) -> str:
        return _PLATFORM_LABELS.get(self, self.value.capitalize())


_PLATFORM_LABELS = {
    Platform.WORDPRESS: "WordPress",
    Platform.YOUTUBE: "YouTube",
    Platform.MODERNGOV: "ModernGov",
    Platform.GOVUK: "GOV.UK",
}


@dataclass(frozen=True, kw_only=True)
class Validators:
    """What a server gave to ask again with, byte for byte (as latin-1 text)."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """One full answer.

    `url` is where it came from after redirects. `moved_to` is where the permanent ones
    (301, 308) that came first led, "" where the first was not permanent. `max_age_s` and
    `retry_after_s` are what the server asked for. `content` is decompressed.
    """

    url: str
    content: bytes
    content_type: str = ""
    validators: Validators = Validators()
    moved_to: str = ""
    max_age_s: int | None = None
    retry_after_s: int | None = None
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class NotModified:
    """The server has nothing new since the validators that we sent."""

    url: str
    max_age_s: int | None = None


Answer = Fetched | NotModified


class Fetch(Protocol):
    """Asks for one address. Raises FetchError (Refused for what we will not ask)."""

    def __call__(self, url: str, validators: Validators = Validators()) -> Answer: ...


@dataclass(frozen=True, kw_only=True)
class Request:
    """One of many addresses to ask for; `key` comes back with its answer."""

    key: int
    url: str
    validators: Validators = Validators()


class FetchMany(Protocol):
    """Asks for many at once and calls back, in this thread, as each answer comes."""

    def __call__(
        self,
        requests: Iterable[Request],
        done: Callable[[Request, Answer | Exception], None],
    ) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """A file that belongs to an entry: audio, video, a picture, a document.

    `title` is what its feed calls it; of a picture, what it shows where the feed says that.
    """

    url: str
    type: str = ""
    title: str = ""

    @property
    def is_picture(self) -> bool:
        return self.type.lower().startswith("image/")


@dataclass(frozen=True, kw_only=True)
class Illustration:
    """A picture of an entry, and what its feed says that it shows.

    `alt` is "" where nothing is said. Nearly every feed writes an empty description because
    nobody filled it in, so that none is taken for "this picture only decorates".
    """

    url: str
    alt: str = ""


@dataclass(frozen=True, kw_only=True)
class ParsedEntry:
    """An entry as its feed gives it: untrusted text, HTML not yet cleaned.

    `title`, `html` and `author` are HTML (plain text comes escaped) or empty, and their
    relative addresses count from `base`, which may itself be relative. `published_at` and
    `updated_at` are aware, None where the feed gives none that makes sense.
    """

    guid: str = ""
    title: str = ""
    link: str = ""
    base: str = ""
    html: str = ""
    author: str = ""
    language: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ParsedFeed:
    """A feed as it was read. `problems` are sentences about what had to be mended.

    `is_cut` where its end is missing, `is_half` where that of its last entry is missing too;
    `every_s` is how rarely it asks to be read.
    """

    title: str = ""
    link: str = ""
    language: str = ""
    entries: tuple[ParsedEntry, ...] = ()
    problems: tuple[str, ...] = ()
    is_cut: bool = False
    is_half: bool = False
    every_s: int = 0


@dataclass(frozen=True, kw_only=True)
class CleanEntry:
    """An entry fit to show and to keep.

    `html` is safe and holds no picture and nothing that loads from elsewhere; `pictures`
    are those that were taken out, `text` is the words alone, `summary`
    the first 300 characters of them. `keys` identify it within its feed, best first:
    guid; guid without scheme and host, or link without tracking; hash of title and text.
    `hash` changes when title or text do, and never with dates. `copy` counts those that a
    document repeats with every key alike: the first is 1, the next have keys of their own.
    """

    keys: tuple[str, str, str]
    hash: str
    title: str
    copy: int = 1
    link: str = ""
    html: str = ""
    text: str = ""
    summary: str = ""
    author: str = ""
    language: str = ""
    published_at: datetime | None = None
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    pictures: tuple[Illustration, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CleanFeed:
    """A feed fit to keep; entries in the order of the document, each once."""

    title: str = ""
    link: str = ""
    language: str = ""
    entries: tuple[CleanEntry, ...] = ()
    problems: tuple[str, ...] = ()
    is_cut: bool = False
    is_half: bool = False
    every_s: int = 0


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A feed that a pasted address may mean; `newest` are up to three of its entries."""

    url: str
    title: str
    platform: Platform
    site_url: str = ""
    language: str = ""
    kind: str = ""
    newest: tuple[CleanEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """What we found behind what was pasted: `sentence` says it in plain words.

    `listed` is the file, where it is a list of feeds for other readers and no feed.
    """

    sentence: str
    candidates: tuple[Candidate, ...] = ()
    listed: bytes = b""
