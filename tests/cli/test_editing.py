from urllib.parse import parse_qs, urlsplit

from kb.accounts import editor_links
from kb.clock import utcnow
from tests.pages import Browser


def test_the_link_that_is_printed_opens_the_page_for_editors(app):
    result = app.test_cli_runner().invoke(args=["feeds", "editor-link"])

    assert result.exit_code == 0
    link = urlsplit(result.stdout.strip())
    assert f"{link.scheme}://{link.netloc}{link.path}" == "http://127.0.0.1:8000/editing/link"
    page = Browser(app).get(f"{link.path}?{link.query}")
    assert page.heading == "Become an editor in this browser"


def test_the_link_is_good_for_half_a_day_and_says_so(app, runtime):
    result = app.test_cli_runner().invoke(args=["feeds", "editor-link"])

    (key,) = parse_qs(urlsplit(result.stdout.strip()).query)["key"]
    settings = runtime.settings
    until = editor_links.check(key, settings.secret_key, site=settings.base_url, now=utcnow())
    assert 11 < (until - utcnow()).total_seconds() / 3600 <= 12
    assert "12 hours" in result.stderr
