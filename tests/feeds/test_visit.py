"""Redirects, refusals, slow servers and broken ones: none of them does harm."""

import gzip
import socket
import socketserver
import ssl
import threading
from contextlib import contextmanager, suppress
from itertools import chain, repeat

import pytest

from kb.feeds.errors import FetchError, Refused
from kb.feeds.fetch import Fetcher
from kb.feeds.politeness import Politeness
from tests.services.certificates import self_signed
from tests.services.feedserver import Reply, serve

FEED = b"<rss><channel><title>Scrutiny</title></channel></rss>"
RSS = {"Content-Type": "application/rss+xml; charset=utf-8"}


class RawServer(socketserver.ThreadingTCPServer):
    """Speaks no HTTP of its own; TLS where it has a certificate."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, said, certificate):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.said = said
        self.scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    @property
    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"

    def url(self, path="/"):
        return f"{self.scheme}://{self.address}{path}"

    def handle_error(self, request, client_address):
        """A client that hangs up is what the tests are about."""


class _Handler(socketserver.BaseRequestHandler):
    def handle(self):
        with suppress(OSError):
            self.request.recv(65536)
            self.request.sendall(self.server.said)


@contextmanager
def answer_with(said, *, certificate=None):
    """Answer with these bytes on a free port of the loopback until the block ends."""
    with RawServer(said, certificate) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def fetcher_for(*servers, **options):
    allow = frozenset(server.address for server in servers)
    return Fetcher(contact="", allow=allow, **options)


@contextmanager
def fetching(routes, **options):
    with serve(routes) as web:
        yield web, fetcher_for(web, **options)


def sent_on(target, status=302):
    return Reply(status=status, headers={"Location": target})


@pytest.mark.parametrize(
    ("hops", "moved_to"),
    [
        ((301,), "/end"),
        ((308, 301), "/end"),
        ((302,), ""),
        ((303,), ""),
        ((307,), ""),
        ((301, 302), "/1"),
        ((302, 301), ""),
    ],
)
def test_only_permanent_redirects_from_the_start_move_a_feed(hops, moved_to):
    names = ["/0", *(f"/{n}" for n in range(1, len(hops))), "/end"]
    routes = {names[n]: sent_on(names[n + 1], status) for n, status in enumerate(hops)}
    with fetching({**routes, "/end": Reply(body=FEED)}) as (web, fetcher):
        answer = fetcher.fetch(web.url("/0"))

    assert answer.content == FEED
    assert answer.url == web.url("/end")
    assert answer.moved_to == (web.url(moved_to) if moved_to else "")


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("/start", "in a circle"),
        ("http://[bad", "broken"),
        ("", "not where to"),
        ("/missing", "nothing at this address"),
    ],
)
def test_redirects_that_lead_nowhere_are_errors(target, sentence):
    with (
        fetching({"/start": sent_on(target)}) as (web, fetcher),
        pytest.raises(FetchError, match=sentence),
    ):
        fetcher.fetch(web.url("/start"))


def test_five_redirects_are_followed_and_no_more():
    routes = {f"/{n}": sent_on(f"/{n + 1}") for n in range(7)} | {"/7": Reply(body=FEED)}
    with fetching(routes) as (web, fetcher):
        fetcher.fetch(web.url("/2"))
        with pytest.raises(FetchError, match="Too many redirects"):
            fetcher.fetch(web.url("/1"))


def test_a_redirect_in_bytes_that_are_no_text_is_followed_safely():
    reply = (
        b"HTTP/1.1 302 Found\r\nLocation: /feed?x=%0d%0aX:y&z=\xe9\r\nContent-Length: 0\r\n\r\n"
    )
    with (
        answer_with(reply) as bad,
        pytest.raises(FetchError, match="in a circle"),
    ):
        fetcher_for(bad).fetch(bad.url("/"))


@pytest.mark.parametrize(
    "target",
    [
        *("http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://0x7f000001:{port}/"),
        *("http://127.1:{port}/", "http://2130706433:{port}/", "http://127.0.0.1.:{port}/"),
        *("http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://0:{port}/"),
        *("http://a:b@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@example.org/"),
        *("//127.0.0.1:{port}/", "file:///etc/passwd", "gopher://127.0.0.1:{port}/_GET"),
    ],
)
def test_no_redirect_leads_us_to_a_private_machine(target):
    with serve({"/": Reply(body=FEED)}) as canary:
        routes = {"/start": sent_on(target.format(port=canary.port))}
        with (
            fetching(routes) as (web, fetcher),
            pytest.raises(Refused, match="This address is not allowed"),
        ):
            fetcher.fetch(web.url("/start"))

        assert canary.hits("/") == 0


@pytest.mark.parametrize("status", [204, 206, 401, 403, 404, 410, 429, 451, 500, 503])
def test_a_status_that_is_no_answer_is_an_error(status):
    with (
        fetching({"/feed": Reply(status=status, body=FEED)}) as (web, fetcher),
        pytest.raises(FetchError) as caught,
    ):
        fetcher.fetch(web.url("/feed"))

    assert caught.value.status == status


def test_a_site_that_asks_us_to_wait_gets_no_other_visit():
    busy = Reply(status=429, headers={"Retry-After": "120"})
    with fetching({"/1": busy, "/2": Reply(body=FEED)}, politeness=Politeness()) as (web, fetcher):
        with pytest.raises(FetchError, match="less often") as first:
            fetcher.fetch(web.url("/1"))
        with pytest.raises(FetchError, match="stay away") as second:
            fetcher.fetch(web.url("/2"))

        assert web.hits("/2") == 0
    assert first.value.retry_after_s == 120
    assert 100 < second.value.retry_after_s <= 121


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(), "empty"),
        (Reply(body=FEED, headers={"Content-Length": "5000"}), "incomplete"),
        (Reply(body=FEED, cut=True), "incomplete|hung up|broke"),
        (Reply(body=(bytes(65536) for _ in range(1000))), "too big"),
        (Reply(body=gzip.compress(FEED)[:30], headers={"Content-Encoding": "gzip"}), "incomplete"),
        (Reply(body=FEED, headers={"Content-Encoding": "zstd"}), "did not ask for"),
    ],
)
def test_answers_that_are_not_whole_or_too_much_are_errors(reply, sentence):
    with (
        fetching({"/feed": reply}) as (web, fetcher),
        pytest.raises(FetchError, match=sentence),
    ):
        fetcher.fetch(web.url("/feed"))


def test_headers_that_are_no_text_do_no_harm():
    reply = b'HTTP/1.1 200 OK\r\nETag: "caf\xe9"\r\nContent-Length: %d\r\n\r\n' % len(FEED)
    with answer_with(reply + FEED) as web:
        answer = fetcher_for(web).fetch(web.url("/feed"))

    assert answer.headers["etag"] == '"caf\ufffd"'
    assert answer.validators.etag == ""


def test_what_is_packed_is_unpacked():
    reply = Reply(body=gzip.compress(FEED), headers={"Content-Encoding": "gzip"})
    with fetching({"/feed": reply}) as (web, fetcher):
        assert fetcher.fetch(web.url("/feed")).content == FEED


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTP/9 banana\r\n\r\nxx",
        FEED,
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + FEED,
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: 20\r\n\r\n" + FEED,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n" + FEED,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n35\r\n" + FEED + b"\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Flood: 1\r\n" * 20_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX-Big: " + b"a" * 1_000_000 + b"\r\n\r\n",
    ],
)
def test_servers_that_speak_no_proper_http_are_errors(said):
    with (
        answer_with(said) as bad,
        pytest.raises(FetchError, match=r"\.$") as caught,
    ):
        fetcher_for(bad).fetch(bad.url("/"))

    assert caught.value.status == 0


@pytest.mark.parametrize("body", [FEED, b"ZZZ\r\n" + FEED, b"5\r\nlonger than that"])
def test_chunks_that_turn_out_to_be_none_are_an_error_at_once(body):
    chunked = {"Transfer-Encoding": "chunked", "Content-Length": None}
    pieces = chain([b"", body], repeat(b""))  # the headers alone come first, nobody hangs up
    reply = Reply(body=pieces, headers=chunked, drip=(1, 0.02))
    with (
        fetching({"/feed": reply}) as (web, fetcher),
        pytest.raises(FetchError, match="incomplete or garbled"),
    ):
        fetcher.fetch(web.url("/feed"))


def test_headers_that_are_lists_may_come_in_pieces():
    said = b"HTTP/1.1 200 OK\r\nX-Robots-Tag: nofollow\r\nX-Robots-Tag: noai\r\n\r\n" + FEED
    with answer_with(said) as web:
        assert fetcher_for(web).fetch(web.url()).headers["x-robots-tag"] == "nofollow\nnoai"


@pytest.mark.parametrize(
    "reply", [Reply(body=FEED, delay_s=30), Reply(body=FEED, drip=(1, 0.02), headers=RSS)]
)
def test_slow_servers_are_given_up_after_the_time_limit_in_all(reply):
    with (
        fetching({"/feed": reply}, time_limit_s=0.2) as (web, fetcher),
        pytest.raises(FetchError, match="in time"),
    ):
        fetcher.fetch(web.url("/feed"))


def test_a_port_where_nobody_listens_cannot_be_reached():
    with serve({}) as web:
        fetcher = fetcher_for(web)
    with pytest.raises(FetchError, match="cannot be reached"):
        fetcher.fetch(web.url("/feed"))


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_whoever_answers_https_with_something_else_is_to_be_tried_with_http(said):
    with answer_with(said) as web, pytest.raises(FetchError) as caught:
        fetcher_for(web).fetch(web.url("/feed").replace("http:", "https:"))

    plain = web.url("/feed")
    assert str(caught.value) == f"The site does not speak https there. Try {plain} instead."


def test_a_long_address_is_not_repeated():
    with answer_with(b"") as web, pytest.raises(FetchError, match="the same address with http://"):
        fetcher_for(web).fetch(web.url("/" + "a" * 300).replace("http:", "https:"))


def test_whoever_never_answers_https_is_to_be_tried_with_http():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        fetcher = Fetcher(contact="", allow=frozenset({address}), time_limit_s=0.6)
        with pytest.raises(FetchError, match=f"Try http://{address}/ instead"):
            fetcher.fetch(f"https://{address}/")


def test_https_where_only_http_is_spoken_says_so():
    with (
        fetching({"/feed": Reply(body=FEED)}) as (web, fetcher),
        pytest.raises(FetchError, match="http://"),
    ):
        fetcher.fetch(web.url("/feed").replace("http:", "https:"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that is signed by nobody but itself."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(self_signed("127.0.0.1"))
    return path


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate):
    with (
        answer_with(b"", certificate=certificate) as web,
        pytest.raises(FetchError, match="certificate is signed by nobody but itself"),
    ):
        fetcher_for(web).fetch(web.url("/feed"))


def test_https_of_another_kind_is_not_said_to_be_none(certificate):
    choosy = ssl.create_default_context(cafile=str(certificate))
    choosy.maximum_version = ssl.TLSVersion.TLSv1_2
    choosy.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
    with (
        answer_with(b"", certificate=certificate) as web,
        pytest.raises(FetchError, match="no kind of https in common"),
    ):
        fetcher_for(web, trust=choosy).fetch(web.url("/feed"))


def test_a_certificate_that_is_trusted_is_enough(certificate):
    trust = ssl.create_default_context(cafile=str(certificate))
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(FEED) + FEED
    with answer_with(reply, certificate=certificate) as web:
        assert fetcher_for(web, trust=trust).fetch(web.url("/feed")).content == FEED
