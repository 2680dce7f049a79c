"""The built browser assets, whose names carry a hash of what they hold."""

import json
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue

from kb.config import ROOT
from kb.web.context import public

BUILD = ROOT / "static" / "build"
ADDRESS = "/assets/"
CACHE = f"public, max-age={365 * 24 * 60 * 60}, immutable"
ENCODINGS = {"br": ".br", "gzip": ".gz"}  # the smallest first
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
WITH_CHARSET = ("text/", "image/svg+xml")


class NotBuilt(Exception):
    """The text is one plain sentence."""


@dataclass(frozen=True, eq=False)
class Asset:
    """One file in all the forms that it was built in: as it is (""), "gzip" and "br"."""

    content_type: str
    bodies: dict[str, bytes]


class Build:
    """What static/build/ holds, in memory: it is small, and of one piece.

    `files` is every file that browsers may ask for, so that no path leads out of the folder.
    """

    def __init__(self, folder: Path) -> None:
        manifest = folder / "manifest.json"
        self.is_built = manifest.exists()
        self.names: dict[str, str] = json.loads(manifest.read_bytes()) if self.is_built else {}
        licences = sorted((folder / "licences").glob("*.txt"))
        served = [*self.names.values(), *(f"licences/{path.name}" for path in licences)]
        self.files = {name: _read(folder / name) for name in served if (folder / name).exists()}

    def name(self, plain: str) -> str:
        """The name with its hash. Raises NotBuilt."""
        if not self.is_built:
            raise NotBuilt("The browser assets are not built yet: run `make assets`.")
        try:
            return self.names[plain]
        except KeyError as error:
            raise NotBuilt(f"There is no built asset {plain}: run `make assets`.") from error


def init_app(app: Flask, folder: Path = BUILD, *, must_be_built: bool = True) -> None:
    """Serve static/build/ under /assets/ and give templates `asset("site.css")`.

    Where it need not be built, an asset that is missing keeps its plain name.
    """
    build = Build(folder)

    @public
    def assets(name: str) -> ResponseReturnValue:
        return _answer(build.files.get(name))

    app.add_url_rule(f"{ADDRESS}<path:name>", "assets", assets)
    app.jinja_env.globals["asset"] = _namer(build, must_be_built=must_be_built)


def _namer(build: Build, *, must_be_built: bool) -> Callable[[str], str]:
    def asset(name: str) -> str:
        try:
            return f"{ADDRESS}{build.name(name)}"
        except NotBuilt:
            if must_be_built:
                raise
            return f"{ADDRESS}{name}"

    return asset


def _answer(asset: Asset | None) -> Response:
    if asset is None:
        abort(404)
    accepted = request.accept_encodings
    chosen = next((e for e in ENCODINGS if e in asset.bodies and accepted.quality(e) > 0), "")
    response = Response(asset.bodies[chosen], content_type=asset.content_type)
    response.headers["Cache-Control"] = CACHE
    response.headers["Vary"] = "Accept-Encoding"
    if chosen:
        response.headers["Content-Encoding"] = chosen
    return response


def _read(path: Path) -> Asset:
    forms = {"": path} | {e: path.with_name(path.name + end) for e, end in ENCODINGS.items()}
    bodies = {form: file.read_bytes() for form, file in forms.items() if file.exists()}
    return Asset(content_type=_type_of(path), bodies=bodies)


def _type_of(path: Path) -> str:
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    kind = kind or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith(WITH_CHARSET) else kind
