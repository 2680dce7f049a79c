"""How well search answers what officers type, judged by hand in judged.csv."""

import csv
from collections import defaultdict
from math import log2
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from kb import indexing
from kb.jobs import SEED_DATA
from kb.library import vocabulary
from kb.search.engine import Query
from kb.search.postgres_engine import PostgresEngine

JUDGED = Path(__file__).with_name("judged.csv")
FLOOR_NDCG = 0.81
FLOOR_MRR = 0.9


def judged():
    """Each query with its kind and the grade of each ref that should come."""
    with JUDGED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pairs = (pair.rpartition("=") for pair in row["refs"].split())
            yield row["query"], row["kind"], {ref: int(grade) for ref, _, grade in pairs}


def gain(grades):
    return sum((2**grade - 1) / log2(rank + 2) for rank, grade in enumerate(grades[:10]))


def ndcg(keys, grades):
    best = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(key, 0) for key in keys]) / best


def reciprocal_rank(keys, grades):
    return next((1 / rank for rank, key in enumerate(keys, 1) if key in grades), 0.0)


def mean(values):
    return sum(values) / len(values)


@pytest.fixture(scope="module", params=["whoosh", "postgres"])
def engine(request, seeded_runtime):
    if request.param == "whoosh":
        yield seeded_runtime.search
        return
    with request.getfixturevalue("postgres_server").database() as url:
        database = create_engine(url)
        engine = PostgresEngine(database, vocabulary.read_synonyms(SEED_DATA / "synonyms.txt"))
        with seeded_runtime.database.reading() as session:
            engine.replace(indexing.documents(session))
        yield engine
        database.dispose()


@pytest.fixture(scope="module")
def scores(engine):
    """Kind -> (nDCG@10, reciprocal rank) of each query."""
    found = defaultdict(list)
    for text, kind, grades in judged():
        page = engine.search(Query(text=text, per_page=10))
        keys = [hit.key for hit in page.hits]
        found[kind].append((ndcg(keys, grades), reciprocal_rank(keys, grades)))
    return found


def test_the_judged_queries_are_enough():
    assert len(list(judged())) >= 80


def test_every_judged_ref_exists(seeded_runtime):
    page = seeded_runtime.search.search(Query(per_page=100))
    pages = range(1, page.total // 100 + 2)
    held = {
        hit.key
        for number in pages
        for hit in seeded_runtime.search.search(Query(page=number, per_page=100)).hits
    }

    assert {ref for _, _, grades in judged() for ref in grades} <= held


def test_quality_does_not_fall(scores, capsys):
    every = [pair for pairs in scores.values() for pair in pairs]
    with capsys.disabled():
        for kind, pairs in [*sorted(scores.items()), ("all", every)]:
            ndcgs, ranks = zip(*pairs, strict=True)
            print(
                f"\n{kind:12} {len(pairs):3} nDCG@10 {mean(ndcgs):.3f} MRR {mean(ranks):.3f}",
                end="",
            )
        print()

    assert mean([ndcg for ndcg, _ in every]) >= FLOOR_NDCG
    assert mean([rank for _, rank in every]) >= FLOOR_MRR
