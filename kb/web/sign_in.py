"""Sign in with a password or by a letter, choose a new password by a letter, and sign out."""

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from kb.accounts import by_mail, limits, links, passwords
from kb.accounts import service as accounts
from kb.accounts.errors import LinkOver
from kb.accounts.models import Purpose
from kb.clock import utcnow
from kb.errors import Invalid
from kb.web import identity_letters, limiting, signing_in
from kb.web.context import db_session, person, public, runtime, signed_in_only
from kb.web.forms.sign_in import CodeForm, EmailForm, NewPasswordForm, SignInForm
from kb.web.own_paths import own_path

bp = Blueprint("sign_in", __name__, url_prefix="")

WRONG = (
    "The email address or the password is not right. "
    "If you never set a password, ask for a link instead."
)


@bp.get("/sign-in")
@public
def new() -> ResponseReturnValue:
    if person() is not None:
        return redirect(_next() or url_for("account.show"), code=303)
    return render_template("sign_in/new.html", form=SignInForm(data={"next": _next()}))


@bp.post("/sign-in")
@public
def create() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return render_template("sign_in/new.html", form=form), 422
    user_id = _whose(form.email.data or "", form.password.data or "")
    if user_id is None:
        form.form_errors = [WRONG]
        return render_template("sign_in/new.html", form=form), 422
    user = accounts.get(db_session(), user_id)
    path = signing_in.arrive(user, next_path=_next(), now=utcnow())
    return redirect(path, code=303)


@bp.post("/sign-in/link")
@public
def create_link() -> ResponseReturnValue:
    """The same answer for everybody: who reads the mailbox learns more."""
    form = EmailForm()
    if form.validate():
        email, settings = form.email.data or "", runtime().settings
        limiting.count_letter("link", email, limit=5, within=limiting.HALF_AN_HOUR, network=30)
        try:
            by_mail.ask_to_sign_in(
                db_session(), email, base_url=settings.base_url, now=utcnow(), next_path=_next()
            )
        except Invalid as error:
            form.email.errors = [error.problems["email"]]
        else:
            return redirect(url_for("sign_in.letter"), code=303)
    again = SignInForm(data={"email": form.email.data, "next": _next()})
    again.email.errors = form.email.errors
    return render_template("sign_in/new.html", form=again), 422


@bp.get("/sign-in/letter")
@public
def letter() -> ResponseReturnValue:
    return render_template("sign_in/letter.html", form=CodeForm())


@bp.get("/sign-in/arrival")
@public
def arrival() -> ResponseReturnValue:
    """Programs that look at mail open its links: this one only shows a button."""
    code = request.args.get("code", "")
    link = links.find(db_session(), Purpose.SIGN_IN, code, now=utcnow())
    return _unkept(render_template("sign_in/arrival.html", email=link.email, code=code))


@bp.post("/sign-in/arrival")
@public
def create_arrival() -> ResponseReturnValue:
    form, now = CodeForm(), utcnow()
    if form.validate():
        try:
            user, next_path = by_mail.arrive(
                db_session(), links.code_in(form.code.data or ""), now=now
            )
        except LinkOver as error:
            form.code.errors = [str(error)]
        else:
            identity_letters.link(user, now=now)
            return redirect(signing_in.arrive(user, next_path=next_path, now=now), code=303)
    return render_template("sign_in/letter.html", form=form), 422


@bp.get("/sign-in/reset")
@public
def reset() -> ResponseReturnValue:
    return render_template("sign_in/reset.html", form=EmailForm())


@bp.post("/sign-in/reset")
@public
def create_reset() -> ResponseReturnValue:
    form = EmailForm()
    if form.validate():
        email, settings = form.email.data or "", runtime().settings
        limiting.count_letter("reset", email, limit=5, within=limiting.HALF_AN_HOUR, network=5)
        try:
            by_mail.ask_to_reset(db_session(), email, base_url=settings.base_url, now=utcnow())
        except Invalid as error:
            form.email.errors = [error.problems["email"]]
        else:
            return redirect(url_for("sign_in.reset_letter"), code=303)
    return render_template("sign_in/reset.html", form=form), 422


@bp.get("/sign-in/reset/letter")
@public
def reset_letter() -> ResponseReturnValue:
    return render_template("sign_in/reset_letter.html")


@bp.get("/sign-in/password")
@public
def password() -> ResponseReturnValue:
    code = request.args.get("code", "")
    link = links.find(db_session(), Purpose.RESET, code, now=utcnow())
    form = NewPasswordForm(data={"code": code})
    return _unkept(render_template("sign_in/password.html", form=form, email=link.email))


@bp.post("/sign-in/password")
@public
def create_password() -> ResponseReturnValue:
    form, now, settings = NewPasswordForm(), utcnow(), runtime().settings
    code = form.code.data or ""
    link = links.find(db_session(), Purpose.RESET, code, now=now)
    if form.validate():
        try:
            user = by_mail.reset(
                db_session(), code, form.password.data or "", base_url=settings.base_url, now=now
            )
        except Invalid as error:
            form.password.errors = [error.problems["password"]]
        else:
            path = signing_in.arrive(user, next_path="", now=now)
            flash("Your new password is set. You are signed out everywhere else.")
            return redirect(path, code=303)
    return render_template("sign_in/password.html", form=form, email=link.email), 422


@bp.post("/sign-out")
@signed_in_only
def delete() -> ResponseReturnValue:
    signing_in.sign_out(now=utcnow())
    return redirect(url_for("home.show"), code=303)


def _whose(email: str, password: str) -> int | None:
    """The id of whoever has this address and this password.

    Hashing is slow on purpose, so the attempt is committed before it: nobody who writes
    meanwhile has to wait, and attempts at the same moment all count.
    """
    attempts = limiting.count_password(email)
    db_session().commit()
    with runtime().database.reading() as session:
        user = accounts.by_email(session, email)
        is_right = passwords.matches(user, password)
    if user is None or not is_right or not accounts.may_sign_in(user):
        return None
    limits.take_back(db_session(), attempts)
    return user.id


def _next() -> str:
    return own_path(request.values.get("next", ""))


def _unkept(text: str) -> Response:
    """A page that holds a code stays in no cache."""
    response = make_response(text)
    response.headers["Cache-Control"] = "no-store"
    return response
