"""What must be true of a store, whatever happened to the service: looked up in the database itself, and asked for."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import orjson
from sqlalchemy import Connection, func, select, text
from sqlmodel import SQLModel

from app.store import tables
from app.store.database import Database
from tests.faults.ledger import Ledger

ASKED = 20
"""Acknowledged articles that are asked for, by chance, at each look."""

QUOTING = {
    tables.appearances: ("mentions",),
    tables.statements: ("speakers", "cue", "content"),
    tables.commitments: ("speakers", "evidence"),
}
"""Where documents have the article's words, with their places in it."""


@dataclass(slots=True)
class Findings:
    """What is wrong: acknowledged writes that are gone, articles that are there twice, and all else in words."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lost or self.duplicated or self.unsound)


def audit(database: Database, ledger: Ledger, address: str, chance: random.Random) -> Findings:
    """Hold the store against the ledger, with no client at work."""
    found = Findings()
    with database.read() as connection:
        found.unsound += _integrity(connection)
        found.unsound += _orphans(connection)
        found.unsound += _inexact(connection)
        found.unsound += _miscounted(connection)
        _compare(connection, ledger, found)
    found.unsound += _unanswered(ledger, address, chance)
    found.unsound += ledger.broken
    ledger.broken = []
    return found


def _integrity(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    said = list(connection.scalars(text("PRAGMA integrity_check")))
    broken = [tuple(row) for row in connection.execute(text("PRAGMA foreign_key_check"))]
    return [f"integrity_check: {line}" for line in said if line != "ok"] + [f"foreign_key_check: {b}" for b in broken]


def _orphans(connection: Connection) -> Iterator[str]:
    """Rows that point at a row that is not there: facts without their article among them."""
    for table in SQLModel.metadata.sorted_tables:
        for key in table.foreign_keys:
            child, parent = key.parent, key.column
            alone = child.is_not(None) & ~select(1).where(parent == child).exists()
            if count := connection.scalar(select(func.count()).select_from(table).where(alone)):
                yield f"{count} rows of {table.name} whose {child.name} is not there"
    seen = select(tables.appearances.c.entity_pk)
    unseen = select(func.count()).select_from(tables.entities).where(tables.entities.c.pk.not_in(seen))
    if count := connection.scalar(unseen):
        yield f"{count} entities that no article mentions"


def _inexact(connection: Connection) -> Iterator[str]:
    """Words that are not those at their place in the article."""
    articles = tables.articles
    for table, parts in QUOTING.items():
        query = select(articles.c.id, articles.c.text, table.c.document)
        for article, whole, body in connection.execute(query.join(table, table.c.article_pk == articles.c.pk)):
            document = orjson.loads(body)
            for span in (span for part in parts for span in document[part]):
                quote = span["quote"] if "quote" in span else span["text"]
                if whole[span["start"] : span["end"]] != quote:
                    yield f"{table.name} of {article}: {quote!r} is not at {span['start']}:{span['end']}"


def _miscounted(connection: Connection) -> Iterator[str]:
    """Counts that disagree with the rows that they were made of."""
    held = tables.appearances
    count = select(func.count()).where(held.c.entity_pk == tables.entities.c.pk).scalar_subquery()
    wrong = select(tables.entities.c.id).where(tables.entities.c.article_count != count)
    for entity in connection.scalars(wrong):
        yield f"the count of articles of {entity}"
    articles = tables.articles
    if connection.dialect.name == "sqlite":
        for kind, indexed in (("articles", "fts_articles_docsize"),):
            rows = connection.scalar(select(func.count()).select_from(articles))
            words = connection.scalar(text(f"SELECT count(*) FROM {indexed}"))
            if rows != words:
                yield f"{rows} {kind}, {words} in the full text"


def _compare(connection: Connection, ledger: Ledger, found: Findings) -> None:
    """Each text that must be there is there once, as an article or as a record of a job; no text is that may not."""
    held = Counter(connection.scalars(select(tables.articles.c.text)))
    waiting = Counter(
        orjson.loads(content)["text"]
        for content in connection.scalars(
            select(tables.job_records.c.content)
            .join(tables.jobs, tables.jobs.c.pk == tables.job_records.c.job_pk)
            .where(tables.jobs.c.state != "receiving")
        )
    )
    everything = held + waiting
    found.lost += [f"an article that was acknowledged: {words}" for words in ledger.must if not everything[words]]
    found.duplicated += [f"{count} times: {words}" for words, count in everything.items() if count > 1]
    for old, new in ledger.either:
        count = everything[old] + everything[new]
        if count != 1:
            (found.duplicated if count else found.lost).append(f"a correction that was cut off: {old} / {new}")
    allowed = {*ledger.must, *ledger.may, *(words for pair in ledger.either for words in pair)}
    found.unsound += [
        f"there, though removed or corrected away: {words}"
        for words in everything
        if words not in allowed and " under plan " in words
    ]


def _unanswered(ledger: Ledger, address: str, chance: random.Random) -> Iterator[str]:
    """Acknowledged articles that the service does not answer with their text."""
    known = [(words, article) for words, article in ledger.must.items() if article]
    with httpx.Client(base_url=address, timeout=30) as client:
        for words, article in chance.sample(known, min(ASKED, len(known))):
            answer = client.get(f"/articles/{article}")
            if answer.status_code != 200 or answer.json()["text"] != words:
                yield f"GET /articles/{article}: {answer.status_code}, another text"
