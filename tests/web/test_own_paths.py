from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.web.own_paths import own_path

BASE = "https://swap.example.org/sign-in"


@pytest.mark.parametrize("path", ["/", "/share", "/review?page=2&q=a%20b", "/councils/ynys-môn"])
def test_a_page_of_ours_stays_as_it_is(path):
    assert own_path(path) == path


@given(st.one_of(st.text(), st.text(alphabet="/\\:.@?#[]ae \t\r\n").map(lambda text: f"/{text}")))
def test_nothing_leads_to_another_host(text):
    path = own_path(text)

    assert urlsplit(urljoin(BASE, path.replace("\\", "/"))).netloc == "swap.example.org"
    assert path.isprintable()
