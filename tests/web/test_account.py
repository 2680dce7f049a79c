import pytest

from kb.accounts import passwords
from kb.accounts import service as accounts
from kb.accounts.models import State
from kb.accounts.service import LONGEST_NAME
from tests.factories import make_council, make_user
from tests.people import Person
from tests.web.entering import PASSWORD, Newcomer

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


def store(runtime, *, password="", **values):
    with runtime.database.transaction() as session:
        user = make_user(session, **values)
        if password:
            passwords.set_password(user, password)
        return user


def find(runtime, user):
    with runtime.database.reading() as session:
        return accounts.get(session, user.id)


@pytest.fixture
def person(app, runtime):
    return Person(app, store(runtime, email="sian@bryn.gov.uk", password=PASSWORD))


def ends(page):
    """Where the forms of the list of sign-ins post to."""
    return [form.get("action") for form in page.find(".//ul[@class='places']//form")]


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/closing"])
def test_nobody_but_who_is_signed_in_sees_an_account(browser, path):
    answer = browser.response(path)

    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={path}")


@pytest.mark.parametrize(
    "path",
    ["name", "password", "closing", "sign-ins/1/end", "sign-ins/end"],
)
def test_nothing_changes_without_our_token_or_without_being_signed_in(app, person, path):
    stranger = Newcomer(app)

    assert person.client.post(f"/account/{path}", data={"name": "X"}).status_code == 400
    assert stranger.send(f"/account/{path}", name="X").status_code == 403


def test_the_account_says_what_its_person_may_do(app, runtime):
    with runtime.database.transaction() as session:
        council = make_council(session)
        user = make_user(session, council, is_reviewer=True)

    page = Person(app, user).get("/account")

    assert f"You write for {council.name}" in page.words
    assert "review what people share" in page.words
    assert page.headers["Cache-Control"] == "private, no-cache"


def test_a_name_is_changed_and_shown_as_text(person, runtime):
    page = person.post("/account/name", name=" <script>alert(1)</script>  Siân ")

    assert "Your name is changed." in page.words
    assert find(runtime, person.user).name == "<script>alert(1)</script> Siân"
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("name", ["", " \u202e ", "x" * (LONGEST_NAME + 1)])
def test_a_name_that_is_none_is_refused(person, runtime, name):
    page = person.post("/account/name", 422, name=name)

    assert page.title.startswith("Error: ")
    assert find(runtime, person.user).name == person.user.name


def test_changing_the_password_needs_the_one_before(person, runtime):
    new = "llwybr newydd 8"

    without = person.post("/account/password", 422, password=new)
    wrong = person.post("/account/password", 422, present="wrong", password=new)
    weak = person.post("/account/password", 422, present=PASSWORD, password="password")
    page = person.post("/account/password", present=PASSWORD, password=new)

    assert "This is not your password." in without.words
    assert "This is not your password." in wrong.words
    assert "Many people use this password." in weak.words
    assert "Your password is set." in page.words
    assert passwords.matches(find(runtime, person.user), new)


def test_nobody_guesses_the_password_in_a_browser_that_was_left_open(person):
    for n in range(5):
        person.post("/account/password", 422, present=f"guess {n}", password="llwybr newydd 8")

    page = person.post("/account/password", 429, present=PASSWORD, password="llwybr newydd 8")

    assert page.headers["Retry-After"]


def test_who_has_none_sets_a_password_at_once(app, runtime):
    person = Person(app, store(runtime))

    page = person.get("/account/password")
    person.post("/account/password", password=PASSWORD)

    assert page.find(".//input[@id='present']") == []
    assert passwords.matches(find(runtime, person.user), PASSWORD)


def test_a_new_password_ends_every_other_sign_in_and_renews_this_one(app, person):
    other = Person(app, person.user)
    before = person.client.get_cookie("kb").value
    thief = Newcomer(app)
    thief.client.set_cookie("kb", before)

    person.post("/account/password", present=PASSWORD, password="llwybr newydd 8")

    assert person.response("/account").status_code == 200
    assert other.response("/account").status_code == 303
    assert not thief.is_in


def test_people_see_where_they_are_signed_in(app, person):
    newcomer = Newcomer(app)
    newcomer.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    newcomer.try_password(person.user.email)

    page = newcomer.get("/account")

    assert "Firefox on Linux (this browser) Since " in page.words
    assert len(ends(page)) == 2


def test_one_sign_in_is_ended_by_itself(app, person):
    other, third = Person(app, person.user), Person(app, person.user)
    newest_first = ends(person.get("/account"))

    person.post(newest_first[1])

    assert other.response("/account").status_code == 303
    assert third.response("/account").status_code == 200


def test_ending_this_one_signs_out(app, person):
    Person(app, person.user)
    mine = ends(person.get("/account"))[1]

    answer = person.client.post(mine, data={"csrf_token": person.token()})

    assert answer.location == "/"
    assert person.response("/account").status_code == 303


def test_all_others_are_ended_at_once(app, person):
    others = [Person(app, person.user) for _ in range(3)]

    page = person.post("/account/sign-ins/end")

    assert len(ends(page)) == 1
    assert [other.response("/account").status_code for other in others] == [303] * 3


def test_nobody_ends_somebody_else_s(app, person, runtime):
    stranger = Person(app, store(runtime))
    mine = ends(person.get("/account"))[0]

    stranger.post(mine, 404)
    stranger.post("/account/sign-ins/end")

    assert person.response("/account").status_code == 200


def test_closing_an_account_ends_its_sign_ins_and_forgets_the_address(app, person, runtime):
    other = Person(app, person.user)

    person.get("/account/closing")
    page = person.post("/account/closing")

    assert "Your account is closed" in page.words
    for browser in (person, other):
        assert browser.response("/account").status_code == 303
    kept = find(runtime, person.user)
    assert kept.state is State.CLOSED
    assert kept.name == person.user.name
    assert Newcomer(app).try_password("sian@bryn.gov.uk").status_code == 422


def test_the_only_admin_cannot_leave(app, runtime):
    person = Person(app, store(runtime, is_admin=True))

    page = person.post("/account/closing", 409)

    assert "Make somebody else an admin first." in page.words
