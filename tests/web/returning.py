"""Sites with an identity provider, and browsers that go there and come back."""

from contextlib import contextmanager
from urllib.parse import parse_qs, urlencode, urlsplit

from kb.accounts import service as accounts
from kb.clock import utcnow
from kb.config import Settings
from kb.factory import build_runtime
from tests.apps import create_app
from tests.conftest import SECRET
from tests.factories import make_user
from tests.services import identity

EMAIL = "sian@bryn.gov.uk"


@contextmanager
def sites(data_dir, database_url):
    """A function that makes the site with a provider: the application and its runtime."""
    made = []

    def make(provider, **values):
        settings = Settings(
            data_dir=data_dir,
            database_url=database_url,
            secret_key=SECRET,
            oidc_issuer=provider.issuer,
            oidc_client_id=identity.CLIENT["KB_OIDC_CLIENT_ID"],
            oidc_client_secret=identity.CLIENT["KB_OIDC_CLIENT_SECRET"],
            **{"oidc_name": "Bryn Council"} | values,
        )
        runtime = build_runtime(settings)
        runtime.search.replace(())
        made.append(runtime)
        return create_app(runtime), runtime

    yield make
    for runtime in made:
        runtime.reader.close()
        runtime.fetcher.close()
        runtime.database.close()


def store(runtime, **values):
    with runtime.database.transaction() as session:
        return make_user(session, **{"email": EMAIL} | values)


def find(runtime, email=EMAIL):
    with runtime.database.reading() as session:
        return accounts.by_email(session, email)


def go(browser, next_path=""):
    """Press the button; where that leads."""
    query = urlencode({"next": next_path}) if next_path else ""
    return browser.response(f"/sign-in/identity?{query}").location


def come_back(browser, address):
    parts = urlsplit(address)
    return browser.response(f"{parts.path}?{parts.query}")


def sign_in(browser, provider, subject="sian", next_path=""):
    return come_back(browser, provider.let_in(go(browser, next_path), subject))


def say(liar, browser, **query):
    """Come back from the liar with what it makes of the nonce that we sent."""
    sent = {k: v[0] for k, v in parse_qs(urlsplit(go(browser)).query).items()}
    liar.token = liar.id_token(int(utcnow().timestamp()), sent["nonce"])
    given = {"state": sent["state"], "code": "a code"} | query
    given = {name: value for name, value in given.items() if value is not None}
    return browser.response(f"/sign-in/identity/return?{urlencode(given)}")
