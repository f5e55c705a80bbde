"""What workers make of what is handed in: articles that are ready to be stored; and how those are stored."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.domain.article import Article
from app.domain.facts import Facts
from app.extraction.extractor import ExtractionFailed
from app.ingest import workers
from app.ingest.files import RawRecord, read_raw
from app.ingest.metrics import EXTRACTION_SECONDS
from app.ingest.records import UnreadableFile
from app.ingest.same_story import signature
from app.ingest.submission import language_of
from app.ingest.text import NotAnArticle
from app.store.write import Incoming, Stored, add_sources, find_same, put_many

LONGEST_TEXT = 2_000_000
"""Characters of a text; a novel has half a million. Reading takes time as they grow, and has `LONGEST_TASK`."""

Take = Callable[[], Article]
"""Makes the article of what was handed in; raises `NotAnArticle` and `BadField`. Goes from process to process."""


class TextIsGone(Exception):
    """The article whose text was known when another one was prepared has been deleted since: prepare that anew."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article, its facts, its signature, and the seconds of its extraction.

    Without these where its text is in the store already.
    """

    article: Article
    facts: Facts | None = None
    signature: bytes | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that gave no article: the line of its file, and why."""

    line: int
    reason: str


Outcome = Prepared | Refused


def prepare(take: Take, *, anew: bool = False, facts: Facts | None = None) -> Prepared:
    """Read what was handed in and extract its facts, unless they came with it; ``anew`` also where its text is known.

    For worker processes.

    Raises `NotAnArticle`, `BadField` and `ExtractionFailed`.
    """
    article = take()
    require_served_language(article)
    if facts is None:
        require_readable_length(article)
    if not anew:
        with workers.store().read() as connection:
            if find_same(connection, article):
                return Prepared(article)
    started = time.perf_counter()
    found = facts or workers.extract(article)
    return Prepared(article, found, signature(article.text), time.perf_counter() - started)


def prepare_records(records: Sequence[RawRecord], *, anew: bool = False) -> list[Outcome]:
    """Do the same with records of files, each on its own. For worker processes."""
    return [_prepare_record(record, anew) for record in records]


def _prepare_record(raw: RawRecord, anew: bool) -> Outcome:
    found = read_raw(raw)
    if isinstance(found, UnreadableFile):
        return Refused(found.line, found.reason)
    try:
        return prepare(lambda: found.article, anew=anew, facts=found.facts)
    except NotAnArticle as refusal:
        return Refused(raw.line, refusal.reason)
    except ExtractionFailed as failed:
        return Refused(raw.line, f"its facts could not be extracted: {failed}")


def require_readable_length(article: Article) -> None:
    """Raise `NotAnArticle` for a text that would hold a worker up for longer than it may."""
    if len(article.text) > LONGEST_TEXT:
        raise NotAnArticle(f"the text has more than {LONGEST_TEXT:,} characters, which is as many as are read of one")


def require_served_language(article: Article) -> None:
    """Raise `NotAnArticle` for a text in a language whose facts nothing here reads."""
    declared = article.language.lower()
    if not declared.startswith("en"):
        named = f" but in {article.language!r}" if declared != "und" else ""
        raise NotAnArticle(f"the text is not in English{named}, and facts are read from English texts only")
    if language_of(article.text) != "en":
        raise NotAnArticle("the text does not read like English, and facts are read from English texts only")


def store_prepared(connection: Connection, prepared: Prepared) -> Stored:
    """Put an article into the store. Raises `TextIsGone`."""
    (stored,) = store_all(connection, [prepared])
    if stored is None:
        raise TextIsGone
    return stored


def store_all(connection: Connection, prepared: Sequence[Prepared]) -> list[Stored | None]:
    """Put articles into the store; None for each whose text was known and is gone, so that it has no facts here."""
    for extracted in (p for p in prepared if p.seconds):
        EXTRACTION_SECONDS.observe(extracted.seconds)
    incoming = [Incoming(p.article, p.facts, p.signature) for p in prepared if p.facts is not None]
    put = iter(put_many(connection, incoming))
    return [next(put) if p.facts is not None else _known(connection, p.article) for p in prepared]


def _known(connection: Connection, article: Article) -> Stored | None:
    same = find_same(connection, article)
    if same is None:
        return None
    add_sources(connection, same, article.sources)
    return Stored(same, created=False)
