"""Browsers that come in as people do: forms with our token, links from letters."""

from sqlalchemy import select

from kb.mail.models import Letter
from tests.accounts.letters import code_of
from tests.pages import Browser
from tests.people import token_of

PASSWORD = "llwybr cyhoeddus 7"


class Newcomer(Browser):
    """A person without an account, or with one and not signed in; from a network of their own."""

    def __init__(self, app, network="192.0.2.1"):
        super().__init__(app)
        self.client.environ_base["REMOTE_ADDR"] = network
        self.database = app.extensions["kb"].database

    def send(self, path, **data):
        """Post what a form would; the bare answer."""
        token = token_of(self.get("/sign-in/letter"))
        return self.client.post(path, data={"csrf_token": token} | data)

    def try_password(self, email, password=PASSWORD, **data):
        return self.send("/sign-in", email=email, password=password, **data)

    def letters(self, email):
        with self.database.reading() as session:
            query = select(Letter).where(Letter.to == email).order_by(Letter.id)
            return list(session.scalars(query))

    def code(self, email):
        return code_of(self.letters(email)[-1])

    @property
    def is_in(self):
        return self.response("/account").status_code == 200
