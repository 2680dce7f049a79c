"""The site behind a real port, in this process."""

from contextlib import contextmanager
from threading import Thread

from werkzeug.serving import make_server


@contextmanager
def running(app, port=0):
    """Serve the app until the block ends; gives its address. Port 0 is any that is free."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
