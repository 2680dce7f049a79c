"""Where we may go, and where we may not however it is spelled."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.feeds.errors import FetchError, Refused
from kb.feeds.guard import CheckedResolver, Guard, is_public


def lookup_of(*answers):
    """A resolver that gives these answers one after the other, and says what it was asked."""
    left = list(answers)

    async def lookup(host, port):
        lookup.asked.append((host, port))
        return left.pop(0)

    lookup.asked = []
    return lookup


def resolve(guard, host="blog.example.org", port=443):
    found = asyncio.run(CheckedResolver(guard).resolve(host, port))
    return [(place["host"], place["port"]) for place in found]


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2a00:1450:4009::200e"])
def test_public_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1"),
        *("172.31.255.255", "192.168.0.1", "169.254.169.254", "100.64.0.1", "100.127.255.255"),
        *("192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.9"),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "fe80::1"),
        *("fe80::1%eth0", "fd00::1", "fec0::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::1"),
        *("2002:7f00:1::", "2001::1", "2001:db8::1", "3fff::1", "100::1", "5f00::1"),
        *("2a00:1450::1%eth0", "not an address", "", "127.1", "2130706433"),
    ],
)
def test_every_other_address_is_not(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://2130706433/",
        "http://0/",
        "http://127.0.0.1./",
        "http://１２７.０.０.１/",
        "http://127。0。0。1/",
        "http://①②⑦.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1%25eth0]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://feeds.localhost/",
        "http://printer/",
        "http://printer.local/",
        "http://metadata.google.internal/",
        "http://8.8.8.8.1/",
    ],
)
def test_private_places_are_refused_however_they_are_spelled(address):
    with pytest.raises(Refused, match="This address is not allowed"):
        Guard().check(address)


@pytest.mark.parametrize(
    "address",
    [
        *("file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "javascript:x"),
        *("data:text/xml,<rss/>", "feed:http://example.org/", "//example.org/", "example.org"),
        *("http://user:secret@example.org/", "http://user@example.org/"),
        *("http://example.org:22/", "http://example.org:8080/", "https://example.org:0/"),
        *("http://127.0.0.1\\@example.org/", "http://example.org\\.evil.org/"),
    ],
)
def test_other_schemes_names_passwords_and_ports_are_refused(address):
    with pytest.raises(Refused, match="This address is not allowed"):
        Guard().check(address)


@pytest.mark.parametrize(
    "address",
    [
        *("http://[bad", "http://example.org:99999/", "http:///feed", "http://a..b/", "http://./"),
        *(
            "http://-a.org/",
            f"http://{'a' * 64}.org/",
            "http://%31%32%37.0.0.x/",
            "http://a b.org/",
        ),
        f"http://example.org/{'a' * 9000}",
    ],
)
def test_broken_addresses_are_said_to_be_broken(address):
    with pytest.raises(FetchError, match="address"):
        Guard().check(address)


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("http://example.org", "http://example.org"),
        (" HTTPS://Example.ORG:443/Feed?a=b&c#part ", "https://example.org/Feed?a=b&c"),
        ("http://example.org./feed", "http://example.org/feed"),
        ("http://ysgol.cymru/ŵy", "http://ysgol.cymru/%C5%B5y"),
        ("http://cyngor-môn.cymru/", "http://xn--cyngor-mn-n7a.cymru/"),
        ("http://my_blog.example.org/", "http://my_blog.example.org/"),
    ],
)
def test_public_web_addresses_are_let_through(address, asked):
    assert str(Guard().check(address)) == asked


def test_places_that_the_owner_named_are_let_through():
    guard = Guard(allow={"127.0.0.1:8099", "[::1]:8099", "intranet:80"})

    assert guard.check("http://127.0.0.1:8099/feed").port == 8099
    assert guard.check("http://[::1]:8099/feed").port == 8099
    assert guard.check("http://intranet/feed").host == "intranet"


@pytest.mark.parametrize("address", ["http://127.0.0.1:8100/", "http://127.0.0.2:8099/"])
def test_naming_one_place_allows_no_other(address):
    with pytest.raises(Refused):
        Guard(allow={"127.0.0.1:8099"}).check(address)


def test_a_named_place_takes_no_password_either():
    with pytest.raises(Refused):
        Guard(allow={"127.0.0.1:8099"}).check("http://user:secret@127.0.0.1:8099/")


def test_what_was_checked_is_what_is_connected_to():
    lookup = lookup_of(["93.184.215.14", "2a00:1450::1", "93.184.215.14"], ["127.0.0.1"])

    found = resolve(Guard(lookup=lookup))

    assert found == [("93.184.215.14", 443), ("2a00:1450::1", 443)]
    assert lookup.asked == [("blog.example.org", 443)]


def test_a_name_that_turns_private_between_two_visits_is_refused():
    guard = Guard(lookup=lookup_of(["93.184.215.14"], ["127.0.0.1"]))

    resolve(guard)

    with pytest.raises(Refused, match="not public"):
        resolve(guard)


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    with pytest.raises(Refused):
        resolve(Guard(lookup=lookup_of(["93.184.215.14", "10.0.0.1"])))


def test_a_name_that_the_owner_named_may_be_private():
    guard = Guard(allow={"intranet:443"}, lookup=lookup_of(["10.0.0.1"]))

    assert resolve(guard, "intranet") == [("10.0.0.1", 443)]


def test_a_name_without_addresses_is_unknown():
    with pytest.raises(OSError, match="no address"):
        resolve(Guard(lookup=lookup_of([])))


def test_the_system_finds_this_machine_and_the_guard_refuses_it():
    with pytest.raises(Refused):
        resolve(Guard(), "localhost")


@given(st.text(max_size=60))
def test_any_text_is_let_through_or_refused_in_words(text):
    for address in (text, f"http://{text}/"):
        try:
            url = str(Guard().check(address))
        except FetchError as error:
            url = str(error)

        assert url.startswith(("http", "This "))
