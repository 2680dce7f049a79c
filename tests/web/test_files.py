import io
from urllib.parse import quote

import pytest

from kb.accounts.models import User
from kb.clock import utcnow
from kb.jobs.files import read_files
from kb.library.models import Resource, Standing
from kb.submissions import composing, drafts
from kb.submissions.models import Draft
from kb.web.files import MOST_AT_ONCE
from tests.factories import make_case_study, make_council, make_user
from tests.pages import Browser, words
from tests.people import Person, Reviewer
from tests.services import filesamples as samples
from tests.submissions.writing import know_terms, make_draft, send


class World:
    """A draft, its owner's browser, and what is known of its files."""

    def __init__(self, app, runtime):
        self.app, self.runtime = app, runtime
        with runtime.database.transaction() as session:
            know_terms(session)
            owner = make_user(session, make_council(session))
            self.draft_id = make_draft(session, owner).id
        self.owner = Person(app, owner)
        self.path = f"/share/{self.draft_id}/files"

    def stranger(self):
        with self.runtime.database.transaction() as session:
            user = make_user(session, make_council(session))
        return Person(self.app, user)

    def add(self, *files, expect=200, by=None):
        by = by or self.owner
        response = by.client.post(
            self.path, follow_redirects=True, **samples.sent(by.token(), "files", files)
        )
        return by._page(response, expect)

    def uploads(self):
        with self.runtime.database.reading() as session:
            return composing.files(session, session.get(Draft, self.draft_id))

    def url(self, number=0):
        upload = self.uploads()[number]
        return f"/files/{upload.file.digest}/{quote(upload.name)}"

    def send(self):
        with self.runtime.database.transaction() as session:
            send(session, session.get(Draft, self.draft_id))

    def publish(self, **values):
        with self.runtime.database.transaction() as session:
            attachments = [composing._attachment(upload) for upload in self.uploads()]
            return make_case_study(session, attachments=attachments, **values)


@pytest.fixture
def world(app, runtime):
    return World(app, runtime)


def got(browser, url, **options):
    return browser.client.get(url, buffered=True, **options)


def problems(page):
    return [
        words(each)
        for each in page.find(".//ul[@class='govuk-list govuk-error-summary__list']/li")
    ]


def test_several_files_are_added_at_once(world):
    page = world.add(("Llythyr ŵ.docx", samples.word("Hi")), ("Poster.png", samples.png()))

    assert "2 files were added." in page.text
    assert [upload.name for upload in world.uploads()] == ["Llythyr ŵ.docx", "Poster.png"]
    assert "Word, " in page.words
    assert (
        "Files and templates (optional) In progress"
        in world.owner.get(f"/share/{world.draft_id}").words
    )


def test_good_files_are_kept_and_bad_ones_named_with_the_reason(world):
    page = world.add(
        ("poster.png", samples.HTML),
        ("notes.pdf", samples.EXE),
        ("drawing.svg", samples.SVG),
        ("Good.pdf", samples.pdf(["Good"])),
        ("image.gif", samples.GIF_JS),
        expect=422,
    )

    assert page.title.startswith("Error: ")
    assert len(problems(page)) == 4
    assert problems(page)[0].startswith("“poster.png”: This is a web page")
    assert "Added: Good.pdf." in page.words
    assert [upload.name for upload in world.uploads()] == ["Good.pdf"]


def test_nothing_chosen_is_said(world):
    assert problems(world.owner.post(world.path, 422)) == ["Choose at least one file"]


def test_a_file_of_21_mb_is_named_and_the_others_are_kept(world):
    page = world.add(
        ("big.pdf", b"%PDF-" + bytes(21 * 1024 * 1024)), ("ok.png", samples.png()), expect=422
    )

    assert problems(page) == [
        "“big.pdf”: It is larger than 20 MB. Make it smaller, or send it in parts."
    ]
    assert [upload.name for upload in world.uploads()] == ["ok.png"]


def test_too_much_at_once_is_a_clear_page_that_leads_back_and_nothing_is_lost(world):
    world.add(("ok.png", samples.png()))

    response = world.owner.client.post(
        world.path,
        content_type="multipart/form-data",
        environ_overrides={"CONTENT_LENGTH": str(MOST_AT_ONCE + 1)},
    )

    assert response.status_code == 413
    assert "at most 20 MB" in response.text
    assert f'href="{world.path}"' in response.text
    assert len(world.uploads()) == 1


def test_whoever_has_no_session_cannot_make_us_read_much(world):
    stranger = Browser(world.app)

    assert stranger.client.post(world.path, data=b"x" * 70_000).status_code == 413


def test_a_form_of_very_many_parts_is_refused(world):
    part = b'--edge\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'
    sent = {"data": part * 1_000_000, "content_type": "multipart/form-data; boundary=edge"}

    assert world.owner.client.post(world.path, **sent).status_code == 413


def test_more_than_ten_files_are_not_kept(world):
    sent = [(f"{n}.png", samples.png(10 + n)) for n in range(12)]

    page = world.add(*sent, expect=422)

    assert len(world.uploads()) == 10
    assert len(problems(page)) == 2
    assert "as many as one page can offer" in page.words


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("a\r\nSet-Cookie: x=1\r\n.pdf", "a Set-Cookie x=1.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.pdf"),
        ("<script>alert(1)</script>.pdf", "script.pdf"),
    ],
)
def test_names_do_no_harm(world, sent, kept):
    world.add((sent, samples.pdf(["Words"])))

    (upload,) = world.uploads()
    assert upload.name == kept
    response = got(world.owner, world.url())
    assert response.status_code == 200
    assert kept in response.headers["Content-Disposition"]
    assert "Set-Cookie" not in response.headers


def test_a_page_without_our_token_adds_nothing(world):
    sent = [(io.BytesIO(samples.png()), "a.png")]

    assert world.owner.client.post(world.path, data={"files": sent}).status_code == 400
    assert world.uploads() == []


def test_every_picture_asks_what_it_shows(world):
    page = world.add(("a.png", samples.png()), ("b.png", samples.png(50)))
    first, second = world.uploads()
    assert page.find(f".//textarea[@id='alt-{first.id}']")

    page = world.owner.post(
        f"{world.path}/descriptions",
        422,
        **{f"alt-{first.id}": "A poster <b>", f"alt-{second.id}": ""},
    )
    assert problems(page) == ["Describe “b.png”, or say that it is decorative"]
    assert world.uploads()[0].alt == "A poster <b>"

    world.owner.post(
        f"{world.path}/descriptions",
        **{
            f"alt-{first.id}": "A poster",
            f"alt-{second.id}": "",
            f"decorative-{second.id}": "yes",
        },
    )
    assert [(u.alt, u.is_decorative) for u in world.uploads()] == [
        ("A poster", False),
        ("", True),
    ]


def test_a_file_can_be_removed_by_its_owner_alone(world):
    world.add(("a.png", samples.png()))
    (upload,) = world.uploads()
    path = f"{world.path}/{upload.id}/removal"

    world.stranger().post(path, 404)
    assert len(world.uploads()) == 1

    page = world.owner.post(path)
    assert "“a.png” was removed." in page.text
    assert world.uploads() == []


def test_strangers_find_no_draft_to_look_at_or_to_add_to(world):
    world.add(("a.png", samples.png()))
    stranger = world.stranger()

    stranger.get(world.path, 404)
    world.add(("b.png", samples.png()), expect=404, by=stranger)
    stranger.post(f"{world.path}/descriptions", 404)
    assert len(world.uploads()) == 1


def test_nobody_adds_to_what_was_sent(world):
    world.send()

    world.add(("b.png", samples.png()), expect=409)
    assert world.owner.response(world.path).status_code == 303


def test_a_file_of_a_draft_is_its_owners_and_after_sending_the_reviewers(world):
    world.add(("a.pdf", samples.pdf(["Words"])))
    url, reviewer = world.url(), Reviewer(world.app)

    assert got(world.owner, url).status_code == 200
    assert got(world.owner, url).headers["Cache-Control"] == "private, no-cache"
    for other in (Browser(world.app), world.stranger(), reviewer):
        assert got(other, url).status_code == 404

    world.send()
    assert got(reviewer, url).status_code == 200
    assert got(world.stranger(), url).status_code == 404


def test_what_a_public_page_offers_is_everybodys_until_it_is_taken_down(world):
    world.add(("Cynllun ŵ.pdf", samples.pdf(["Words"])), ("a.png", samples.png()))
    resource = world.publish()
    url, browser = world.url(), Browser(world.app)

    response = got(browser, url)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].endswith("sandbox")
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    assert response.headers["Content-Length"] == str(len(response.data))
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert f"filename*=UTF-8''{quote('Cynllun ŵ.pdf')}" in disposition
    assert "Set-Cookie" not in response.headers
    tag = response.headers["ETag"]
    assert got(browser, url, headers={"If-None-Match": tag}).status_code == 304
    assert browser.client.head(url, buffered=True).status_code == 200

    with world.runtime.database.transaction() as session:
        session.get(Resource, resource.id).standing = Standing.WITHDRAWN
    assert got(browser, url).status_code == 404


def test_pictures_are_shown_and_all_else_is_a_download(world):
    world.add(("a.png", samples.png()))

    headers = got(world.owner, world.url()).headers

    assert headers["Content-Disposition"].startswith("inline")
    assert headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("name", ["evil.html", "a.png.exe", "%0d%0aX: y"])
def test_a_file_answers_to_its_own_name_alone(world, name):
    world.add(("a.png", samples.png()))
    digest = world.uploads()[0].file.digest

    assert world.owner.response(f"/files/{digest}/{name}").status_code == 404


@pytest.mark.parametrize("digest", ["x", "0" * 64, "..%2f..%2fsecret", "%00"])
def test_there_is_nothing_at_made_up_digests(browser, digest):
    assert browser.response(f"/files/{digest}/a.png").status_code == 404


def test_a_page_offers_its_files_with_their_kind_and_size_and_shows_its_pictures(world):
    world.add(("Letter <b>.docx", samples.word("Hi")), ("a.png", samples.png()))
    picture = world.uploads()[1]
    alt = 'A "poster" <script>'
    world.owner.post(f"{world.path}/descriptions", **{f"alt-{picture.id}": alt})
    resource = world.publish(title="Postcards")

    page = Browser(world.app).get(f"/case-studies/{resource.slug}")

    assert "Letter b.docx (Word, " in page.words
    (image,) = page.find(".//figure/img")
    assert (image.get("alt"), image.get("width"), image.get("height")) == (alt, "40", "30")
    assert got(Browser(world.app), image.get("src")).status_code == 200


def test_a_scan_says_that_nobody_will_find_it_by_its_words(world):
    world.add(("scan.pdf", samples.pdf()))
    read_files(world.runtime, now=utcnow())

    assert "We could read no text in it." in world.owner.get(world.path).words


def test_reviewers_get_a_link_to_each_file(world):
    world.add(("a.pdf", samples.pdf(["x"])))
    world.send()

    page = Reviewer(world.app).get(f"/review/{world.draft_id}")

    assert ("a.pdf", world.url()) in page.links


def test_files_that_were_sent_with_a_draft_are_published_with_it(world):
    world.add(("a.pdf", samples.pdf(["x"])))
    with world.runtime.database.reading() as session:
        draft = drafts.get(session, world.draft_id, by=world.owner.user)
        content = composing.compose(session, draft)

    assert [attachment.name for attachment in content.attachments] == ["a.pdf"]


def test_a_change_can_remove_a_published_file_and_its_reviewer_reads_so(world):
    world.add(("a.pdf", samples.pdf(["x"])))
    url, upload = world.url(), world.uploads()[0]
    with world.runtime.database.transaction() as session:
        code = world.owner.user.council.code
        attachments = [composing._attachment(upload)]
        page = make_case_study(session, attachments=attachments, councils=(code,))
        owner = session.get(User, world.owner.user.id)
        world.draft_id = make_draft(session, owner, resource=page).id
    path = f"/share/{world.draft_id}/files"
    button = f"{path}/published/{upload.file.digest}/removal"

    taken_off = world.owner.post(button)
    left = world.owner.post(f"{button}/end")
    world.owner.post(button)
    checked = world.owner.get(f"/share/{world.draft_id}/answers")
    world.send()
    review = Reviewer(world.app).get(f"/review/{world.draft_id}")

    assert "Will be removed" in taken_off.words
    assert [each.get("action") for each in taken_off.find(".//main//form")][-1] == f"{button}/end"
    assert "“a.pdf” stays on the page." in left.words
    assert "Will be removed" not in left.words
    assert "Goes from the page: a.pdf" in checked.words
    assert [words(each) for each in review.find(".//del") if "a.pdf" in words(each)] == [
        "Removed: a.pdf (1 KB)",
        "Removed: a.pdf",
    ]
    assert got(Browser(world.app), url).status_code == 200
