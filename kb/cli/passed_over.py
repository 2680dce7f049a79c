"""Why a command passes over a source that somebody named, in a sentence."""

from collections.abc import Iterable

import click

from kb.feeds.models import Source, State

_SAMPLE = "is a sample: it is read from a file that comes with the site"
_AGAIN = "`feeds resume {number}` follows it again"


def not_probed(known: Iterable[Source]) -> None:
    """Say it of each that is not switched off, so that there is nothing to find out."""
    words = {
        State.PAUSED: f"is paused; {_AGAIN}",
        State.RETIRED: f"is retired; {_AGAIN}",
        State.MOVED: f"has moved; {_AGAIN}",
    }
    for source in known:
        if source.is_sample:
            _say(source, _SAMPLE)
        elif source.state is not State.OFF:
            _say(source, words.get(source.state, "is switched on already"))


def not_read(known: Iterable[Source]) -> list[Source]:
    """Say it of each that is never read; return the others."""
    readable = []
    for source in known:
        if source.is_sample:
            _say(source, _SAMPLE)
        elif source.state is State.RETIRED:
            _say(source, f"is retired; {_AGAIN}")
        else:
            readable.append(source)
    return readable


def _say(source: Source, why: str) -> None:
    number = source.id
    click.echo(f"“{source.name}” (number {number}) {why.format(number=number)}.", err=True)
