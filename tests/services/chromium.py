"""A real Chromium: Debian's where it is installed, else npm's @sparticuz/chromium."""

import fcntl
import io
import os
import shutil
import tarfile
from pathlib import Path

import brotli

from tests.services.site import STOP_S

DEBIAN = Path("/usr/bin/chromium")
PACKAGES = Path(__file__).resolve().parents[2] / "node_modules"
PACKED = PACKAGES / "@sparticuz" / "chromium" / "bin"
INFLATED = PACKAGES / ".cache" / "chromium"
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The package's own says where its fonts lie on the machines that it was made for.
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">.</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


def launch(playwright):
    """A headless browser that says nothing to the world by itself."""
    if DEBIAN.exists():
        program, environment = DEBIAN, {}
    else:
        program, environment = inflated(), environment_of(INFLATED)
    return playwright.chromium.launch(
        executable_path=program,
        args=FLAGS,
        env=os.environ | environment,
        chromium_sandbox=False,  # it cannot be had as root, nor without Debian's helper
    )


def new_context(browser, **options):
    """A new visitor's browser, which has the patience of everything else that tests start."""
    context = browser.new_context(**options)
    context.set_default_timeout(1000 * STOP_S)
    return context


def inflated():
    """The program, taken out of its package by whoever comes first."""
    INFLATED.parent.mkdir(parents=True, exist_ok=True)
    with open(INFLATED.with_suffix(".lock"), "w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        if not INFLATED.exists():
            inflate(INFLATED.with_suffix(".new"))
    return INFLATED / "chromium"


def inflate(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    program = folder / "chromium"
    program.write_bytes(unpacked("chromium.br"))
    program.chmod(0o755)
    # The folders are those that the package itself uses on a machine without a desktop.
    for archive, place in {"al2023": "al2023", "fonts": "fonts", "swiftshader": ""}.items():
        with tarfile.open(fileobj=io.BytesIO(unpacked(f"{archive}.tar.br"))) as tar:
            # Not the argument `filter`: Debian 12's Python 3.11.2 has none.
            tar.extraction_filter = getattr(tarfile, "data_filter", None)
            tar.extractall(folder / place)
    (folder / "fonts" / "fonts.conf").write_text(FONTS_CONF)
    folder.rename(INFLATED)


def unpacked(name):
    return brotli.decompress((PACKED / name).read_bytes())


def environment_of(folder):
    return {
        "LD_LIBRARY_PATH": str(folder / "al2023" / "lib"),
        "FONTCONFIG_PATH": str(folder / "fonts"),
    }
