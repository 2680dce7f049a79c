"""The real site as a process of its own, as `make run` starts it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# How long to wait for what comes in a second where nothing else is going on.
START_S = 240
STOP_S = 120


class Site:
    """A running `serve`; its lines of standard output and error are kept in files."""

    def __init__(self, data_dir, **settings):
        self.port = int(settings.setdefault("KB_PORT", str(free_port())))
        self.data_dir = data_dir
        self.lines = data_dir / "stdout"
        self.log = data_dir / "stderr"
        with self.lines.open("wb") as out, self.log.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=ROOT,
                env=environment(data_dir, **settings),
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def wait_until_ready(self):
        until(lambda: self.lines.read_bytes().endswith(b"\n") or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text("utf-8")
        return self

    def get(self, path, **headers):
        return get(self.port, path, **headers)

    def answers(self):
        """Is it ready? A connection that a dying part held is reset, which says no."""
        try:
            return self.get("/readyz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def interrupt(self):
        """Ctrl-C, which a terminal sends to the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(STOP_S)

    def family(self):
        """The ids of the processes that this site is made of."""
        return [self.process.pid, *descendants(self.process.pid)]

    def stop(self):
        family = self.family()
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        finally:
            for pid in filter(is_running, family):
                os.kill(pid, signal.SIGKILL)


@contextmanager
def running_site(data_dir, **settings):
    site = Site(data_dir, **settings)
    try:
        yield site.wait_until_ready()
    finally:
        if site.process.poll() is None:
            site.stop()


def get(port, path, **headers):
    """(status, headers, body) of one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=STOP_S)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def environment(data_dir, **settings):
    ours = {k: v for k, v in os.environ.items() if not k.startswith("KB_")}
    return ours | {"KB_DATA_DIR": str(data_dir)} | settings


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def descendants(pid):
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found = list(parents.get(pid, []))
    for child in found:
        found.extend(parents.get(child, []))
    return found


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def until(condition, within_s=START_S):
    """Wait for what another process does; only as long as it takes."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_s} seconds"
        time.sleep(0.02)
