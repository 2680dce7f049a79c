"""Sign up with an email address, and confirm it."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts import signing_up
from kb.accounts.models import OneTimeLink
from kb.clock import utcnow
from kb.councils.models import Council
from kb.errors import Invalid
from kb.web import identity_letters, limiting, signing_in
from kb.web.context import db_session, person, public, runtime
from kb.web.forms.sign_up import ConfirmForm, SignUpForm
from kb.web.own_paths import own_path

bp = Blueprint("sign_up", __name__, url_prefix="/sign-up")


@bp.get("")
@public
def new() -> ResponseReturnValue:
    if person() is not None:
        return redirect(url_for("account.show"), code=303)
    return render_template("sign_up/new.html", form=SignUpForm(data={"next": _next()}))


@bp.post("")
@public
def create() -> ResponseReturnValue:
    """The same answer for everybody: who reads the mailbox learns more."""
    form = SignUpForm()
    if form.validate():
        email = form.email.data or ""
        limiting.count_letter("sign-up", email, limit=3, within=limiting.AN_HOUR, network=30)
        try:
            signing_up.ask(
                db_session(),
                email=email,
                name=form.name.data or "",
                base_url=runtime().settings.base_url,
                next_path=_next(),
                now=utcnow(),
            )
        except Invalid as error:
            for field, sentence in error.problems.items():
                form[field].errors = [sentence]
        else:
            return redirect(url_for("sign_up.letter"), code=303)
    return render_template("sign_up/new.html", form=form), 422


@bp.get("/letter")
@public
def letter() -> ResponseReturnValue:
    return render_template("sign_up/letter.html")


@bp.get("/confirmation")
@public
def confirmation() -> ResponseReturnValue:
    """Programs that look at mail open its links: this one only shows a button."""
    code = request.args.get("code", "")
    link, councils = signing_up.found(db_session(), code, now=utcnow())
    response = make_response(_confirmation(ConfirmForm(data={"code": code}), link, councils))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/confirmation")
@public
def create_confirmation() -> ResponseReturnValue:
    form, session, now = ConfirmForm(), db_session(), utcnow()
    code, chosen = form.code.data or "", form.council.data or ""
    link, councils = signing_up.found(session, code, now=now)
    council_id = int(chosen) if chosen in {str(council.id) for council in councils} else None
    try:
        user, next_path = signing_up.confirm(session, code, council_id=council_id, now=now)
    except Invalid as error:
        form.council.errors = [error.problems["council"]]
        return _confirmation(form, link, councils), 422
    identity_letters.link(user, now=now)
    return redirect(signing_in.arrive(user, next_path=next_path, now=now), code=303)


def _confirmation(form: ConfirmForm, link: OneTimeLink, councils: list[Council]) -> str:
    form.council.choices = [(str(council.id), council.name) for council in councils]
    return render_template(
        "sign_up/confirmation.html", form=form, email=link.email, councils=councils
    )


def _next() -> str:
    return own_path(request.values.get("next", ""))
