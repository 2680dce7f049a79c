"""Stems of English words, by the Snowball stemmer that comes with Whoosh."""

from whoosh.lang.snowball.english import EnglishStemmer

_stemmer = EnglishStemmer()


def english(word: str) -> str:
    """The stem of a word in small letters."""
    return str(_stemmer.stem(word))
