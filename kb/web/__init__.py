"""HTML pages: one module per blueprint, one templates/ folder per module."""

from flask import Flask

from kb.runtime import Runtime
from kb.web import (
    about,
    account,
    admin,
    asking,
    assets,
    barriers,
    caching,
    case_studies,
    context,
    copied,
    copies,
    copy_removals,
    councils,
    errors,
    feeds,
    files,
    filters,
    health,
    history,
    home,
    identity,
    leads,
    lessons,
    likeness,
    outside,
    pack_blocks,
    pack_building,
    packs,
    papers,
    permalinks,
    picture,
    pictures,
    planner,
    presenting,
    questions,
    reading,
    reminders,
    removals,
    request_log,
    results,
    review,
    rooms,
    running,
    samples,
    search,
    second_step,
    security,
    sending,
    share,
    sign_in,
    sign_up,
    signing_in,
    site,
    source_edits,
    source_lists,
    sources,
    starting,
    syndication,
    tip_cards,
    training,
    upkeep,
    waiting,
    work,
    write_ups,
)


def init_app(app: Flask, runtime: Runtime) -> None:
    """Put the HTML side together."""
    request_log.init_app(app)
    security.init_app(app, runtime)
    caching.init_app(app, runtime)
    assets.init_app(app)
    context.init_app(app, runtime)
    signing_in.init_app(app)
    identity.init_app(app, runtime)
    pictures.init_app(app, runtime)
    for part in (
        *(filters, reading, copied, asking, outside, files, errors),
        *(upkeep, rooms, presenting, running, waiting),
    ):
        part.init_app(app)
    for module in (
        *(home, search, councils),
        *(feeds, pictures, sources, source_edits, source_lists, leads, samples, syndication),
        *(sign_in, sign_up, second_step, identity, account, admin),
        *(share, sending, papers, files, lessons),
        *(likeness, barriers, planner),
        rooms,
        *(copies, copy_removals, questions, work),
        *(results, write_ups, reminders, picture),
        *(review, removals, upkeep),
        *(presenting, running),
        *(packs, pack_building, pack_blocks, starting),
        *(case_studies, tip_cards, training, permalinks, history, about, site, health),
    ):
        app.register_blueprint(module.bp)
