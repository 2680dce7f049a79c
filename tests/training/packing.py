"""Packs with one line; say only what the test is about."""

from itertools import count

from kb.db.database import flush
from kb.training import packs
from kb.training.models import Pack
from tests.factories import NOW
from tests.training.making import make_block

_number = count(1)


def make_pack(session, *, title="Our first posts", blocks="", source=None, owner=None):
    """The pack and its token; `blocks` are the keys of blocks of five minutes."""
    pack, token = packs.create(session, title=title, now=NOW, source=source, owner=owner)
    if blocks:
        pack.blocks = [b if hasattr(b, "key") else make_block(b) for b in blocks]
        flush(session)
    return pack, token


def make_seeded(session, *, title="15 minutes", blocks=None, **values):
    pack = Pack(
        slug=f"seeded-{next(_number)}",
        title=title,
        blocks=blocks or [make_block()],
        is_seeded=True,
        made_at=NOW,
        saved_at=NOW,
        **values,
    )
    session.add(pack)
    flush(session)
    return pack
