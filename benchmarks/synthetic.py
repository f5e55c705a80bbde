"""A store of made-up articles, as many as asked for, with their facts ready-made: what is measured is the store.

Each article is of about 2 KB with some 24 mentions, 3 statements and 10 commitments. The words are of no language: a
few thousand of them, of which some stand in most texts and most in few, as in any language (Zipf).
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

from app.domain.article import Article, Source
from app.domain.commitment import Commitment, Form, Party, PartyRole, Plover, Stage
from app.domain.entity import Entity, EntityType, Mention, MentionForm
from app.domain.evidence import Evidence, Span
from app.domain.facts import Facts, commitment_id, statement_id
from app.domain.statement import Speaker, Statement, StatementForm
from app.language.geography import short_names
from app.settings import shipped
from app.store.database import Database
from app.store.write import put

SENTENCES = 12
BASE = 1000
"""Articles that are made up; a store of more has copies of them."""

SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
OUTLETS = [f"Outlet {n}" for n in range(40)]
ORDERS = {"days": "in the order of their days", "chance": "in an order by chance"}
"""In which made-up articles are stored."""

FIRST_DAY = date(2015, 1, 1)
DAYS = 3650


def vocabulary(chance: random.Random, size: int = 4000) -> list[str]:
    """Made-up words, the most common first."""
    words = dict.fromkeys("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(size * 2))
    return sorted(words, key=lambda _: chance.random())[:size]


def articles(count: int, sentences: int = SENTENCES, *, in_order: bool = False) -> Iterator[tuple[Article, Facts]]:
    """Articles with their facts, two mentions a sentence; the same ones for the same arguments.

    Their days are by chance, or ``in_order`` from the first to the last, as in an archive.
    """
    chance = random.Random(20240808)
    words = vocabulary(chance)
    weights = list(accumulate(1 / (rank + 2) for rank in range(len(words))))
    countries = [
        (name.replace(" ", "-").lower(), name, code) for code, name in sorted(short_names().items()) if name.isascii()
    ]
    shares = list(accumulate(1 / (rank + 1) ** 0.7 for rank in range(len(countries))))
    for number in range(count):
        named = chance.choices(countries, cum_weights=shares, k=6)
        day = FIRST_DAY + timedelta(days=number * DAYS // count if in_order else chance.randrange(DAYS))
        yield _article(number, day, chance, words, weights, named, sentences)


def _article(
    number: int,
    day: date,
    chance: random.Random,
    words: list[str],
    weights: list[float],
    countries: list[tuple[str, str, str]],
    sentences: int,
) -> tuple[Article, Facts]:
    entities = dict.fromkeys(countries)
    text, spans, mentions = "", [], {entity: list[Span]() for entity in entities}
    for _ in range(sentences):
        one, other = chance.sample(list(entities), 2) if len(entities) > 1 else (countries[0], countries[0])
        start = len(text)
        said = " ".join(chance.choices(words, cum_weights=weights, k=18))
        text += f"{one[1]} {said} {other[1]}. "
        spans.append((start, len(text) - 1, one, other))
        mentions[one].append(Span.of(text, start, start + len(one[1])))
        end = len(text) - 2
        mentions[other].append(Span.of(text, end - len(other[1]), end))
    text = text.strip()
    source = (Source(chance.choice(OUTLETS)),)
    title = f"{number} {' '.join(chance.choices(words, cum_weights=weights, k=6))}"
    article = Article(text, title, published=day, sources=source)
    return article, _facts(article, chance, spans, mentions)


def _facts(
    article: Article,
    chance: random.Random,
    spans: list[tuple[int, int, tuple[str, str, str], tuple[str, str, str]]],
    mentions: dict[tuple[str, str, str], list[Span]],
) -> Facts:
    made = tuple(
        Entity(slug, name, EntityType.COUNTRY, code, mentions=tuple(Mention(s, MentionForm.NAME) for s in found))
        for (slug, name, code), found in mentions.items()
    )
    commitments = [_commitment(article, chance, *span) for span in spans[:10] if span[2] != span[3]]
    statements = {statement.id: statement for statement in (_statement(article, *span[:3]) for span in spans[:3])}
    sentences = tuple(Span.of(article.text, start, end) for start, end, _, _ in spans)
    return Facts(
        "synthetic 1", sentences, made, tuple(statements.values()), tuple({c.id: c for c in commitments}.values())
    )


def _commitment(
    article: Article,
    chance: random.Random,
    start: int,
    end: int,
    one: tuple[str, str, str],
    other: tuple[str, str, str],
) -> Commitment:
    evidence = (Evidence(0, Span.of(article.text, start + len(one[1]) + 1, end - len(other[1]) - 2)),)
    sides = (Party(one[0], one[2], PartyRole.INITIATOR), Party(other[0], other[2], PartyRole.COUNTERPART))
    stage, form = chance.choice(list(Stage)), chance.choice(list(Form))
    made = commitment_id(article, evidence, form, stage, sides)
    action = evidence[0].span.text.split()[0]
    confidence = round(chance.uniform(0.3, 1), 4)
    negated = chance.random() < 0.05
    return Commitment(made, stage, form, Plover.AGREE, "0312", sides, action, None, confidence, evidence, negated)


def _statement(article: Article, start: int, end: int, one: tuple[str, str, str]) -> Statement:
    name_end = start + len(one[1])
    cue_end = article.text.index(" ", name_end + 1)
    cue = (Span.of(article.text, name_end + 1, cue_end),)
    content = (Span.of(article.text, cue_end + 1, end - 1),)
    speakers = (Speaker(Span.of(article.text, start, name_end), one[0]),)
    return Statement(statement_id(article, cue, content), StatementForm.INDIRECT, speakers, cue, content)


def store_of(count: int, folder: Path) -> Path:
    """A store of so many articles, made where it is not there yet.

    The first thousand are stored as any article is; the others are copies of them under ids of their own, made in SQL.
    """
    path = folder / f"synthetic-{count}.db"
    if path.exists():
        Database(f"sqlite:///{path}", shipped("migrations")).migrate()
        return path
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    database = Database(f"sqlite:///{unfinished}", shipped("migrations"))
    database.migrate()
    base = min(count, BASE)
    with database.write() as connection:
        for article, facts in articles(base):
            put(connection, article, facts)
    database.close()
    _copy(unfinished, base, count // base - 1)
    unfinished.rename(path)
    return path


def _copy(path: Path, base: int, copies: int) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-500000", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    facts = {table: _range(connection, table) for table in ("statements", "commitments")}
    for number in range(1, copies + 1):
        for table in COPIED:
            connection.execute(_copying(connection, table, number, base, facts))
    for statement in _FULL_TEXT:
        connection.execute(statement, {"base": base, **facts})
    times = copies + 1
    connection.execute(
        f"UPDATE entities SET article_count = article_count * {times}, mention_count = mention_count * {times}"
    )
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


COPIED = (
    "articles",
    "article_sources",
    "sentences",
    "appearances",
    "statements",
    "statement_entities",
    "commitments",
    "commitment_parties",
    "commitment_actors",
    "commitment_pairs",
)
_FULL_TEXT = (
    """INSERT INTO fts_articles (rowid, title, evidence, text) SELECT a.recency, a.title, (
        SELECT group_concat(substr(a.text, place ->> 1 + 1, place ->> 2 - place ->> 1), char(10))
        FROM (SELECT q.value -> 1 -> 0 AS place FROM json_each(CAST(a.quotes AS TEXT)) q)), a.text
        FROM articles a WHERE a.pk > :base ORDER BY a.recency""",
    """INSERT INTO fts_commitments (rowid, words)
        SELECT pk, substr(text, place ->> 1 + 1, place ->> 2 - place ->> 1) FROM (
            SELECT c.pk, a.text, CAST(a.quotes AS TEXT) -> c.position -> 1 -> 0 AS place
            FROM commitments c JOIN articles a ON a.pk = c.article_pk WHERE c.pk > :commitments ORDER BY c.pk)""",
    """INSERT INTO fts_statements (rowid, words) SELECT pk, CAST(document AS TEXT) ->> '$.content[0].text'
        FROM statements WHERE pk > :statements ORDER BY 1""",
)


def _range(connection: sqlite3.Connection, table: str) -> int:
    found: int = connection.execute(f"SELECT max(pk) FROM {table}").fetchone()[0]
    return found


def _copying(connection: sqlite3.Connection, table: str, number: int, base: int, facts: dict[str, int]) -> str:
    """Inserts one more copy of the first rows of a table."""
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    spans = {"articles": base, **facts}
    owner = next((name for name in ("article_pk", "commitment_pk", "statement_pk") if name in names), "pk")
    owners = {"article_pk": "articles", "commitment_pk": "commitments", "statement_pk": "statements", "pk": table}
    document = f"CAST(replace(CAST({{}} AS TEXT), id, id || '-{number}') AS BLOB)"
    copied = {
        "pk": f"pk + {number * spans.get(table, 0)}",
        "article_pk": f"article_pk + {number * base}",
        "commitment_pk": f"commitment_pk + {number * facts['commitments']}",
        "statement_pk": f"statement_pk + {number * facts['statements']}",
        "id": f"id || '-{number}'",
        "content_hash": f"content_hash || '-{number}'",
        "recency": f"recency + {number * 64}",
        "listing": document.format("listing"),
        "quotes": f"""(SELECT CAST(json_group_array(json_array(value ->> 0 || '-{number}', value -> 1)) AS BLOB)
            FROM json_each(CAST(quotes AS TEXT)))""",
        "document": document.format("document") if "id" in names else "document",
    }
    values = ", ".join(copied.get(name, f'"{name}"') for name in names)
    return f"INSERT INTO {table} SELECT {values} FROM {table} WHERE {owner} <= {spans[owners[owner]]}"
