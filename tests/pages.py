"""A test client that reads pages as a person would, and insists that they are sound."""

import html5lib
from flask.testing import FlaskClient


class Page:
    """A page that was judged: valid HTML, one h1 that stands in the title, unique ids."""

    def __init__(self, response):
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
        self._tree = parser.parse(response.text)
        assert not parser.errors, parser.errors[0]
        headings = self._tree.findall(".//h1")
        assert len(headings) == 1, "a page has exactly one h1"
        self.heading = words(headings[0])
        self.title = words(self._tree.find(".//title"))
        assert self.heading in self.title, f"{self.heading!r} is not in {self.title!r}"
        ids = [e.get("id") for e in self._tree.iter() if e.get("id")]
        assert len(ids) == len(set(ids)), "ids are unique"
        self._insist_on_no_inline_code()

    @property
    def words(self):
        """What a person can read in <main>, on one line."""
        return words(self._tree.find(".//main"))

    @property
    def links(self):
        """(words, address) of every link in <main>, in order."""
        return [(words(a), a.get("href")) for a in self._tree.findall(".//main//a")]

    def find(self, path):
        """The elements at an ElementTree path, such as ".//ol[@class='hits']/li"."""
        return self._tree.findall(path)

    def meta(self, name):
        """The content of <meta name=...> or <meta property=...>, None where there is none."""
        for element in self._tree.findall(".//meta"):
            if name in (element.get("name"), element.get("property")):
                return element.get("content")
        return None

    def _insist_on_no_inline_code(self):
        for element in self._tree.iter():
            if not isinstance(element.tag, str):
                continue
            assert element.tag != "style", "no inline styles"
            assert element.tag != "script" or element.get("src"), "no inline scripts"
            inline = [a for a, _ in element.items() if a == "style" or a.startswith("on")]
            assert not inline, f"<{element.tag}> has {inline}"


class Browser:
    """A person without JavaScript. Redirects are followed unless a test asks for one."""

    def __init__(self, app):
        self.client = FlaskClient(app, use_cookies=True, response_wrapper=app.response_class)

    def get(self, path, expect=200, **options):
        return self._page(self.client.get(path, follow_redirects=True, **options), expect)

    def post(self, path, expect=200, **data):
        return self._page(self.client.post(path, data=data, follow_redirects=True), expect)

    def response(self, path, **options):
        """The bare answer, for what is no page: redirects, JSON, headers."""
        return self.client.get(path, **options)

    def _page(self, response, expect):
        assert response.status_code == expect, response.text[:2000]
        return Page(response)


def words(element):
    return " ".join("".join(element.itertext()).split())
