import pytest

from kb.web.paging import paging


def page_of(page, total, per_page=10, most=500):
    return paging(
        page=page, total=total, per_page=per_page, most=most, url_of_page=lambda n: f"/?page={n}"
    )


def numbers(paging):
    return [link and link.number for link in paging.links]


@pytest.mark.parametrize(
    ("page", "total", "expected"),
    [
        (1, 0, [1]),
        (1, 10, [1]),
        (1, 30, [1, 2, 3]),
        (1, 100, [1, 2, None, 10]),
        (4, 100, [1, 2, 3, 4, 5, None, 10]),
        (5, 100, [1, None, 4, 5, 6, None, 10]),
        (10, 100, [1, None, 9, 10]),
    ],
)
def test_pages_far_away_are_left_out(page, total, expected):
    assert numbers(page_of(page, total)) == expected


def test_neighbours_are_linked():
    middle = page_of(5, 100)

    assert (middle.previous, middle.next) == ("/?page=4", "/?page=6")


def test_nothing_lies_before_the_first_or_after_the_last_page():
    assert page_of(1, 100).previous == ""
    assert page_of(10, 100).next == ""


def test_beyond_the_last_page_is_the_last_page():
    assert page_of(999, 95).page == 10


def test_no_page_lies_beyond_the_limit():
    limited = page_of(999, 1_000_000, most=50)

    assert (limited.page, limited.last, limited.next) == (50, 50, "")


def test_it_says_what_is_shown():
    last = page_of(10, 95)
    none = page_of(1, 0)

    assert (last.first_shown, last.last_shown) == (91, 95)
    assert (none.first_shown, none.last_shown) == (0, 0)
