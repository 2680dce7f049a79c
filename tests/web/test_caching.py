import gzip
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Response, request
from flask import session as flask_session

from kb.web import caching
from kb.web.caching import KeptPage, Shelf, build_id, kept
from kb.web.context import public
from tests.factories import make_case_study

LONG = "The same for everyone. " * 100
GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def made(app):
    """A kept page, a kept one that fails, and a plain one; how often each was made."""
    made = []

    @app.route("/kept", methods=["GET", "POST"])
    @public
    @kept
    def kept_page():
        made.append(request.full_path)
        return LONG

    @app.get("/kept-missing")
    @public
    @kept
    def missing():
        made.append(request.full_path)
        return "Nothing here.", 404

    @app.get("/kept-personal")
    @public
    @kept
    def personal():
        made.append(request.full_path)
        flask_session["colour"] = "mauve"
        return LONG

    @app.get("/plain")
    @public
    def plain():
        return Response(LONG, headers={"ETag": '"strong"'})

    return made


@pytest.fixture
def client(app, made):
    return app.test_client()


def publish(runtime):
    with runtime.database.transaction() as session:
        return make_case_study(session)


def test_a_page_is_made_once(client, made):
    first, second = client.get("/kept"), client.get("/kept")

    assert made == ["/kept?"]
    assert first.text == second.text == LONG
    assert first.headers["Content-Type"] == second.headers["Content-Type"]


def test_browsers_keep_a_page_and_ask_each_time(client):
    response = client.get("/kept")

    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["ETag"].startswith('W/"')
    assert response.headers["Vary"] == "Accept-Encoding"


def test_who_has_the_page_is_told_so(client, made):
    tag = client.get("/kept").headers["ETag"]

    response = client.get("/kept", headers={"If-None-Match": tag})

    assert response.status_code == 304
    assert response.data == b""
    assert response.headers["ETag"] == tag
    assert "Content-Security-Policy" in response.headers
    assert made == ["/kept?"]


def test_that_any_version_would_do_is_not_believed(client):
    assert client.get("/kept", headers={"If-None-Match": "*"}).status_code == 200


def test_a_change_of_content_makes_the_page_again(client, made, runtime):
    tag = client.get("/kept").headers["ETag"]
    publish(runtime)

    response = client.get("/kept", headers={"If-None-Match": tag})

    assert response.status_code == 200
    assert response.headers["ETag"] != tag
    assert made == ["/kept?"] * 2


def test_an_edit_is_seen_at_once(runtime, browser):
    with runtime.database.transaction() as session:
        resource = make_case_study(session, title="Before")
    path = f"/case-studies/{resource.slug}"
    before = browser.get(path).heading
    with runtime.database.transaction() as session:
        session.merge(resource).title = "After"

    assert (before, browser.get(path).heading) == ("Before", "After")


def test_queries_are_kept_apart(client, made):
    for path in ("/kept?page=1", "/kept?page=2", "/kept?page=1"):
        client.get(path)

    assert made == ["/kept?page=1", "/kept?page=2"]


def test_made_up_queries_do_not_push_out_pages(client, made):
    client.get("/kept")
    for number in range(2 * caching.MOST_BYTES_WITH_QUERY // len(LONG)):
        client.get(f"/kept?x={number}")

    client.get("/kept")

    assert made.count("/kept?") == 1


def test_what_is_no_page_is_not_kept(client, made):
    client.get("/kept-missing")
    response = client.get("/kept-missing")

    assert response.status_code == 404
    assert "ETag" not in response.headers
    assert len(made) == 2


def test_a_page_for_one_person_is_not_kept(app, client, made):
    response = client.get("/kept-personal")
    app.test_client().get("/kept-personal")

    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert len(made) == 2


def test_who_has_a_session_gets_a_page_of_their_own(client, made):
    client.set_cookie("kb", "something")

    client.get("/kept")
    response = client.get("/kept")

    assert len(made) == 2
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_nobody_keeps_other_pages_without_asking(client):
    assert client.get("/plain").headers["Cache-Control"] == "no-cache"


def test_cookies_of_others_change_nothing(client, made):
    client.get("/kept")
    client.set_cookie("analytics", "something")
    client.get("/kept")

    assert len(made) == 1


def test_a_form_that_is_sent_is_never_answered_from_what_is_kept(app, client, made):
    app.config["WTF_CSRF_ENABLED"] = False
    client.get("/kept")
    client.post("/kept")

    assert len(made) == 2


def test_a_kept_page_is_sent_small_to_those_who_can_read_it(client, made):
    small, plain = client.get("/kept", headers=GZIP), client.get("/kept")

    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data).decode() == plain.text
    assert "Content-Encoding" not in plain.headers
    assert small.headers["ETag"] == plain.headers["ETag"]
    assert len(made) == 1


def test_other_text_is_sent_small_too(client):
    response = client.get("/plain", headers=GZIP)

    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["ETag"] == 'W/"strong"'
    assert gzip.decompress(response.data).decode() == LONG


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_who_cannot_read_gzip_is_sent_none(client, accepted):
    for path in ("/kept", "/plain"):
        response = client.get(path, headers={"Accept-Encoding": accepted})

        assert response.text == LONG


def test_what_is_short_is_sent_as_it_is(client):
    assert "Content-Encoding" not in client.get("/healthz", headers=GZIP).headers


def test_only_the_head_may_be_asked_for(client, made):
    response = client.head("/kept")

    assert response.status_code == 200
    assert response.data == b""
    assert response.headers["Content-Length"] == str(len(LONG))


def test_many_at_once_get_the_same_page(app, made):
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda _: app.test_client().get("/kept").text, range(64)))

    assert answers == [LONG] * 64


def test_a_shelf_holds_so_much_and_drops_what_was_asked_for_longest_ago():
    shelf = Shelf(most_bytes=300)
    for name in ("a", "b"):
        shelf.put(name, KeptPage(b"x" * 100, ()))
    shelf.get("a")

    shelf.put("c", KeptPage(b"x" * 100, ()))

    assert shelf.get("b") is None
    assert shelf.get("a") is not None
    assert shelf.held == 250


def test_a_shelf_does_not_count_a_page_twice():
    shelf = Shelf(most_bytes=300)

    shelf.put("a", KeptPage(b"x" * 100, ()))
    shelf.put("a", KeptPage(b"x" * 80, ()))

    assert shelf.held == 100


def test_a_build_is_known_by_its_files_and_settings(tmp_path):
    (tmp_path / "page.html").write_text("Hello")
    before = build_id([tmp_path], "Scrutiny Swap")

    (tmp_path / "page.html").write_text("Goodbye")

    assert build_id([tmp_path], "Scrutiny Swap") != before
    assert build_id([tmp_path], "Another") != build_id([tmp_path], "Scrutiny Swap")
