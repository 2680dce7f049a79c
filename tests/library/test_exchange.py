import io
import json
import zlib
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.errors import Invalid
from kb.library import exchange
from kb.library import service as library
from kb.library.content import Content, Kind
from kb.library.exchange import Line, Problem
from kb.library.models import Standing
from kb.library.publish import Outcome, set_standing
from tests.factories import NOW, make_case_study, make_content, make_council, make_tip_card

FIELDS = st.sampled_from(sorted(Content.model_fields))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(FIELDS, VALUES, max_size=6)


def test_kind_title_and_body_are_enough():
    content = exchange.content_from(b'{"kind": "tip-card", "title": "Ask early", "body": "Ask."}')

    assert (content.kind, content.title, content.body) == (Kind.TIP_CARD, "Ask early", "Ask.")


def test_a_ref_is_made_from_kind_and_title():
    first, longer, other = (
        exchange.content_from(line({"kind": kind, "title": "Ask early", "body": body}))
        for kind, body in (("tip-card", "Ask."), ("tip-card", "Ask!"), ("training", "Ask."))
    )

    assert first.ref.startswith("import:")
    assert first.ref == longer.ref != other.ref


def test_a_ref_that_is_given_is_kept():
    content = exchange.content_from(
        b'{"ref": "mine:1", "kind": "tip-card", "title": "Ask", "body": ""}'
    )

    assert content.ref == "mine:1"


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"{", "This is not JSON"),
        (b"[1, 2]", "must hold one JSON object"),
        (b'"text"', "must hold one JSON object"),
        (b'{"kind": "tip-card", "title": "\xff"}', "Byte 32 is not UTF-8 text."),
        (b'{"kind": "tip-card", "title": "A"}', "“body” is missing."),
        (b'{"kind": "tip-card", "body": ""}', "“title” is missing."),
        (b'{"kind": "song", "title": "A", "body": ""}', "“kind”"),
        (
            b'{"kind": "tip-card", "title": "A", "body": "", "colour": 1}',
            "“colour” is not a field",
        ),
        (b'{"kind": "tip-card", "title": "\\ud800", "body": ""}', "This is not JSON"),
        (b'{"kind": "tip-card", "title": "A", "body": "", "number": NaN}', "This is not JSON"),
        (b"[" * 100_000, "This is not JSON"),
        (b" " * (exchange.LONGEST_LINE + 1), "more than"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(raw, sentence):
    with pytest.raises(Invalid, match=sentence):
        exchange.content_from(raw)


def test_a_title_that_is_too_long_is_said_in_a_sentence():
    with pytest.raises(Invalid, match="“title”"):
        exchange.content_from(line({"kind": "tip-card", "title": "A" * 201, "body": ""}))


def test_a_tip_card_has_a_word_limit():
    with pytest.raises(Invalid, match="at most 150 words; this one has 151"):
        exchange.content_from(
            line({"kind": "tip-card", "title": "A", "body": "word " * 151, "deck": "start"})
        )


def test_lines_keep_their_numbers_and_blank_ones_are_ignored():
    items = read(b"\n", line(plain()), b"  \r\n", b"{\n", line(plain()).removesuffix(b"\n"))

    assert [(type(item), item.number) for item in items] == [(Line, 2), (Problem, 4), (Line, 5)]


def test_a_byte_order_mark_and_windows_line_ends_are_accepted():
    (item,) = read(b"\xef\xbb\xbf" + line(plain(title="Ŵyn")).replace(b"\n", b"\r\n"))

    assert item.content.title == "Ŵyn"


def test_a_line_that_is_too_long_is_one_problem_and_the_next_line_is_read():
    items = read(b"x" * (3 * exchange.LONGEST_LINE) + b"\n", line(plain()))

    assert [(type(item), item.number) for item in items] == [(Problem, 1), (Line, 2)]


def test_an_empty_file_holds_nothing():
    assert read() == []


def test_a_problem_is_one_short_printable_line():
    (problem,) = read(line(plain() | {"\x1b[31m" * 200: 1}))

    assert problem.sentence.isprintable()
    assert len(problem.sentence) <= exchange.LONGEST_SENTENCE + 1


def test_of_lines_with_the_same_ref_the_last_counts():
    items = read(
        line(plain(ref="a:1", title="Old")),
        line(plain(ref="a:2")),
        line(plain(ref="a:1", title="New")),
    )

    survey = exchange.survey(items)
    (batch,) = exchange.batches(items, survey)

    assert [each.number for each in batch] == [2, 3]
    assert survey.repeated == (
        Problem(number=1, sentence="a:1 stands again in line 3, which counts."),
    )


def test_a_line_that_cannot_be_read_replaces_nothing():
    items = read(line(plain(ref="a:1")), line(plain(ref="a:1", title="")))

    survey = exchange.survey(items)

    assert survey.counts(items[0])
    assert [problem.number for problem in survey.problems] == [2]


def test_batches_have_a_thousand_lines():
    items = [Line(number=n, content=make_content()) for n in range(2_500)]

    batches = exchange.batches(items, exchange.survey(items))

    assert [len(batch) for batch in batches] == [1_000, 1_000, 500]


def test_what_is_stored_is_counted(session):
    make_case_study(session, ref="a:1", title="Same")
    make_case_study(session, ref="a:2", title="Before")

    tally = store(
        session,
        {"ref": "a:1", "kind": "case-study", "title": "Same"},
        {"ref": "a:2", "kind": "case-study", "title": "After"},
        {"ref": "a:3", "kind": "case-study", "title": "Newcomer"},
    )

    assert tally.outcomes == {Outcome.NEW: 1, Outcome.CHANGED: 1, Outcome.SAME: 1}
    assert tally.problems == []
    assert library.by_ref(session, "a:2").title == "After"


def test_storing_again_changes_nothing(session):
    lines = [{"ref": f"a:{n}", "kind": "tip-card", "title": "Ask"} for n in range(3)]
    store(session, *lines)

    tally = store(session, *lines)

    assert tally.outcomes == {Outcome.SAME: 3}
    assert library.by_ref(session, "a:0").version == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"councils": ["XYZ"]}, "“XYZ” is not the code of a council in the register."),
        ({"theme": ["magic"]}, "“magic” is not a term of theme."),
        ({"purpose": ["dance"]}, "“dance” is not a term of purpose."),
        ({"ref": "a:1"}, "a:1 is already a tip card."),
    ],
)
def test_a_line_that_breaks_a_rule_of_the_database_spoils_no_other(session, values, sentence):
    make_council(session, code="KIR")
    make_tip_card(session, ref="a:1")
    good = {"kind": "case-study", "title": "Good", "councils": ["KIR"]}

    tally = store(
        session, {"ref": "a:2"} | good, good | {"ref": "a:3"} | values, {"ref": "a:4"} | good
    )

    assert tally.outcomes == {Outcome.NEW: 2}
    assert tally.problems == [Problem(number=2, sentence=sentence)]


def test_a_conflict_spoils_no_other_line(session):
    taken = f"ask-{zlib.crc32(b'a:3'):08x}"
    make_tip_card(session, ref="a:1", title="Ask")
    make_tip_card(session, ref="a:2", title=taken)

    tally = store(
        session,
        {"ref": "a:3", "kind": "tip-card", "title": "Ask"},
        {"ref": "a:4", "kind": "tip-card", "title": "Listen"},
    )

    assert tally.outcomes == {Outcome.NEW: 1}
    assert [problem.number for problem in tally.problems] == [1]
    assert library.by_ref(session, "a:4").title == "Listen"


def test_an_exported_line_states_the_same_content(session):
    content = make_content(title="Cyngor Ynys Môn ŵ \u2028", body="One\n\nTwo", years="2010")

    (item,) = read(exchange.to_line(content).encode())

    assert item.content == content


def test_everything_public_is_exported_by_ref(session):
    make_case_study(session, ref="b:1")
    make_tip_card(session, ref="a:1")
    withdrawn = make_tip_card(session, ref="a:2")
    set_standing(session, withdrawn, Standing.WITHDRAWN)

    assert [content.ref for content in exchange.public_contents(session)] == ["a:1", "b:1"]


@given(st.lists(st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode())))
def test_any_bytes_are_lines_or_problems(pieces):
    items = exchange.read(io.BytesIO(b"\n".join(pieces)))

    assert all(isinstance(item, Line) or item.sentence.isprintable() for item in items)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(OBJECTS, max_size=5), st.sampled_from([*Kind]))
def test_any_values_are_stored_or_refused_with_a_sentence(session, objects, kind):
    good = [values | {"kind": kind, "title": "Ask", "body": ""} for values in objects]
    items = read(*(json.dumps(values).encode() + b"\n" for values in good))
    survey = exchange.survey(items)

    tally = Counter()
    for batch in exchange.batches(items, survey):
        stored = exchange.store(session, batch, now=NOW)
        tally.update(stored.outcomes)
        tally["refused"] += len(stored.problems)
    session.rollback()

    assert tally.total() + len(survey.problems) + len(survey.repeated) == len(good)


def plain(**values):
    return {"kind": "case-study", "title": "Practice", "body": ""} | values


def line(values):
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


def read(*lines):
    return list(exchange.read(io.BytesIO(b"".join(lines))))


def store(session, *values):
    lines = [
        Line(number=number, content=make_content(**each)) for number, each in enumerate(values, 1)
    ]
    return exchange.store(session, lines, now=NOW)
