"""The second step: asked for at sign-in, set up and switched off in one's account."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kb.accounts import limits, second_step
from kb.accounts import service as accounts
from kb.accounts.models import Attempt, User
from kb.clock import utcnow
from kb.errors import Invalid
from kb.web import limiting, qr, signing_in
from kb.web.context import current_person, db_session, public, runtime, signed_in_only
from kb.web.forms.second_step import SecondStepForm

bp = Blueprint("second_step", __name__)


@bp.get(signing_in.SECOND_STEP)
@public
def new() -> ResponseReturnValue:
    if signing_in.pending(now=utcnow()) is None:
        return redirect(url_for("sign_in.new"), code=303)
    return _unkept(render_template("second_step/new.html", form=SecondStepForm()))


@bp.post(signing_in.SECOND_STEP)
@public
def create() -> ResponseReturnValue:
    form, now = SecondStepForm(), utcnow()
    pending = signing_in.pending(now=now)
    if pending is None:
        return redirect(url_for("sign_in.new"), code=303)
    user = accounts.get(db_session(), pending.user_id)
    if not accounts.may_sign_in(user):
        signing_in.sign_out(now=now)
        return redirect(url_for("sign_in.new"), code=303)
    if form.validate() and _is_right(form, user):
        signing_in.sign_in(user, now=now)
        return redirect(pending.next_path or url_for("account.show"), code=303)
    return render_template("second_step/new.html", form=form), 422


@bp.get("/account/second-step")
@signed_in_only
def show() -> ResponseReturnValue:
    return _unkept(_page(SecondStepForm(formdata=None, data={"key": second_step.new_key()})))


@bp.post("/account/second-step")
@signed_in_only
def set_up() -> ResponseReturnValue:
    form, user = SecondStepForm(), current_person()
    if form.validate():
        try:
            second_step.turn_on(
                db_session(),
                user,
                key=form.key.data or "",
                code=form.code.data or "",
                base_url=runtime().settings.base_url,
                now=utcnow(),
            )
        except Invalid as error:
            form.code.errors = [error.problems["code"]]
        else:
            signing_in.sign_in(user, now=utcnow())
            flash("Your second step is on. You are signed out everywhere else.")
            return redirect(url_for("account.show"), code=303)
    if not second_step.is_key(form.key.data or ""):
        form.key.data = second_step.new_key()
    return _unkept(_page(form), 422)


@bp.post("/account/second-step/end")
@signed_in_only
def end() -> ResponseReturnValue:
    form, user = SecondStepForm(), current_person()
    if not second_step.is_on(user):
        return redirect(url_for("second_step.show"), code=303)
    if form.validate():
        attempts = _count(user)
        base_url = runtime().settings.base_url
        try:
            second_step.turn_off(
                db_session(), user, code=form.code.data or "", base_url=base_url, now=utcnow()
            )
        except Invalid as error:
            form.code.errors = [error.problems["code"]]
        else:
            limits.take_back(db_session(), attempts)
            flash("Your second step is off.")
            return redirect(url_for("account.show"), code=303)
    return _unkept(_page(form), 422)


def _page(form: SecondStepForm) -> str:
    user, key = current_person(), form.key.data or ""
    if second_step.is_on(user):
        return render_template("second_step/on.html", form=form)
    address = second_step.app_address(key, user, site_name=runtime().settings.site_name)
    return render_template(
        "second_step/off.html",
        form=form,
        drawing=qr.secret_drawing(address),
        key=" ".join(key[start : start + 4] for start in range(0, len(key), 4)),
    )


def _is_right(form: SecondStepForm, user: User) -> bool:
    attempts = _count(user)
    try:
        second_step.check(db_session(), user, form.code.data or "", now=utcnow())
    except Invalid as error:
        form.code.errors = [error.problems["code"]]
        return False
    limits.take_back(db_session(), attempts)
    return True


def _count(user: User) -> list[Attempt]:
    """There are only a million codes: few may be tried, however patiently."""
    return [
        limiting.count("code of", user.id, limit=5, within=limiting.A_MINUTE),
        limiting.count("codes of", user.id, limit=30, within=limiting.AN_HOUR),
    ]


def _unkept(text: str, status: int = 200) -> Response:
    """A page that holds a key stays in no cache."""
    response = make_response(text, status)
    response.headers["Cache-Control"] = "no-store"
    return response
