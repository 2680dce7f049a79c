"""Every error under /api/ is answered as problem JSON (RFC 9457), in one place."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.sansio.response import Response as WsgiResponse

from kb.api.answers import Problem
from kb.errors import Conflict, Invalid, KbError, NotAllowed, NotFound

PROBLEM = "application/problem+json"
PLACE = "/api/"
STATUS: dict[type[KbError], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 400}
OUR_FAULT = "Something went wrong on our side. It has been noted."
TOLD = ("Allow", "Retry-After")  # headers that say what to do about it
DETAILS = {
    404: "There is nothing at this address. See /api/v1/openapi.json for what there is.",
    405: "This API is read-only: it answers GET.",
}


def init_app(bp: Blueprint) -> None:
    """Answer what goes wrong in the views of `bp`, and everywhere else under its place."""
    bp.register_error_handler(KbError, of_domain)
    for status in (400, 404, 405, 410, 500):
        bp.register_error_handler(status, of_http)
    bp.before_app_request(of_routing)
    bp.before_request(of_unprintable)
    bp.after_app_request(problems_only)


def of_domain(error: KbError) -> Response:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    if isinstance(error, Invalid):
        sentences = " ".join(error.problems.values())
        return problem(status, sentences, problems=dict(error.problems))
    return problem(status, str(error))


def of_http(error: HTTPException) -> Response:
    status = error.code or 500
    detail = OUR_FAULT if isinstance(error, InternalServerError) else error.description
    return problem(status, detail or "")


def of_routing() -> Response | None:
    """An address or a method that leads nowhere has no blueprint that could be asked."""
    error = request.routing_exception
    if error is None or not request.path.startswith(PLACE) or (error.code or 0) < 400:
        return None
    return _refusal(error.get_response(request.environ))


def of_unprintable() -> Response | None:
    """Nothing has such an address; PostgreSQL would not even look for one with NUL in it."""
    return None if request.path.isprintable() else problem(404, DETAILS[404])


def problems_only(response: Response) -> Response:
    """Whatever else went wrong on the way here: a page about it would be for people."""
    is_ours = request.path.startswith(PLACE) and response.status_code >= 400
    return _refusal(response) if is_ours and response.mimetype != PROBLEM else response


def _refusal(given: WsgiResponse) -> Response:
    answer = problem(given.status_code, DETAILS.get(given.status_code, ""))
    for name in TOLD:
        if name in given.headers:
            answer.headers[name] = given.headers[name]
    return answer


def problem(status: int, detail: str, *, problems: dict[str, str] | None = None) -> Response:
    title = HTTP_STATUS_CODES.get(status, "Error")
    named = {"problems": problems} if problems else {}
    made = Problem(type="about:blank", title=title, status=status, detail=detail or title, **named)
    return Response(made.model_dump_json(exclude_unset=True), status=status, mimetype=PROBLEM)
