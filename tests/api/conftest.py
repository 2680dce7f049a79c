import pytest


@pytest.fixture
def get(browser):
    """Ask the API of a site of the test's own; the answer as JSON."""
    return asking(browser)


@pytest.fixture
def get_seeded(seeded_browser):
    """Ask the API of the site with all seed data."""
    return asking(seeded_browser)


def asking(browser):
    def get(path, expect=200, **options):
        response = browser.response(f"/api/v1{path}", **options)
        assert response.status_code == expect, response.text
        kind = "application/json" if expect < 400 else "application/problem+json"
        assert response.mimetype == kind
        return response.get_json(force=True)

    return get
