"""One line in the log for each request: what was asked, how it ended, how long it took."""

from time import perf_counter

from flask import Flask, Response, g, request

from kb import logs

log = logs.get("web")
QUIET = {"/healthz", "/readyz", "/j/<code>/state"}  # asked all the time, and all alike
MAX_PATH = 200


def init_app(app: Flask) -> None:
    """Must come first, so that it times all that follows."""

    @app.before_request
    def start() -> None:
        g.started = perf_counter()

    @app.after_request
    def write(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else None
        if route not in QUIET or response.status_code >= 500:
            log.info(
                "request",
                method=request.method,
                route=route,
                path=request.path[:MAX_PATH],
                status=response.status_code,
                ms=round((perf_counter() - g.started) * 1000, 1),
            )
        return response
