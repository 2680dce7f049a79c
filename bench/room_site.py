"""The real site in processes of its own, as `make run` starts it, with what it costs."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from kb.config import ROOT

START_S, STOP_S = 120, 15
FIRST_PORT, LAST_PORT = 20_001, 32_000
TICKS = os.sysconf("SC_CLK_TCK")


class Site:
    """A running `flask serve` on the loopback; its words are kept beside its data."""

    def __init__(self, data_dir: Path) -> None:
        self.port = free_port()
        ours = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        own = {"KB_DATA_DIR": str(data_dir), "KB_PORT": str(self.port), "KB_HOST": "127.0.0.1"}
        self.log, self._lines = data_dir / "stderr", data_dir / "stdout"
        command = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), "serve"]
        with self.log.open("wb") as errors, self._lines.open("wb") as lines:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=ours | own, stdout=lines, stderr=errors
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_S
        while not self._lines.read_bytes().endswith(b"\n"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"The site did not start:\n{self.log.read_text('utf-8', 'replace')}")
            time.sleep(0.05)

    def web_processes(self) -> list[int]:
        """Those that answer requests: children of ours but the worker."""
        return [pid for pid in _children(self._process.pid) if _answers_requests(pid)]

    def kill_web(self) -> int:
        """End every web process without a word, all at the same moment; the answer is how many."""
        pids = self.web_processes()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    def cpu_s(self) -> float:
        """Of the processes that serve, and of those that were killed."""
        pids = [self._process.pid, *self.web_processes()]
        return sum(_cpu(pid) for pid in pids)

    def memory_mb(self) -> float:
        """The most that the largest web process ever held."""
        return max((_high_water(pid) for pid in self.web_processes()), default=0.0)

    def stop(self) -> None:
        family = [self._process.pid, *_descendants(self._process.pid)]
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_S)
        if self._process.poll() is None:
            for pid in family:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.wait()


def free_port() -> int:
    """Below the ports that the system lends to whoever connects, so that it stays free."""
    start = FIRST_PORT + (os.getpid() * 7) % (LAST_PORT - FIRST_PORT)
    for port in [*range(start, LAST_PORT), *range(FIRST_PORT, start)]:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    sys.exit("No port is free.")


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _descendants(pid: int) -> list[int]:
    found = _children(pid)
    for child in found:
        found.extend(_children(child))
    return found


def _answers_requests(pid: int) -> bool:
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        return bool(command) and b"\0worker\0" not in command and b"_tracker" not in command
    return False


def _cpu(pid: int) -> float:
    """Of this process and of its children that were waited for."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(field) for field in fields[11:15]) / TICKS
    return 0.0


def _high_water(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0
