"""An editor's browser: signed in by a private link, and sending our token with every form."""

from kb.accounts import editor_links
from kb.clock import utcnow
from tests.pages import Browser


def link_key(app, now=None):
    settings = app.extensions["kb"].settings
    return editor_links.make(settings.secret_key, site=settings.base_url, now=now or utcnow())


def token_of(page):
    """The token in the first form of a page."""
    return page.find(".//input[@name='csrf_token']")[0].get("value")


class Editor(Browser):
    def __init__(self, app):
        super().__init__(app)
        key = link_key(app)
        page = self.get(f"/editing/link?key={key}")
        super().post("/editing/session", csrf_token=token_of(page), key=key)

    def post(self, path, expect=200, **data):
        return super().post(path, expect, csrf_token=self.token(), **data)

    def token(self):
        return token_of(self.get("/feeds/leads"))
