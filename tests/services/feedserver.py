"""A real web server in threads, for what others publish: feeds, home pages, and traps."""

import socket
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the server answers.

    `body` may be pieces that never end. A header of None is left out, also Content-Length;
    one that is given is sent even where it is wrong. `drip` is (bytes, seconds between);
    `cut` resets the connection in the middle of the body.
    """

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    headers: Mapping[str, str | None] = field(default_factory=dict)
    delay_s: float = 0
    drip: tuple[int, float] | None = None
    cut: bool = False


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked; the names of `headers` are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]


Route = Reply | Callable[[Request], Reply]
NOT_FOUND = Reply(status=404, body=b"Not here.", headers={"Content-Type": "text/plain"})


class FeedServer:
    """A running server. `routes` may be changed while it serves.

    A route is "/path?query" or, for every query, "/path".
    """

    def __init__(self, routes, server):
        self.routes = routes
        self.port = server.server_address[1]
        self.stopping = threading.Event()
        self._seen = []
        self._lock = threading.Lock()

    @property
    def address(self):
        """What an allow-list wants to hear."""
        return f"127.0.0.1:{self.port}"

    def url(self, path="/"):
        return f"http://{self.address}{path}"

    def hits(self, path):
        """How often that was asked for; a path without a query counts every query."""
        return len(self._about(path))

    def requests(self, path):
        """The headers of every request for that path, oldest first; names in lower case."""
        return [request.headers for request in self._about(path)]

    def answer(self, request):
        with self._lock:
            self._seen.append(request)
        route = self.routes.get(f"{request.path}?{request.query}", self.routes.get(request.path))
        if route is None:
            return NOT_FOUND
        return route(request) if callable(route) else route

    def _about(self, path):
        with self._lock:
            seen = list(self._seen)
        return [r for r in seen if path in (r.path, f"{r.path}?{r.query}")]


@contextmanager
def serve(routes):
    """Answer on a free port of the loopback until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.feeds = FeedServer(routes, server)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.feeds
    finally:
        server.feeds.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a client that still holds a connection must not hold the test
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that hung up is what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self):
        self.close_connection = True
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        feeds = self.server.feeds
        asked = Request(method=self.command, path=parts.path, query=parts.query, headers=headers)
        reply = feeds.answer(asked)
        if reply.delay_s:
            feeds.stopping.wait(reply.delay_s)
        with suppress(OSError):
            self._send(reply)

    do_HEAD = do_GET
    do_POST = do_GET

    def _send(self, reply):
        self.send_response(reply.status)
        for name, value in _headers(reply).items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD" or reply.status in (204, 304):
            return
        for piece in _pieces(reply):
            if self.server.feeds.stopping.is_set():
                return
            self.wfile.write(piece)
            if reply.drip:
                self.server.feeds.stopping.wait(reply.drip[1])
        if reply.cut:
            self._reset()

    def _reset(self):
        """Close so that the other side hears of an error, not of an end."""
        self.wfile.flush()
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def log_message(self, *_):
        """Say nothing."""


def _headers(reply):
    """Given names win, however they are written; a body of pieces ends with the connection."""
    given = {name.lower() for name in reply.headers}
    defaults = {"Connection": "close"}
    if isinstance(reply.body, bytes) and reply.status not in (204, 304):
        defaults["Content-Length"] = str(len(reply.body))
    kept = {name: value for name, value in defaults.items() if name.lower() not in given}
    return {**kept, **reply.headers}


def _pieces(reply):
    if not isinstance(reply.body, bytes):
        return reply.body
    body = reply.body[: len(reply.body) // 2] if reply.cut else reply.body
    size = reply.drip[0] if reply.drip else len(body) or 1
    return (body[at : at + size] for at in range(0, len(body), size))
