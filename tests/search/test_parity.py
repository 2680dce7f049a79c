"""Our scores and counts against those of stock Whoosh on the same index."""

import random
from itertools import combinations

import pytest
from whoosh.analysis import Token
from whoosh.fields import TEXT, Schema
from whoosh.qparser import QueryParser
from whoosh.query import And, Not, Or, Term
from whoosh.scoring import BM25F
from whoosh.sorting import FieldFacet

from kb.search.documents import SEPARATOR
from kb.search.matching import ENOUGH, SHARE
from kb.search.scoring import K1, B, idf
from kb.search.text import stem, words
from kb.search.whoosh_engine import WhooshEngine
from kb.search.whoosh_writing import open_index
from tests.search.documents import ask, make

WORDS = """
    agenda audit bins board budget bus care carers chair children clinic committee consultation
    council councillor damp debate decision elderly employers estate evidence finance flood
    forward foster hearing housing inquiry leader library mayor meeting member minutes nurse
    officer panel park parking people petition planning police policy poverty public question
    recruit recycle report residents road scrutiny school select social survey task tenant theme
    traffic transport vote ward waste webcast witness work young youth
""".split()
FACETS = ("kind", "theme", "nation")


def corpus(dice, size=400):
    """Documents whose words are as unequally frequent as those of a language."""
    shares = [1 / (rank + 1) for rank in range(len(WORDS))]
    for number in range(size):
        text = dice.choices(WORDS, shares, k=dice.randint(20, 160))
        yield make(
            f"k{number:04}",
            " ".join(text[:5]),
            " ".join(text),
            names=dice.choice(WORDS),
            kind=dice.choice(["tip-card", "case-study"]),
            facets={
                "theme": tuple(dice.sample(["a", "b", "c"], dice.randint(0, 2))),
                "nation": (dice.choice(["wales", "england"]),),
            },
        )


def texts(dice):
    """Fifty of each kind; a space at the end keeps the last word from being a beginning."""
    for _ in range(50):
        one, two, three, four = dice.sample(WORDS, 4)
        yield f"{one} "
        yield f"{one} {two} "
        yield f'"{one} {two}" {three} -{four} '
        yield f"{one} {two} {three} {four} "


class Stems:
    """Our words as an analyzer for Whoosh's query parser."""

    def __call__(self, value, **_):
        for place, each in enumerate(words(value)):
            yield Token(text=each.stem, boost=1.0, pos=place, startchar=0, endchar=0)

    def has_morph(self):
        return False


def stock_query(text):
    """What Whoosh's own parser makes of a text, in its own syntax for leaving out."""
    schema = Schema(text=TEXT(analyzer=Stems()))
    return QueryParser("text", schema).parse(text.replace(" -", " NOT "))


class Stock:
    """Whoosh's own searcher, asked as our engine answers: all words, else the best of them."""

    def __init__(self, searcher, keys):
        self.searcher = searcher
        self.keys = keys  # by Whoosh's number of the document

    def answer(self, text):
        """Keys, best first, and counts by facet and term."""
        query = stock_query(text)
        parts = query.subqueries if isinstance(query, And) else [query]
        unwanted = [part for part in parts if isinstance(part, Not)]
        wanted = [part for part in parts if not isinstance(part, Not)]
        full = self.search(And(wanted), unwanted)
        if len(wanted) < 2 or len(full[0]) >= ENOUGH:
            return full
        some = self.search(Or(wanted), unwanted, self.enough(wanted))
        return full[0] + [key for key in some[0] if key not in full[0]], some[1]

    def enough(self, wanted):
        """Any of the parts that tell enough of what all of them tell."""
        tells = {part: self.tells(part) for part in wanted}
        sizes = range(1, len(wanted) + 1)
        every = (some for size in sizes for some in combinations(wanted, size))
        least = SHARE * sum(tells.values())
        return Or([And(list(some)) for some in every if sum(map(tells.get, some)) >= least])

    def tells(self, part):
        holding = len(self.search(part, [])[0])
        return idf(holding, len(self.keys)) if holding else 0

    def search(self, query, unwanted, within=None):
        results = self.searcher.search(
            query,
            limit=None,
            filter=within,
            mask=Or([each.query for each in unwanted]) if unwanted else None,
            groupedby={"facet": FieldFacet("facet", allow_overlap=True)},
        )
        counts = {term: len(docs) for term, docs in results.groups("facet").items() if term}
        return [self.keys[docnum] for _, docnum in results.top_n], counts


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Several segments, some of their documents replaced or removed."""
    engine = WhooshEngine(tmp_path_factory.mktemp("parity") / "index")
    engine.replace(corpus(random.Random(5)))
    engine.put(corpus(random.Random(6), 40))
    engine.remove([f"k{number:04}" for number in range(0, 400, 9)])
    return engine


@pytest.fixture(scope="module")
def stock(index):
    snapshot = index._current()
    keys = [key for part in snapshot.corpus.parts for key in part.segment.keys]
    with open_index(snapshot.folder).searcher(weighting=BM25F(B=B, K1=K1)) as searcher:
        yield Stock(searcher, keys)


def flat(counts):
    return {
        f"{facet}{SEPARATOR}{term}": number
        for facet, terms in counts.items()
        for term, number in terms.items()
    }


def test_totals_counts_and_the_first_ten_are_those_of_stock_whoosh(index, stock):
    overlaps = []
    for text in texts(random.Random(7)):
        page = ask(index, text, verbatim=True, count=FACETS, per_page=10)
        best, counts = stock.answer(text)

        assert (page.total, flat(page.counts)) == (len(best), counts), text
        ours = {hit.key for hit in page.hits}
        overlaps.append(len(ours & set(best[:10])) / max(len(ours), 1) if ours else 1)

    assert len(overlaps) == 200
    assert sum(overlaps) / len(overlaps) >= 0.99


@pytest.mark.parametrize("prefix", ["co", "mem", "po", "sch", "you"])
def test_beginnings_find_what_stock_whoosh_finds(index, stock, prefix):
    begun = sorted({stem(word) for word in WORDS if word.startswith(prefix)})
    best, counts = stock.search(Or([Term("text", each) for each in begun]), [])

    page = ask(index, prefix, count=FACETS)

    assert (page.total, flat(page.counts)) == (len(best), counts)
