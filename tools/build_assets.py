"""Builds static/build/ from static/ and the npm packages: small files with fingerprinted names.

    site.<hash>.css         tokens.css, the parts of GOV.UK Frontend that we use, then our own
    <name>.<hash>.css, .js  every other stylesheet, and every script
    <name>.<hash>.<type>    the pictures that lie in static/ itself
    fonts/                  Atkinson Hyperlegible Next, cut to the letters that tokens.css asks for
    licences/               the terms of what others made
    manifest.json           plain name -> name with hash

Text files get a .gz and a .br beside them. The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import brotli
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
BUILD = STATIC / "build"
PACKAGES = ROOT / "node_modules"
FONT = PACKAGES / "@fontsource-variable" / "atkinson-hyperlegible-next"

SITE_CSS = [
    *("tokens.css", "govuk-subset.css", "components.css"),
    *("site.css", "practice.css", "feeds.css", "accounts.css"),
    *("copies.css", "review.css", "questions.css"),
]
PICTURES = {".svg", ".png", ".jpg", ".ico", ".webp"}
TEXTS = {".css", ".js", ".svg"}
WEIGHTS = (400, 800)
FONT_FEATURES = ["ccmp", "kern", "locl", "mark", "mkmk", "pnum", "tnum"]

# Ours to use is the code; the crown, the logo and the typeface are the government's own.
NOT_OURS = re.compile(rb"gds[ -]?transport|logotype|govuk-(?:crest|logo)|\bcrown\b", re.IGNORECASE)

FONT_FACE = re.compile(r"@font-face\s*{[^}]*?url\(\s*[\"']?(?P<url>[^\"')]+)[^}]*}")
UNICODE_RANGE = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", re.IGNORECASE)
URL = re.compile(r"url\(\s*[\"']?(?!data:|#)([^\"')]+)[\"']?\s*\)")


def main() -> None:
    parser = argparse.ArgumentParser(description="Build static/build/.")
    parser.add_argument("--node", default="node", help="the Node.js to run Sass with")
    node = parser.parse_args().node

    output = Output(STATIC / "build.new")
    add_fonts(output)
    add_pictures(output)
    add_stylesheets(output, node)
    add_scripts(output)
    add_licences(output)
    output.finish(BUILD)


class Output:
    """The folder that is being built; it takes the old one's place only when it is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, str] = {}
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def add(self, name: str, content: bytes) -> None:
        found = NOT_OURS.search(content)
        if found:
            sys.exit(f"{name} holds “{found[0].decode()}”, which is not ours to use.")
        path = Path(name)
        mark = hashlib.sha256(content).hexdigest()[:10]
        self.names[name] = str(path.with_name(f"{path.stem}.{mark}{path.suffix}"))
        target = self.write(self.names[name], content)
        if path.suffix in TEXTS:
            target.with_name(f"{target.name}.gz").write_bytes(gzip.compress(content, mtime=0))
            target.with_name(f"{target.name}.br").write_bytes(brotli.compress(content))

    def write(self, name: str, content: bytes) -> Path:
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return target

    def finish(self, place: Path) -> None:
        manifest = json.dumps(self.names, indent=1, sort_keys=True)
        self.write("manifest.json", f"{manifest}\n".encode())
        shutil.rmtree(place, ignore_errors=True)
        self.folder.rename(place)


# Fonts


def add_fonts(output: Output) -> None:
    """One file for each @font-face of tokens.css, with the letters of its unicode-range."""
    tokens = STATIC / "css" / "tokens.css"
    if not tokens.exists():
        return
    for face in FONT_FACE.finditer(tokens.read_text(encoding="utf-8")):
        letters = set(letters_of(face[0]))
        output.add(f"fonts/{Path(face['url']).name}", font_with(letters))


def letters_of(face: str) -> Iterator[int]:
    for first, last in UNICODE_RANGE.findall(face):
        yield from range(int(first, 16), int(last or first, 16) + 1)


def font_with(letters: set[int]) -> bytes:
    font = the_best_for(letters)
    subsetter = Subsetter(Options(layout_features=FONT_FEATURES, notdef_outline=True))
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    instantiateVariableFont(font, {"wght": WEIGHTS}, inplace=True)
    font.flavor = "woff2"
    result = BytesIO()
    font.save(result)
    return result.getvalue()


def the_best_for(letters: set[int]) -> TTFont:
    """Of the files that the package is cut into, the one that has most of the letters."""
    files = sorted(FONT.glob("files/*-wght-normal.woff2"))
    fonts = [TTFont(file, recalcTimestamp=False) for file in files]
    return max(fonts, key=lambda font: len(letters & set(font.getBestCmap())))


# Pictures, stylesheets, scripts


def add_pictures(output: Output) -> None:
    for path in sorted(STATIC.glob("*")):
        if path.suffix in PICTURES:
            output.add(path.name, path.read_bytes())


def add_stylesheets(output: Output, node: str) -> None:
    compiled = compile_stylesheets(node)
    site = "\n".join(compiled.pop(name) for name in SITE_CSS if name in compiled)
    for name, text in {"site.css": site, **compiled}.items():
        if text:
            output.add(name, with_built_names(text, name, output.names).encode())


def compile_stylesheets(node: str) -> dict[str, str]:
    """Every stylesheet of static/css/, Sass or plain, made small by Sass."""
    sources = sorted([*STATIC.glob("css/*.css"), *STATIC.glob("css/*.scss")])
    with tempfile.TemporaryDirectory() as folder:
        pairs = [f"{source}:{folder}/{source.stem}.css" for source in sources]
        run_sass(node, pairs)
        return {f"{source.stem}.css": read(folder, source) for source in sources}


def run_sass(node: str, pairs: Iterable[str]) -> None:
    sass = [node, str(PACKAGES / "sass" / "sass.js"), "--pkg-importer=node", "--quiet-deps"]
    style = ["--style=compressed", "--no-source-map", "--no-charset"]
    done = subprocess.run([*sass, *style, *pairs], cwd=ROOT)
    if done.returncode:
        sys.exit("Sass could not compile the stylesheets.")


def read(folder: str, source: Path) -> str:
    return (Path(folder) / f"{source.stem}.css").read_text(encoding="utf-8").strip()


def with_built_names(text: str, stylesheet: str, names: dict[str, str]) -> str:
    """Of `url(any/folder/name.ext)` only the last part counts: the built file takes its place."""
    built = {Path(name).name: target for name, target in names.items()}

    def built_url(match: re.Match[str]) -> str:
        name = Path(match[1]).name
        if name not in built:
            sys.exit(f"{stylesheet} asks for {match[1]}, which is not in static/.")
        return f"url({built[name]})"

    return URL.sub(built_url, text)


def add_scripts(output: Output) -> None:
    for path in sorted(STATIC.glob("js/*.js")):
        output.add(path.name, path.read_bytes())


# Licences


def add_licences(output: Output) -> None:
    licence = (FONT / "LICENSE").read_bytes()
    output.write("licences/atkinson-hyperlegible-next.txt", licence)
    output.write("licences/govuk-frontend.txt", govuk_licence().encode())


def govuk_licence() -> str:
    """GOV.UK Frontend is under the MIT License, but its package leaves out the text."""
    owner = "Copyright (C) 2017 Crown Copyright (Government Digital Service)"
    text = (PACKAGES / "immutable" / "LICENSE").read_text(encoding="utf-8")
    terms = text[text.index("Permission is hereby granted, free of charge") :].strip()
    return f"The MIT License (MIT)\n\n{owner}\n\n{terms}\n"


if __name__ == "__main__":
    main()
