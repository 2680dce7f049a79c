"""What tests of reading pages share."""

from tests.pages import words


def headings(page):
    """What stands above each article of a list."""
    return ["".join(link.itertext()) for link in page.find(".//article//h3/a")]


def facts(page):
    """Each term of a description list on the page, with what stands beside it."""
    rows = page.find(".//dl/div")
    return {words(row.find("dt")): words(row.find("dd")) for row in rows}
