"""Real identity providers on this machine: an honest one, and one that lies as it is told."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import requests
from joserfc import jwk, jwt
from joserfc.jws import JWSRegistry

from tests.services.site import free_port, is_listening, until

START_S = 240
CLIENT = {"KB_OIDC_CLIENT_ID": "scrutiny-swap", "KB_OIDC_CLIENT_SECRET": "a shared secret"}


class Provider:
    """Where people sign in; `issuer` is what KB_OIDC_ISSUER would be."""

    def __init__(self, issuer):
        self.issuer = issuer

    def knows(self, subject, **claims):
        said = requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=START_S)
        said.raise_for_status()

    def let_in(self, address, subject):
        """What a person does there; the address they are sent back to."""
        return _sent_back(requests.post(address, {"sub": subject}, allow_redirects=False))

    def refuse(self, address):
        return _sent_back(requests.post(address, {"action": "deny"}, allow_redirects=False))


@contextmanager
def provider():
    """One that lets anybody in as whoever they say, as a process of its own."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: is_listening(port), within_s=START_S)
        yield Provider(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()


class Liar:
    """Says what it was told to; everything is right until a test changes it.

    `claims` go into the token over the right ones, None leaves one out. `key` signs it,
    or `forge` makes it of them; `document` goes over what it publishes about itself. `answers`
    has whole answers to requests by path; None hangs up, "silence" says nothing at all.
    """

    def __init__(self, port):
        self.issuer = f"http://127.0.0.1:{port}"
        self.own_key = jwk.RSAKey.generate_key(2048, {"kid": "own", "use": "sig"})
        self.key = self.own_key
        self.claims, self.document, self.answers, self.userinfo = {}, {}, {}, {}
        self.header = {}
        self.token = self.forge = None
        self.asked = []
        self.over = threading.Event()

    def about(self):
        ends = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "keys",
            "userinfo_endpoint": "userinfo",
        }
        return {
            "issuer": self.issuer,
            **{name: f"{self.issuer}/{path}" for name, path in ends.items()},
            **self.document,
        }

    def id_token(self, now, nonce):
        right = {
            "iss": self.issuer,
            "sub": "sian",
            "aud": CLIENT["KB_OIDC_CLIENT_ID"],
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "email": "sian@bryn.gov.uk",
            "email_verified": True,
        }
        said = {k: v for k, v in (right | self.claims).items() if v is not None}
        if self.forge:
            return self.forge(said)
        header = {"alg": "RS256", "kid": "own"} | self.header
        registry = JWSRegistry(strict_check_header=False)
        return jwt.encode(header, said, self.key, registry=registry)

    def answer(self, path, form):
        self.asked.append((path, form))
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            return 200, self.about()
        if path == "/keys":
            return 200, {"keys": [self.own_key.as_dict(private=False)]}
        if path == "/userinfo":
            return 200, self.userinfo
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.token}


@contextmanager
def liar():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.liar = Liar(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.liar
    finally:
        server.liar.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer({})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer({k: v[0] for k, v in parse_qs(body.decode()).items()})

    def _answer(self, form):
        liar = self.server.liar
        said = liar.answer(urlsplit(self.path).path, form)
        if said == "silence":
            liar.over.wait()
        if said in (None, "silence"):
            self.close_connection = True
            return
        status, body = said
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Nobody reads it."""


def _sent_back(answer):
    assert answer.status_code in {302, 303}, answer.text
    return answer.headers["Location"]
