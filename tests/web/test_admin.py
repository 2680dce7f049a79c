import json

import pytest

from kb.accounts import service as accounts
from kb.accounts.models import CouncilRole, State
from kb.mail import service as mail
from kb.mail.models import Letter
from kb.mail.models import State as LetterState
from kb.mail.types import MailError
from tests.factories import NOW, make_council, make_user
from tests.people import Person
from tests.web.entering import Newcomer

SCRIPT = '"><script>alert(1)</script>'
SECRET_TEXT = "Open https://swap.example.org/sign-in/arrival?code=opens-a-door"


def store(runtime, **values):
    with runtime.database.transaction() as session:
        return make_user(session, **values)


def find(runtime, user):
    with runtime.database.reading() as session:
        return accounts.get(session, user.id)


def store_letter(runtime, *, is_dead=True, **values):
    with runtime.database.transaction() as session:
        given = {"to": "sian@bryn.gov.uk", "subject": "Your link to sign in"} | values
        letter = mail.write(session, key=f"k{id(values)}", text=SECRET_TEXT, now=NOW, **given)
        if is_dead:
            mail.take(session, now=NOW)
            mail.note_failure(letter, MailError("550 no such mailbox", is_final=True), now=NOW)
        return letter


@pytest.fixture
def boss(app, runtime):
    return Person(app, store(runtime, email="boss@zz.gov.uk", name="Boss", is_admin=True))


@pytest.fixture
def user(runtime):
    return store(runtime, email="sian@bryn.gov.uk", name="Siân Evans", state=State.WAITING)


def rights(**values):
    return {"role": "none", "council": ""} | values


def names(page):
    return [th.find("a").text for th in page.find(".//table//th[@scope='row']")]


ROUTES = [
    ("GET", "/admin/people"),
    ("GET", "/admin/people/{id}"),
    ("POST", "/admin/people/{id}/rights"),
    ("POST", "/admin/people/{id}/closing"),
    ("POST", "/admin/people/{id}/second-step/end"),
    ("GET", "/admin/letters"),
    ("POST", "/admin/letters/1/attempts"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("role", ["stranger", "waiting", "contributor", "editor", "reviewer"])
def test_only_admins_come_here(app, runtime, user, method, path, role):
    with runtime.database.transaction() as session:
        council = make_council(session)
        values = {
            "waiting": {"state": State.WAITING},
            "contributor": {"council": council},
            "editor": {"council": council, "council_role": CouncilRole.EDITOR},
            "reviewer": {"is_reviewer": True},
        }
        who = make_user(session, **values.get(role, {}))
    store_letter(runtime)
    browser = Newcomer(app) if role == "stranger" else Person(app, who)
    token = {} if role == "stranger" else {"csrf_token": browser.token()}
    path = path.format(id=user.id)

    if method == "GET":
        answer = browser.response(path)
    elif role == "stranger":
        answer = browser.send(path, **rights(is_admin="yes"))
    else:
        answer = browser.client.post(path, data=token | rights(is_admin="yes"))

    is_asked_to_sign_in = role == "stranger" and method == "GET"
    assert answer.status_code == (303 if is_asked_to_sign_in else 403)
    assert find(runtime, user).state is State.WAITING
    with runtime.database.reading() as session:
        assert session.get(Letter, 1).state is LetterState.DEAD


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "POST"])
def test_nothing_is_taken_without_our_token(boss, runtime, user, path):
    answer = boss.client.post(path.format(id=user.id), data=rights(is_admin="yes"))

    assert answer.status_code == 400
    assert find(runtime, user).state is State.WAITING


def test_who_waits_is_shown_first_with_how_long(boss, runtime, user):
    store(runtime, email="a@x.gov.uk", name="Aled")
    with runtime.database.transaction() as session:
        session.merge(user).confirmed_at = NOW.replace(year=2020)

    page = boss.get("/admin/people")

    assert names(page) == ["Siân Evans", "Aled", "Boss"]
    assert "1 person waits until an admin has had a look." in page.words
    assert "days" in page.words
    assert page.headers["Cache-Control"] == "private, no-cache"


def test_people_are_searched_and_narrowed(boss, runtime, user):
    assert names(boss.get("/admin/people?q=bryn")) == ["Siân Evans"]
    assert names(boss.get("/admin/people?state=active")) == ["Boss"]
    assert names(boss.get("/admin/people?state=nonsense&page=nonsense")) == ["Siân Evans", "Boss"]
    assert "Nobody fits this" in boss.get("/admin/people?q=%25").words


@pytest.mark.parametrize("page", ["-1", "0", "99", "1e3", "999999999999999999999", "٣"])
def test_a_page_that_is_not_there_is_no_error(boss, page):
    assert boss.get("/admin/people", query_string={"page": page}).heading == "People"


def test_many_people_stand_on_several_pages(boss, runtime):
    with runtime.database.transaction() as session:
        for n in range(60):
            make_user(session, email=f"a{n:02}@x.gov.uk")

    first, second = boss.get("/admin/people?q=x.gov"), boss.get("/admin/people?q=x.gov&page=2")

    assert (len(names(first)), len(names(second))) == (50, 10)
    assert ("2", "/admin/people?q=x.gov&page=2") in first.links


def test_an_admin_lets_somebody_write_for_a_council(app, boss, runtime, user):
    with runtime.database.transaction() as session:
        council = make_council(session)

    boss.get(f"/admin/people/{user.id}")
    page = boss.post(
        f"/admin/people/{user.id}/rights",
        **rights(role="contributor", council=str(council.id)),
    )

    assert "Saved. We tell them by email." in page.words
    assert find(runtime, user).can_contribute
    [letter] = Newcomer(app).letters(user.email)
    assert council.name in letter.text


def test_what_somebody_may_do_is_shown_as_it_is(app, boss, runtime):
    with runtime.database.transaction() as session:
        council = make_council(session, end_date=NOW.date())
        user = make_user(session, council, council_role=CouncilRole.EDITOR, is_reviewer=True)

    page = boss.get(f"/admin/people/{user.id}")
    again = boss.post(
        f"/admin/people/{user.id}/rights",
        **rights(role="council editor", council=str(council.id), is_reviewer="yes"),
    )

    ticked = [e.get("value") for e in page.find(".//main//input[@checked]")]
    chosen = page.find(".//select[@id='council']/option[@selected]")[0]
    assert ticked == ["council editor", "yes"]
    assert chosen.get("value") == str(council.id)
    assert "Nothing was changed." in again.words


@pytest.mark.parametrize(
    "wrong",
    [
        *({"role": "contributor"}, {"role": "contributor", "council": "99999"}),
        *({"role": "contributor", "council": SCRIPT}, {"role": "king"}, {"role": ""}),
    ],
)
def test_a_role_that_makes_no_sense_is_refused(boss, runtime, user, wrong):
    page = boss.post(f"/admin/people/{user.id}/rights", 422, **rights(**wrong))

    assert page.title.startswith("Error: ")
    assert "<script>alert" not in page.text
    assert find(runtime, user).state is State.WAITING


def test_a_new_right_is_written_to_the_log_without_anybody_s_address(boss, runtime, user, capsys):
    boss.post(f"/admin/people/{user.id}/rights", **rights(is_reviewer="yes"))

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    [line] = [line for line in lines if line.get("event") == "rights changed"]
    assert (line["person"], line["by"], line["reviewer"]) == (user.id, boss.user.id, True)
    assert "@" not in json.dumps(lines)


def test_an_admin_who_lost_the_right_decides_nothing_any_more(app, boss, runtime, user):
    other = Person(app, store(runtime, is_admin=True))
    token = other.token()

    boss.post(f"/admin/people/{other.user.id}/rights", **rights())
    answer = other.client.post(
        f"/admin/people/{user.id}/rights", data={"csrf_token": token} | rights(is_admin="yes")
    )

    assert answer.status_code in {400, 403}
    assert not find(runtime, user).is_admin


def test_the_last_admin_stays(boss, runtime):
    page = boss.post(f"/admin/people/{boss.user.id}/rights", 409, **rights())

    assert "Make somebody else an admin first." in page.words
    assert find(runtime, boss.user).can_administer


def test_admins_do_not_close_themselves(boss, runtime):
    store(runtime, is_admin=True)

    page = boss.get(f"/admin/people/{boss.user.id}")
    boss.post(f"/admin/people/{boss.user.id}/closing", 409)

    assert "/closing" not in page.text
    assert find(runtime, boss.user).is_active


def test_closing_signs_out_and_keeps_the_person_out(app, boss, runtime):
    person = Person(app, store(runtime, email="sian@dale.gov.uk"))

    page = boss.post(f"/admin/people/{person.user.id}/closing")
    shown = boss.get(f"/admin/people/{person.user.id}")

    assert "The account of sian@dale.gov.uk is closed." in page.words
    assert person.response("/account").status_code == 303
    assert "Nobody can sign in with this account." in shown.words
    boss.post(f"/admin/people/{person.user.id}/rights", 409, **rights(is_admin="yes"))
    boss.post(f"/admin/people/{person.user.id}/closing", 409)


def test_a_lost_device_is_helped_with(boss, runtime):
    user = store(runtime, totp_secret="KEY")

    boss.post(f"/admin/people/{user.id}/second-step/end")

    assert find(runtime, user).totp_secret == ""


def test_admins_need_a_code_for_their_own_second_step(app, runtime):
    person = Person(app, store(runtime, is_admin=True, totp_secret="KEY"))

    person.post(f"/admin/people/{person.user.id}/second-step/end", 403)

    assert find(runtime, person.user).totp_secret == "KEY"


def test_who_is_not_there_is_not_found(boss):
    boss.get("/admin/people/99999", 404)
    boss.get("/admin/people/99999999999999", 404)
    boss.post("/admin/people/99999/rights", 404, **rights())
    boss.post("/admin/letters/99999/attempts", 404)


def test_names_are_shown_as_text(boss, runtime):
    user = store(runtime, name=SCRIPT, email="x@bryn.gov.uk")

    for path in ("/admin/people", f"/admin/people/{user.id}"):
        page = boss.get(path)

        assert "<script>alert" not in page.text
        assert "alert(1)" in page.words


def test_letters_that_were_not_sent_are_listed_without_what_they_say(boss, runtime):
    store_letter(runtime)
    store_letter(runtime, is_dead=False, to="tomos@bryn.gov.uk")

    page = boss.get("/admin/letters")

    assert "1 letter could not be sent. 1 waits to go out" in page.words
    for said in ("sian@bryn.gov.uk", "Your link to sign in", "once", "550 no such mailbox"):
        assert said in page.words
    assert "opens-a-door" not in page.text
    assert "tomos" not in page.words


def test_a_letter_is_sent_again_once_it_is_asked_for(boss, runtime):
    letter = store_letter(runtime)

    page = boss.post(f"/admin/letters/{letter.id}/attempts")
    again = boss.post(f"/admin/letters/{letter.id}/attempts", 409)

    assert "goes out again within a minute" in page.words
    assert "not among those that could not be sent" in again.words
    with runtime.database.reading() as session:
        assert mail.get(session, letter.id).state is LetterState.WAITING


def test_what_a_mail_server_said_is_shown_as_text(boss, runtime):
    with runtime.database.transaction() as session:
        letter = mail.write(
            session, key="x", to=f"{SCRIPT}@x.org", subject=SCRIPT, text="", now=NOW
        )
        mail.take(session, now=NOW)
        mail.note_failure(letter, MailError(SCRIPT, is_final=True), now=NOW)

    page = boss.get("/admin/letters")

    assert "<script>alert" not in page.text


def test_an_admin_finds_the_pages_in_the_bar_above(boss, app, runtime):
    bar = boss.get("/account").find(".//nav[@class='who']//a")
    others = Person(app, store(runtime, is_reviewer=True)).get("/account")

    assert "/admin/people" in [a.get("href") for a in bar]
    assert "/admin/people" not in others.text
