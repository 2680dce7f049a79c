import pytest

from kb.feeds.addresses import place

HOME = "https://swn.example/feed"


@pytest.mark.parametrize(
    "twin",
    [
        *("http://swn.example/feed", "HTTPS://SWN.Example/feed", "https://www.swn.example/feed/"),
        *("https://swn.example/feed?utm_source=x&fbclid=1", "http://swn.example:80/feed#top"),
    ],
)
def test_the_same_place_is_written_in_many_ways(twin):
    assert place(twin) == place(HOME)


@pytest.mark.parametrize(
    "other",
    [
        *("https://swn.example/Feed", "https://swn.example/feed?page=2", "https://swn.example/"),
        *("https://swn.example/feed?source=news", "https://swn.example:8080/feed"),
        *("https://blog.swn.example/feed", "https://[::1/"),
    ],
)
def test_what_may_lead_elsewhere_is_another_place(other):
    assert place(other) != place(HOME)


def test_what_is_tracking_in_one_kind_of_address_alone_is_named():
    assert place(f"{HOME}?Source=x", without=frozenset({"source"})) == place(HOME)
