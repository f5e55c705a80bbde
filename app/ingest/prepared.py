"""What workers make of what is handed in: an article that is ready to be stored; and how it is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from app.domain.article import Article
from app.domain.facts import Facts
from app.ingest import workers
from app.ingest.same_story import signature
from app.ingest.submission import language_of
from app.ingest.text import NotAnArticle
from app.store.write import Stored, add_sources, find_same, put

Take = Callable[[], Article]
"""Makes the article of what was handed in; raises `NotAnArticle` and `BadField`. Goes from process to process."""


class TextIsGone(Exception):
    """The article whose text was known when another one was prepared has been deleted since: prepare that again."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article with its facts and its signature; without these where its text is in the store already."""

    article: Article
    facts: Facts | None = None
    signature: bytes | None = None


def prepare(take: Take, *, anew: bool = False) -> Prepared:
    """Read what was handed in and extract its facts; ``anew`` also where its text is known. For worker processes.

    Raises `NotAnArticle` and `BadField`.
    """
    article = take()
    require_served_language(article)
    if not anew:
        with workers.store().read() as connection:
            if find_same(connection, article):
                return Prepared(article)
    return Prepared(article, workers.extract(article), signature(article.text))


def require_served_language(article: Article) -> None:
    """Raise `NotAnArticle` for a text in a language whose facts nothing here reads."""
    declared = article.language.lower()
    if not declared.startswith("en"):
        named = f" but in {article.language!r}" if declared != "und" else ""
        raise NotAnArticle(f"the text is not in English{named}, and facts are read from English texts only")
    if language_of(article.text) != "en":
        raise NotAnArticle("the text does not read like English, and facts are read from English texts only")


def store_prepared(connection: Connection, prepared: Prepared) -> Stored:
    """Put the article into the store. Raises `TextIsGone`."""
    if prepared.facts is not None:
        return put(connection, prepared.article, prepared.facts, prepared.signature)
    same = find_same(connection, prepared.article)
    if same is None:
        raise TextIsGone
    add_sources(connection, same, prepared.article.sources)
    return Stored(same, created=False)
