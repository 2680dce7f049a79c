import gzip
import json

import brotli
import pytest
from flask import Flask

from kb.web import assets
from kb.web.assets import NotBuilt

CSS = b"body { color: green }" * 100


@pytest.fixture
def build(tmp_path):
    """What `make assets` leaves behind."""
    folder = tmp_path / "build"
    (folder / "fonts").mkdir(parents=True)
    (folder / "licences").mkdir()
    (folder / "licences" / "font.txt").write_text("Free for all.")
    (folder / "site.0123456789.css").write_bytes(CSS)
    (folder / "site.0123456789.css.gz").write_bytes(gzip.compress(CSS))
    (folder / "site.0123456789.css.br").write_bytes(brotli.compress(CSS))
    (folder / "fonts" / "latin.9876543210.woff2").write_bytes(b"wOF2")
    names = {
        "site.css": "site.0123456789.css",
        "fonts/latin.woff2": "fonts/latin.9876543210.woff2",
    }
    (folder / "manifest.json").write_text(json.dumps(names))
    (tmp_path / "secret").write_text("not to be read")
    return folder


@pytest.fixture
def site(build):
    """An app with nothing but assets."""
    site = Flask("assets only", static_folder=None)
    assets.init_app(site, build)
    return site


@pytest.fixture
def client(site):
    return site.test_client()


def test_templates_get_the_name_with_the_hash(site):
    asset = site.jinja_env.globals["asset"]

    assert asset("site.css") == "/assets/site.0123456789.css"


def test_a_file_is_sent_as_what_it_is_for_a_year(client):
    response = client.get("/assets/site.0123456789.css")

    assert response.data == CSS
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Vary"] == "Accept-Encoding"


def test_a_font_is_sent_as_a_font(client):
    response = client.get("/assets/fonts/latin.9876543210.woff2")

    assert response.headers["Content-Type"] == "font/woff2"
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
def test_a_file_is_sent_as_small_as_the_browser_can_read(client, accepted, encoding, decode):
    path = "/assets/site.0123456789.css"

    response = client.get(path, headers={"Accept-Encoding": accepted})

    assert response.headers.get("Content-Encoding") == encoding
    assert decode(response.data) == CSS


@pytest.mark.parametrize(
    "path",
    [
        "/assets/",
        "/assets/manifest.json",
        "/assets/site.css",
        "/assets/site.0123456789.css.gz",
        "/assets/../secret",
        "/assets/%2e%2e/secret",
        "/assets/fonts/..%2f..%2f..%2fsecret",
        "/assets//etc/passwd",
        "/assets/%00",
    ],
)
def test_nothing_else_is_sent(client, path):
    assert client.get(path, follow_redirects=True).status_code == 404


def test_licences_are_sent_as_plain_text(client):
    response = client.get("/assets/licences/font.txt")

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_assets_that_were_not_built_are_said_in_a_sentence(tmp_path):
    site = Flask("assets only", static_folder=None)
    assets.init_app(site, tmp_path / "nothing here")

    with pytest.raises(NotBuilt, match="not built yet: run `make assets`"):
        site.jinja_env.globals["asset"]("site.css")


def test_an_asset_that_does_not_exist_is_said_in_a_sentence(site):
    with pytest.raises(NotBuilt, match=r"no built asset sight\.css"):
        site.jinja_env.globals["asset"]("sight.css")


def test_an_asset_may_keep_its_plain_name_where_it_need_not_be_built(tmp_path):
    site = Flask("assets only", static_folder=None)
    assets.init_app(site, tmp_path / "nothing here", must_be_built=False)

    assert site.jinja_env.globals["asset"]("site.css") == "/assets/site.css"
