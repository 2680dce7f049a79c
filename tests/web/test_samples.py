import pytest

from kb.feeds import sources


def test_the_samples_of_the_site_can_be_read_at_their_addresses(seeded_browser, seeded_runtime):
    with seeded_runtime.database.reading() as session:
        samples = [each for each in sources.everyone(session) if each.is_sample]

    assert samples
    for source in samples:
        page = seeded_browser.get(f"/feeds/sources/{source.id}")
        assert ("The feed that we read", source.feed_url) in page.links
        answer = seeded_browser.response(source.feed_url)
        assert answer.mimetype == "application/xml"
        assert source.name.encode() in answer.data


@pytest.mark.parametrize("name", ["nothing.xml", "craffu", "..%2fsources.csv", "%00.xml"])
def test_there_are_no_other_samples(browser, name):
    browser.get(f"/feeds/samples/{name}", expect=404)
