"""The national picture: barriers and gaps over all sessions that may be counted."""

from flask import Blueprint, Response, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from kb.training import national
from kb.training.national import Picture
from kb.web import csv_files, drawing
from kb.web.caching import kept
from kb.web.context import db_session, public, runtime, today

bp = Blueprint("picture", __name__, url_prefix="/sessions")

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
METHOD = (
    f"Sessions that were closed on this site and whose trainer lets them be counted. A session "
    f"counts where from {national.ENOUGH} to {national.MOST_PEOPLE:,} people answered; one that "
    f"asks the same room again is not counted twice. Who answered only one of the two questions "
    f"on a device is not in the gap. To each figure, the gap and every single barrier, sessions "
    f"are added in groups, in the order in which they closed. A group has at least "
    f"{national.ENOUGH_SESSIONS} sessions, and none of its numbers is below {national.ENOUGH}: "
    f"so no figure is told of fewer than {national.ENOUGH_SESSIONS} sessions, none changes by "
    f"fewer, and the newest sessions wait until their group is complete. Where a trainer takes a "
    f"session out, its whole group is. The two questions differ in their words from room to "
    f"room. Rooms chose to take part, so this is not a survey, and nobody has checked the counts."
)


@bp.get("/picture")
@public
@kept
def show() -> ResponseReturnValue:
    return render_template("picture/show.html", **_values())


@bp.get("/picture.svg")
@public
@kept
def image() -> ResponseReturnValue:
    return Response(render_template("picture/image.svg", **_values()), mimetype="image/svg+xml")


@bp.get("/picture.json")
@public
@kept
def data() -> ResponseReturnValue:
    found = national.picture(db_session())
    return jsonify(
        {
            "title": "The national picture",
            "method": METHOD,
            "licence": LICENCE,
            "address": runtime().settings.base_url + url_for("picture.show"),
            "made_on": today().isoformat(),
            "since": found.since.isoformat() if found.since else None,
            "until": found.until.isoformat() if found.until else None,
            "gap": vars(found.gap) if found.gap else None,
            "barriers": {
                "sessions": found.barrier_sessions,
                "people": found.barrier_people,
                "chosen": [vars(barrier) for barrier in found.barriers],
            },
        }
    )


@bp.get("/picture.csv")
@public
@kept
def table() -> ResponseReturnValue:
    text = csv_files.to_csv(("Figure", "Number", "Of people", "In sessions"), _rows())
    return csv_files.download(text, "national-picture.csv")


def _rows() -> list[tuple[object, ...]]:
    """A number that is too small to tell is an empty cell."""
    found = national.picture(db_session())
    rows: list[tuple[object, ...]] = []
    if found.gap:
        gap = found.gap
        for name, number in (
            ("Would like to", gap.would),
            ("Already do", gap.do),
            ("Want to and do not yet", gap.gap),
        ):
            rows.append((name, number, gap.people, gap.sessions))
    for each in found.barriers:
        people = found.barrier_people
        rows.append((f"Barrier: {each.label}", each.number, people, each.sessions))
    return rows


def _values() -> dict[str, object]:
    found: Picture = national.picture(db_session())
    return {
        "found": found,
        "made_on": today(),
        "method": METHOD,
        "licence": LICENCE,
        "enough": national.ENOUGH,
        "enough_sessions": national.ENOUGH_SESSIONS,
        "share": drawing.share,
    }
