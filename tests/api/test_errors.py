import pytest
from sqlalchemy import text


@pytest.mark.parametrize("path", ["/api/v1/none", "/api/v1", "/api/", "/api/v2/search"])
def test_an_unknown_address_is_a_problem_and_no_page(browser, path):
    response = browser.response(path)

    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert response.get_json(force=True)["title"] == "Not Found"


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("path", ["resources/a%00b", "councils/%00", "resources/%F0%9F%92%A9"])
def test_odd_letters_lead_nowhere(browser, path):
    assert browser.response(f"/api/v1/{path}").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "BREW"])
def test_nothing_can_be_changed(browser, method):
    response = browser.client.open("/api/v1/search", method=method)

    assert response.status_code == 405
    assert response.mimetype == "application/problem+json"
    assert "GET" in response.headers["Allow"]


def test_a_fault_of_ours_is_a_problem_that_tells_nothing(app, browser, runtime):
    with runtime.database.transaction() as session:
        session.execute(text("DROP TABLE resource_council"))

    response = browser.response("/api/v1/councils")

    assert response.status_code == 500
    assert response.mimetype == "application/problem+json"
    assert response.get_json(force=True) == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Something went wrong on our side. It has been noted.",
    }


def test_pages_still_fail_as_pages(browser):
    assert browser.get("/none", expect=404).heading


def test_a_redirect_is_no_problem(browser):
    assert browser.response("/api//v1/search").status_code == 308


def test_a_host_that_is_not_ours_is_told_so_as_a_problem(browser):
    response = browser.response("/api/v1/search", headers={"Host": "elsewhere.example"})

    assert (response.status_code, response.mimetype) == (400, "application/problem+json")


def test_pages_of_any_site_may_read_answers_and_problems(seeded_browser):
    for path in ("/api/v1/search", "/api/v1/none", "/api/v1/search?page=x"):
        headers = seeded_browser.response(path).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in headers
    assert "Access-Control-Allow-Origin" not in seeded_browser.response("/").headers


def test_an_answer_that_has_not_changed_is_not_sent_again(seeded_browser):
    first = seeded_browser.response("/api/v1/councils/KIR")

    again = seeded_browser.response(
        "/api/v1/councils/KIR", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert first.headers["ETag"].startswith('W/"')
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_a_problem_is_not_kept(seeded_browser):
    assert "max-age=60" not in seeded_browser.response("/api/v1/none").headers.get(
        "Cache-Control", ""
    )
