"""Admins: people and what they may do, and letters that could not be sent."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts import admin
from kb.accounts import service as accounts
from kb.accounts.admin import Rights
from kb.accounts.models import CouncilRole, State, User
from kb.clock import utcnow
from kb.councils import service as councils
from kb.councils.models import Council
from kb.errors import Invalid
from kb.mail import service as mail
from kb.web.context import admins_only, current_person, db_session, runtime, today
from kb.web.forms.admin import NOBODY, RightsForm
from kb.web.outside import local
from kb.web.paging import Paging, paging

bp = Blueprint("admin", __name__, url_prefix="/admin")

PER_PAGE, MOST_PAGES = 50, 1000
MOST_LETTERS = 100
PERSON = "/people/<int(max=2147483647):user_id>"
STATES = {
    "waiting": "Waiting for an admin",
    "active": "Active",
    "closed": "Closed",
}


@bp.get("/people")
@admins_only
def index() -> ResponseReturnValue:
    session, text = db_session(), request.args.get("q", "")[: admin.LONGEST_SEARCH]
    state = request.args.get("state", "")
    chosen = State(state) if state in STATES else None
    page = min(_number(request.args.get("page", "")), MOST_PAGES)
    found = admin.people(
        session, by=current_person(), text=text, state=chosen, page=page, per_page=PER_PAGE
    )
    return render_template(
        "admin/index.html",
        people=found.people,
        paging=_paging(page, found.total, text, state if chosen else ""),
        text=text,
        state=chosen,
        states=STATES,
        age_of=_age_of,
        may=lambda user: admin.in_words(admin.rights_of(user)),
        **_counts(),
    )


@bp.get(PERSON)
@admins_only
def show(user_id: int) -> ResponseReturnValue:
    user = accounts.get(db_session(), user_id)
    rights = admin.rights_of(user)
    form = RightsForm(
        formdata=None,
        data={
            "role": rights.role.value if rights.role else NOBODY,
            "council": str(rights.council.id) if rights.council else "",
            "is_reviewer": rights.is_reviewer,
            "is_admin": rights.is_admin,
        },
    )
    return _page(user, form)


@bp.post(f"{PERSON}/rights")
@admins_only
def create_rights(user_id: int) -> ResponseReturnValue:
    session, form, me = db_session(), RightsForm(), current_person()
    user = accounts.get(session, user_id)
    if form.validate():
        base_url, now = runtime().settings.base_url, utcnow()
        try:
            changed = admin.decide(session, user, _rights(form), by=me, base_url=base_url, now=now)
        except Invalid as error:
            form.council.errors = [error.problems["council"]]
        else:
            flash("Saved. We tell them by email." if changed else "Nothing was changed.")
            return redirect(url_for("admin.show", user_id=user.id), code=303)
    return _page(user, form), 422


@bp.post(f"{PERSON}/closing")
@admins_only
def create_closing(user_id: int) -> ResponseReturnValue:
    session, base_url = db_session(), runtime().settings.base_url
    user = accounts.get(session, user_id)
    admin.close(session, user, by=current_person(), base_url=base_url, now=utcnow())
    flash(f"The account of {user.email} is closed. We tell them by email.")
    return redirect(url_for("admin.index"), code=303)


@bp.post(f"{PERSON}/second-step/end")
@admins_only
def end_second_step(user_id: int) -> ResponseReturnValue:
    session, base_url = db_session(), runtime().settings.base_url
    user = accounts.get(session, user_id)
    admin.reset_second_step(session, user, by=current_person(), base_url=base_url, now=utcnow())
    flash("Their second step is off, and they have to sign in again. We tell them by email.")
    return redirect(url_for("admin.show", user_id=user.id), code=303)


@bp.get("/letters")
@admins_only
def letters() -> ResponseReturnValue:
    """Never what a letter says: it may hold a link that opens somebody's account."""
    dead = mail.dead(db_session())
    return render_template(
        "admin/letters.html", letters=dead[:MOST_LETTERS], total=len(dead), **_counts()
    )


@bp.post("/letters/<int(max=2147483647):letter_id>/attempts")
@admins_only
def create_attempt(letter_id: int) -> ResponseReturnValue:
    session = db_session()
    letter = mail.get(session, letter_id)
    mail.send_again(session, letter, now=utcnow())
    flash(f"The letter to {letter.to} goes out again within a minute.")
    return redirect(url_for("admin.letters"), code=303)


def _page(user: User, form: RightsForm) -> str:
    choices = {str(council.id): council.name for council in _councils(user)}
    form.council.choices = {"": "Choose a council"} | choices
    return render_template(
        "admin/show.html", user=user, form=form, age_of=_age_of, me=current_person()
    )


def _councils(user: User) -> Sequence[Council]:
    """Those that there are, and the one that was theirs."""
    day = today()
    found = councils.everyone(db_session())
    return [each for each in found if each.is_current(day) or each.id == user.council_id]


def _rights(form: RightsForm) -> Rights:
    """Raises Invalid for a role at a council that is none."""
    role = None if form.role.data == NOBODY else CouncilRole(form.role.data)
    known = {str(each.id): each for each in councils.everyone(db_session())} if role else {}
    return Rights(
        council=known.get(form.council.data or ""),
        role=role,
        is_reviewer=form.is_reviewer.data,
        is_admin=form.is_admin.data,
    )


def _counts() -> dict[str, int]:
    session = db_session()
    return {"waiting": admin.waiting(session), "letters_waiting": mail.waiting(session)}


def _age_of(user: User) -> str:
    """How long they have waited for an admin, in days by the calendar."""
    since = local(user.confirmed_at or user.created_at).date()
    return _days((local(utcnow()).date() - since).days)


def _days(number: int) -> str:
    if number <= 0:
        return "since today"
    return "1 day" if number == 1 else f"{number} days"


def _paging(page: int, total: int, text: str, state: str) -> Paging:
    def url_of_page(number: int) -> str:
        later = number if number > 1 else None
        return url_for("admin.index", q=text or None, state=state or None, page=later)

    return paging(
        page=page, total=total, per_page=PER_PAGE, most=MOST_PAGES, url_of_page=url_of_page
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) <= 6 else 1
