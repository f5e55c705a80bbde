"""Put an article and its facts into the store, replace them, take them out: all of it, or nothing.

Every function works in the caller's transaction (`Database.write`) and counts as one change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, delete, insert, select, update

from app.domain.article import Article, Source
from app.domain.facts import Facts
from app.schemas import documents
from app.schemas.articles import ArticleOut
from app.schemas.entities import ArticleEntity, EntityOut
from app.store import fulltext, tables
from app.store.aggregate import of_appearances, with_appearance
from app.store.fact_rows import fact_rows
from app.store.linking import Held, entities_of, linked_ids
from app.store.near_duplicates import sign, unsign


class SameText(ValueError):
    """The article that is to replace another has the text of a third one; ``article`` is that one's id."""

    def __init__(self, article: str) -> None:
        super().__init__(f"the article {article} has the same text")
        self.article = article


class UnknownArticle(KeyError):
    """No article has this id."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an article: its id, and whether it is new."""

    id: str
    created: bool


def find_same(connection: Connection, article: Article) -> str | None:
    """The id of the stored article with the same text, if there is one."""
    same = tables.articles.c.content_hash == article.content_hash
    found: str | None = connection.scalar(select(tables.articles.c.id).where(same))
    return found


def put(connection: Connection, article: Article, facts: Facts, signature: bytes | None = None) -> Stored:
    """Store a new article; one whose text is there already gains the sources it did not have, and nothing else.

    Without a signature no near duplicates of it will be found.
    """
    if same := find_same(connection, article):
        add_sources(connection, same, article.sources)
        return Stored(same, created=False)
    now = datetime.now(UTC)
    article_id = _free_id(connection, article)
    row = _article_row(connection, article_id, article, facts, ingested_at=now, modified_at=now)
    pk = connection.execute(insert(tables.articles).values(row).returning(tables.articles.c.pk)).scalar_one()
    _insert_facts(connection, pk, article_id, article, facts)
    if signature is not None:
        sign(connection, pk, signature)
    count_change(connection)
    return Stored(article_id, created=True)


def replace_article(
    connection: Connection, article_id: str, article: Article, facts: Facts, signature: bytes | None = None
) -> None:
    """Give the article another text, other sources and other facts; its id stays.

    Where its text stays too, so does its signature. Raises `UnknownArticle`, and `SameText` where another article has
    that text.
    """
    pk, ingested_at = _held(connection, article_id)
    same = find_same(connection, article)
    if same and same != article_id:
        raise SameText(same)
    before = entities_of(connection, pk)
    _remove_facts(connection, pk)
    if same is None or signature is not None:
        unsign(connection, pk)
    if signature is not None:
        sign(connection, pk, signature)
    times = {"ingested_at": ingested_at, "modified_at": datetime.now(UTC)}
    row = _article_row(connection, article_id, article, facts, **times)
    connection.execute(update(tables.articles).where(tables.articles.c.pk == pk).values(row))
    _insert_facts(connection, pk, article_id, article, facts, before)
    count_change(connection)


def delete_article(connection: Connection, article_id: str) -> None:
    """Remove the article and every fact that only it supports. Raises `UnknownArticle`."""
    pk, _ = _held(connection, article_id)
    _remove_facts(connection, pk)
    unsign(connection, pk)
    connection.execute(delete(tables.articles).where(tables.articles.c.pk == pk))
    count_change(connection)


def add_sources(connection: Connection, article_id: str, sources: Iterable[Source]) -> None:
    """Add the outlets that the article does not name yet. Raises `UnknownArticle`."""
    pk, _ = _held(connection, article_id)
    document = connection.execute(select(tables.articles.c.document).where(tables.articles.c.pk == pk)).scalar_one()
    held = ArticleOut.model_validate_json(document)
    known = {(s.name, s.url) for s in held.sources} | {(s.name, None) for s in held.sources}
    new = [documents.source_out(s) for s in sources if (s.name, s.url) not in known]
    if not new:
        return
    merged = held.model_copy(update={"sources": [*held.sources, *new]})
    change = {
        "document": documents.to_bytes(merged),
        "listing": documents.to_bytes(documents.without_text(merged)),
        "modified_at": datetime.now(UTC),
    }
    connection.execute(update(tables.articles).where(tables.articles.c.pk == pk).values(change))
    first = len(held.sources)
    shared = {"article_pk": pk, "published": held.published}
    rows = [{**shared, "position": first + n, **dict(source)} for n, source in enumerate(new)]
    connection.execute(insert(tables.article_sources), rows)
    count_change(connection)


def count_change(connection: Connection) -> None:
    """Tell readers that lists may have changed."""
    connection.execute(update(tables.changes).values(count=tables.changes.c.count + 1))


def _held(connection: Connection, article_id: str) -> tuple[int, datetime]:
    query = select(tables.articles.c.pk, tables.articles.c.ingested_at).where(tables.articles.c.id == article_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise UnknownArticle(article_id)
    return row.pk, row.ingested_at.replace(tzinfo=UTC)


def _free_id(connection: Connection, article: Article) -> str:
    """The article's slug; where that is taken, with digits of the content hash, more of them until it is free."""
    choices = [article.slug, *(f"{article.slug}-{article.content_hash[:digits]}" for digits in (6, 12, 64))]
    query = select(tables.articles.c.id).where(tables.articles.c.id.in_(choices))
    taken = set(connection.scalars(query))
    return next(choice for choice in choices if choice not in taken)


def _article_row(
    connection: Connection,
    article_id: str,
    article: Article,
    facts: Facts,
    *,
    ingested_at: datetime,
    modified_at: datetime,
) -> dict[str, object]:
    listing = documents.article_listing(article_id, article, facts, ingested_at)
    return {
        "id": article_id,
        "title": article.title,
        "summary": article.summary,
        "text": article.text,
        "published": article.published,
        "language": article.language,
        "word_count": article.word_count,
        "reading_minutes": article.reading_minutes,
        "content_hash": article.content_hash,
        "ingested_at": ingested_at,
        "modified_at": modified_at,
        "extractor": facts.extractor,
        "recency": fulltext.next_recency(connection, article.published),
        "document": documents.to_bytes(documents.article_out(listing, article.text)),
        "listing": documents.to_bytes(listing),
    }


def _insert_facts(
    connection: Connection, pk: int, article_id: str, article: Article, facts: Facts, before: Held | None = None
) -> None:
    facts.check(article.text)
    facts = facts.renamed(linked_ids(connection, facts, article.content_hash, before or {}))
    entity_pks = _put_entities(connection, article_id, article, facts)
    for table, rows in fact_rows(connection, pk, article_id, article, facts, entity_pks):
        if rows:
            connection.execute(insert(table), rows)
    fulltext.add_article(connection, pk)


def _put_entities(connection: Connection, article_id: str, article: Article, facts: Facts) -> dict[str, int]:
    """Add the article to what is known of its entities; gives their row numbers."""
    table = tables.entities
    ids = [entity.id for entity in facts.entities]
    held = {
        r.id: r for r in connection.execute(select(table.c.id, table.c.pk, table.c.document).where(table.c.id.in_(ids)))
    }
    pks = {}
    for entity in facts.entities:
        row = held.get(entity.id)
        known = EntityOut.model_validate_json(row.document) if row else None
        merged = with_appearance(known, (documents.article_entity(entity), article_id, article.published))
        if row:
            connection.execute(update(table).where(table.c.pk == row.pk).values(_entity_row(merged)))
            pks[entity.id] = row.pk
        else:
            pks[entity.id] = connection.execute(
                insert(table).values(_entity_row(merged)).returning(table.c.pk)
            ).scalar_one()
        if known is None or (known.name, known.aliases) != (merged.name, merged.aliases):
            fulltext.put_entity(connection, pks[entity.id], (merged.name, *merged.aliases))
    return pks


def _entity_row(entity: EntityOut) -> dict[str, object]:
    columns = ("id", "name", "type", "country", "article_count", "mention_count", "first_seen", "last_seen")
    row: dict[str, object] = {name: getattr(entity, name) for name in columns}
    return row | {"modified_at": datetime.now(UTC), "document": documents.to_bytes(entity)}


FACT_TABLES: tuple[Table, ...] = (
    tables.article_sources,
    tables.sentences,
    tables.appearances,
    tables.roles,
    tables.mentions,
    tables.commitments,
    tables.statements,
)
"""What goes with an article; rows of other tables hang on these and go with them."""


def _remove_facts(connection: Connection, pk: int) -> None:
    """Remove what hangs on an article; its entities become what the other articles say of them, or go."""
    fulltext.remove_article(connection, pk)
    appearances = tables.appearances
    entities = list(connection.scalars(select(appearances.c.entity_pk).where(appearances.c.article_pk == pk)))
    for table in FACT_TABLES:
        connection.execute(delete(table).where(table.c.article_pk == pk))
    for entity in entities:
        _rebuild_entity(connection, entity)


def _rebuild_entity(connection: Connection, pk: int) -> None:
    appearances, articles = tables.appearances, tables.articles
    query = (
        select(appearances.c.document, articles.c.id, articles.c.published)
        .join(articles, articles.c.pk == appearances.c.article_pk)
        .where(appearances.c.entity_pk == pk)
    )
    seen = ((ArticleEntity.model_validate_json(r.document), r.id, r.published) for r in connection.execute(query))
    table = tables.entities
    if entity := of_appearances(seen):
        connection.execute(update(table).where(table.c.pk == pk).values(_entity_row(entity)))
        fulltext.put_entity(connection, pk, (entity.name, *entity.aliases))
    else:
        fulltext.remove_entity(connection, pk)
        connection.execute(delete(table).where(table.c.pk == pk))
