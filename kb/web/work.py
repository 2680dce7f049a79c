"""Your work: what I and my council have in hand here, on one page and as a table."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.web import csv_files, work_done, work_report
from kb.web.context import current_person, db_session, runtime, signed_in_only

bp = Blueprint("work", __name__)


@bp.get("/work")
@signed_in_only
def index() -> ResponseReturnValue:
    me = current_person()
    work = work_done.of(db_session(), me, now=utcnow())
    return render_template("work/index.html", me=me, work=work, next_date=work_done.next_date)


@bp.get("/work.csv")
@signed_in_only
def report() -> Response:
    work = work_done.of(db_session(), current_person(), now=utcnow())
    rows = work_report.rows(work, runtime().settings.base_url)
    return csv_files.download(csv_files.to_csv(work_report.HEADINGS, rows), "our-work.csv")
