"""Full text on PostgreSQL: tables of `tsvector`, with GIN indexes.

The words are parted and folded here rather than by the server, whose rules hang on its language and its locale, so that
the same words find the same articles on every server, and the same ones as on SQLite.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

from app.store.bulk import copy_rows
from app.store.texts import Texts
from app.store.words import TOKEN, Term, Words, folded

# Limits of the type: https://www.postgresql.org/docs/current/textsearch-limitations.html
LONGEST_WORD = 500
"""Characters of a word that count; 2 KiB is what the type takes."""

LAST_PLACE = 16383
MOST_PLACES = 255
"""The last place in a text that is remembered, and how many of one word: beyond, phrases are not found any more."""

LARGEST = 1_000_000
"""Bytes of all words and places; where they are more, places are left out, and then words."""

_SECTIONS = {"fts_articles": ("A", "B", ""), "fts_commitments": ("",), "fts_statements": ("",)}
"""The weights of the parts of a row's words (see `fulltext.WEIGHTS`)."""


def add(connection: Connection, index: str, rows: Sequence[Texts]) -> None:
    """Index rows by their words."""
    weights = _SECTIONS[index]
    vectors = [(key, vector(zip(weights, parts, strict=True))) for key, parts in rows]
    copy_rows(connection, index, ("rowid", "words"), vectors)


def remove(connection: Connection, index: str, rows: Sequence[Texts]) -> None:
    """Forget rows."""
    keys = [key for key, _ in rows]
    connection.execute(text(f"DELETE FROM {index} WHERE rowid = ANY(:keys)"), {"keys": keys})  # noqa: S608


def put_entities(connection: Connection, names: Sequence[tuple[int, Iterable[str]]]) -> None:
    """Index entities, by row number, by their names; those they had before are forgotten."""
    remove_entities(connection, [pk for pk, _ in names])
    rows = [(pk, vector([("", "\n".join(own))])) for pk, own in names]
    copy_rows(connection, "fts_entities", ("rowid", "words"), rows)


def remove_entities(connection: Connection, pks: Sequence[int]) -> None:
    """Forget the names of entities."""
    connection.execute(text("DELETE FROM fts_entities WHERE rowid = ANY(:keys)"), {"keys": list(pks)})


def vector(sections: Iterable[tuple[str, str]]) -> str:
    """The words of texts, each with its weight, as `tsvector` reads them; no phrase goes from one text to another."""
    places: dict[str, list[str]] = {}
    place = 0
    for weight, words in sections:
        for token in TOKEN.findall(folded(words)):
            place += 1
            held = places.setdefault(token[:LONGEST_WORD], [])
            if place <= LAST_PLACE and len(held) < MOST_PLACES:
                held.append(f"{place}{weight}")
        place += 1
    if sum(len(word.encode()) + 4 + 2 * len(held) for word, held in places.items()) > LARGEST:
        places = {word: [] for word in _within(places)}
    return " ".join(f"'{word}':{','.join(held)}" if held else f"'{word}'" for word, held in places.items())


def _within(words: Iterable[str]) -> Iterable[str]:
    """As many as there is room for."""
    size = 0
    for word in words:
        size += len(word.encode()) + 4
        if size > LARGEST:
            return
        yield word


def query(words: Words) -> str:
    """The words as `tsquery` reads them: every word in quotation marks, so that nothing in it is an operator."""
    return " & ".join(_term(term) for term in words.terms)


def _term(term: Term) -> str:
    tokens = [token[:LONGEST_WORD] for token in TOKEN.findall(folded(" ".join(term.tokens)))]
    return "(" + " <-> ".join(f"'{token}'" for token in tokens) + (":*)" if term.is_prefix else ")")
