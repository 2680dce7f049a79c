"""A person's own account: their name, their password, where they are signed in, and its end."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask import session as flask_session
from flask.typing import ResponseReturnValue

from kb.accounts import by_mail, limits, passwords, sign_ins
from kb.accounts import service as accounts
from kb.clock import utcnow
from kb.errors import Invalid
from kb.web import limiting, signing_in
from kb.web.context import current_person, db_session, public, runtime, signed_in_only
from kb.web.forms.account import NameForm, PasswordForm

bp = Blueprint("account", __name__, url_prefix="/account")

WRONG = "This is not your password."


@bp.get("")
@signed_in_only
def show() -> ResponseReturnValue:
    return _page(NameForm(data={"name": current_person().name}))


@bp.post("/name")
@signed_in_only
def create_name() -> ResponseReturnValue:
    form = NameForm()
    if form.validate():
        try:
            accounts.rename(db_session(), current_person(), name=form.name.data or "")
        except Invalid as error:
            form.name.errors = [error.problems["name"]]
        else:
            flash("Your name is changed.")
            return redirect(url_for("account.show"), code=303)
    return _page(form), 422


@bp.get("/password")
@signed_in_only
def password() -> ResponseReturnValue:
    return render_template("account/password.html", form=PasswordForm())


@bp.post("/password")
@signed_in_only
def create_password() -> ResponseReturnValue:
    """Ask for the present one too: a browser that was left open is nobody's proof."""
    form, user = PasswordForm(), current_person()
    if form.validate() and _is_theirs(form):
        try:
            by_mail.change_password(
                db_session(),
                user,
                form.password.data or "",
                base_url=runtime().settings.base_url,
                now=utcnow(),
            )
        except Invalid as error:
            form.password.errors = [error.problems["password"]]
        else:
            signing_in.sign_in(user, now=utcnow())
            flash("Your password is set. You are signed out everywhere else.")
            return redirect(url_for("account.show"), code=303)
    return render_template("account/password.html", form=form), 422


@bp.post("/sign-ins/<int(max=2147483647):sign_in_id>/end")
@signed_in_only
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    is_here = sign_in_id == _here()
    sign_ins.end(db_session(), current_person(), sign_in_id, now=utcnow())
    if is_here:
        flask_session.clear()
        return redirect(url_for("home.show"), code=303)
    flash("You are signed out there.")
    return redirect(url_for("account.show"), code=303)


@bp.post("/sign-ins/end")
@signed_in_only
def end_sign_ins() -> ResponseReturnValue:
    sign_ins.end_all(db_session(), current_person(), now=utcnow(), but=_here())
    flash("You are signed out everywhere else.")
    return redirect(url_for("account.show"), code=303)


@bp.get("/closing")
@signed_in_only
def closing() -> ResponseReturnValue:
    return render_template("account/closing.html")


@bp.post("/closing")
@signed_in_only
def create_closing() -> ResponseReturnValue:
    accounts.close(db_session(), current_person(), now=utcnow())
    flask_session.clear()
    return redirect(url_for("account.closed"), code=303)


@bp.get("/closed")
@public
def closed() -> ResponseReturnValue:
    return render_template("account/closed.html")


def _page(form: NameForm) -> str:
    user = current_person()
    found = sign_ins.of_user(db_session(), user, now=utcnow())
    return render_template("account/show.html", form=form, user=user, found=found, here=_here())


def _here() -> int:
    visitor = signing_in.present()
    return visitor.sign_in.id if visitor is not None else 0


def _is_theirs(form: PasswordForm) -> bool:
    """Nobody who has no password is asked for it."""
    user = current_person()
    if not user.password_hash:
        return True
    attempts = limiting.count_password(user.email)
    if passwords.matches(user, form.present.data or ""):
        limits.take_back(db_session(), attempts)
        return True
    form.present.errors = [WRONG]
    return False
