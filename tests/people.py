"""Browsers in which somebody is signed in, sending our token with every form."""

from flask.sessions import SecureCookieSessionInterface

from kb.accounts import sign_ins
from kb.clock import utcnow
from tests.factories import make_user
from tests.pages import Browser

PAGE_WITH_A_TOKEN = "/account"


def token_of(page):
    """The token in the first form of a page."""
    return page.find(".//input[@name='csrf_token']")[0].get("value")


class Person(Browser):
    """Somebody with an account, signed in since just now."""

    def __init__(self, app, user):
        super().__init__(app)
        with app.extensions["kb"].database.transaction(quietly=True) as session:
            token = sign_ins.start(session, user, device="A browser", now=utcnow())
        said = {"_user_id": token, "_fresh": True}
        cookie = SecureCookieSessionInterface().get_signing_serializer(app).dumps(said)
        self.client.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie)
        self.user = user

    def post(self, path, expect=200, **data):
        return super().post(path, expect, **{"csrf_token": self.token()} | data)

    def token(self):
        return token_of(self.get(PAGE_WITH_A_TOKEN))


class Reviewer(Person):
    """A reviewer of no council, made for this browser."""

    def __init__(self, app):
        with app.extensions["kb"].database.transaction(quietly=True) as session:
            user = make_user(session, is_reviewer=True)
        super().__init__(app, user)
