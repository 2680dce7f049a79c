"""Hands over to tools/install.py with a Python that the site can run on.

Any Python 3 can read this file, so that an old one is answered with a sentence.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)
NEWEST = (3, 14)  # the newest that the lock files were made for


def main():
    python = sys.executable if suits(sys.version_info[:2]) else other_python()
    if python is None:
        sys.exit(
            "This needs Python 3.11 or newer, with venv; the one found here is {}.{}.".format(
                *sys.version_info[:2]
            )
        )
    install = os.path.join(os.path.dirname(os.path.abspath(__file__)), "install.py")
    os.execv(python, [python, install, *sys.argv[1:]])  # noqa: S606


def suits(version):
    return OLDEST <= tuple(version) <= NEWEST


def other_python():
    """The newest suitable Python on the path; else this one, where it is newer than we know."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        python = asked_for_its_path("python3.{}".format(minor))  # noqa: UP032
        if python is not None:
            return python
    return sys.executable if sys.version_info[:2] >= OLDEST else None


def asked_for_its_path(command):
    """A command that is on the path may still be a shim for a Python that is not there."""
    ask = [command, "-c", "import sys, venv; print(sys.executable)"]
    try:
        return subprocess.check_output(ask, stderr=subprocess.DEVNULL).decode().strip()
    except (OSError, subprocess.CalledProcessError):
        return None


if __name__ == "__main__":
    main()
