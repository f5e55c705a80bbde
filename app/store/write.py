"""Put an article and its facts into the store, replace them, take them out: all of it, or nothing.

Every function works in the caller's transaction (`Database.write`) and counts as one change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from app.domain.article import Article, Source
from app.domain.facts import Facts
from app.schemas import documents
from app.schemas.articles import ArticleListing
from app.schemas.entities import ArticleEntity, EntityOut
from app.store import fulltext, tables, tallies
from app.store.aggregate import of_appearances, with_more_said
from app.store.bulk import insert_rows
from app.store.fact_rows import Numbers, Rows, fact_rows
from app.store.known_entities import KnownEntities, entity_row, in_parts
from app.store.linking import Held, entities_of
from app.store.near_duplicates import sign, unsign
from app.store.quotes import write_quotes


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


@dataclass(frozen=True, slots=True)
class Incoming:
    """An article with its facts; without a signature no near duplicates of it will be found."""

    article: Article
    facts: Facts
    signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Placed:
    """An article with its facts, its row number and its id.

    One that had facts before has the entities of those, and what is known by now of those that are ``settled``.
    """

    pk: int
    id: str
    article: Article
    facts: Facts
    before: Held = field(default_factory=dict)
    settled: Mapping[str, EntityOut] = field(default_factory=dict)


def find_same(connection: Connection, article: Article) -> str | None:
    """The id of the stored article with the same text, if there is one."""
    same = tables.articles.c.content_hash == article.content_hash
    found: str | None = connection.scalar(select(tables.articles.c.id).where(same))
    return found


def put(connection: Connection, article: Article, facts: Facts, signature: bytes | None = None) -> Stored:
    """Store a new article; one whose text is there already gains the sources it did not have, and nothing else."""
    return put_many(connection, [Incoming(article, facts, signature)])[0]


def put_many(connection: Connection, incoming: Sequence[Incoming]) -> list[Stored]:
    """Do so with many articles, in order, at a fraction of the cost for each."""
    same = _same_texts(connection, incoming)
    ids = _FreeIds(connection, [each.article for each in incoming if each.article.content_hash not in same])
    recencies = fulltext.Recencies(connection)
    pk = int(connection.scalar(select(func.max(tables.articles.c.pk))) or 0)
    stored: list[Stored] = []
    placed: list[_Placed] = []
    rows: list[dict[str, object]] = []
    signed: list[tuple[int, bytes]] = []
    now = datetime.now(UTC)
    for each in incoming:
        article = each.article
        known = same.get(article.content_hash)
        stored.append(Stored(known or ids.take(article), created=known is None))
        if known is not None:
            continue
        pk += 1
        own = same[article.content_hash] = stored[-1].id
        placed.append(_Placed(pk, own, article, each.facts))
        row = _article_row(own, article, each.facts, ingested_at=now, modified_at=now)
        rows.append({**row, "pk": pk, "recency": recencies.next(article.published)})
        signed += [(pk, each.signature)] if each.signature is not None else []
    if placed:
        insert_rows(connection, tables.articles, rows)
        _insert_facts(connection, placed)
        sign(connection, signed)
        count_change(connection)
    for each, done in zip(incoming, stored, strict=True):
        if not done.created:
            add_sources(connection, done.id, each.article.sources)
    return stored


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
    placed = _settled(connection, _Placed(pk, article_id, article, facts, entities_of(connection, pk)))
    _remove_facts(connection, pk, placed.settled)
    if same is None or signature is not None:
        unsign(connection, pk)
    if signature is not None:
        sign(connection, [(pk, signature)])
    times = {"ingested_at": ingested_at, "modified_at": datetime.now(UTC)}
    row = _article_row(article_id, article, facts, **times)
    row["recency"] = fulltext.Recencies(connection).next(article.published)
    connection.execute(update(tables.articles).where(tables.articles.c.pk == pk).values(row))
    _insert_facts(connection, [placed])
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
    listing = connection.execute(select(tables.articles.c.listing).where(tables.articles.c.pk == pk)).scalar_one()
    held = ArticleListing.model_validate_json(listing)
    known = {(s.name, s.url) for s in held.sources} | {(s.name, None) for s in held.sources}
    new = [documents.source_out(s) for s in sources if (s.name, s.url) not in known]
    if not new:
        return
    merged = held.model_copy(update={"sources": [*held.sources, *new]})
    change = {"listing": documents.to_bytes(merged), "modified_at": datetime.now(UTC)}
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


def _same_texts(connection: Connection, incoming: Sequence[Incoming]) -> dict[str, str]:
    """The ids of stored articles by the hashes of those texts that they have in common with incoming ones."""
    articles = tables.articles.c
    found: dict[str, str] = {}
    for hashes in in_parts([each.article.content_hash for each in incoming]):
        rows = connection.execute(select(articles.content_hash, articles.id).where(articles.content_hash.in_(hashes)))
        found |= {row.content_hash: row.id for row in rows}
    return found


class _FreeIds:
    """Ids for new articles: the slug; where that is taken, with digits of the content hash, more until it is free."""

    def __init__(self, connection: Connection, new: Sequence[Article]) -> None:
        choices = [choice for article in new for choice in self._choices(article)]
        self._taken: set[str] = set()
        for some in in_parts(choices):
            query = select(tables.articles.c.id).where(tables.articles.c.id.in_(some))
            self._taken.update(connection.scalars(query))

    def take(self, article: Article) -> str:
        """An id that nobody has, and nobody will be given again."""
        free = next(choice for choice in self._choices(article) if choice not in self._taken)
        self._taken.add(free)
        return free

    @staticmethod
    def _choices(article: Article) -> list[str]:
        return [article.slug, *(f"{article.slug}-{article.content_hash[:digits]}" for digits in (6, 12, 64))]


def _article_row(
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
        "listing": documents.to_bytes(listing),
        "quotes": write_quotes(facts.commitments),
    }


def _insert_facts(connection: Connection, placed: Sequence[_Placed]) -> None:
    for each in placed:
        each.facts.check(each.article.text)
    entities = KnownEntities(connection, [(each.article, each.facts) for each in placed])
    numbers = Numbers(connection)
    rows: dict[Table, Rows] = {}
    for each in placed:
        facts = entities.linked(each.facts, each.article.content_hash, each.before)
        pks = entities.add(each.id, each.article, facts, each.settled)
        for table, more in fact_rows(numbers, each.pk, each.id, each.article, facts, pks):
            rows.setdefault(table, []).extend(more)
    entities.save()
    for table, all_rows in rows.items():
        insert_rows(connection, table, all_rows)
    stored = [each.pk for each in placed]
    fulltext.add_articles(connection, stored)
    tallies.add_articles(connection, stored)


FACT_TABLES: tuple[Table, ...] = (
    tables.article_sources,
    tables.sentences,
    tables.appearances,
    tables.commitments,
    tables.statements,
)
"""What goes with an article; rows of other tables hang on these and go with them."""


def _settled(connection: Connection, placed: _Placed) -> _Placed:
    """Settle those entities of which the article says no less than before, without a look at all other articles."""
    articles, appearances, entities = tables.articles, tables.appearances, tables.entities
    published = connection.scalar(select(articles.c.published).where(articles.c.pk == placed.pk))
    if published != placed.article.published:
        return placed
    query = (
        select(entities.c.id, entities.c.document.label("known"), appearances.c.document.label("said"))
        .join(appearances, appearances.c.entity_pk == entities.c.pk)
        .where(appearances.c.article_pk == placed.pk)
    )
    held = {row.id: row for row in connection.execute(query)}
    known = KnownEntities(connection, [(placed.article, placed.facts)])
    facts = known.linked(placed.facts, placed.article.content_hash, placed.before)
    settled: dict[str, EntityOut] = {}
    for entity in facts.entities:
        if row := held.get(entity.id):
            was, said = EntityOut.model_validate_json(row.known), ArticleEntity.model_validate_json(row.said)
            if becomes := with_more_said(was, said, documents.article_entity(entity), placed.id):
                settled[entity.id] = becomes
    return replace(placed, facts=facts, settled=settled)


def _remove_facts(connection: Connection, pk: int, settled: Iterable[str] = ()) -> None:
    """Remove what hangs on an article; its entities become what the other articles say of them, or go.

    Those that are settled stay as they are.
    """
    fulltext.remove_article(connection, pk)
    tallies.remove_article(connection, pk)
    appearances = tables.appearances
    joined = select(appearances.c.entity_pk).join(tables.entities, tables.entities.c.pk == appearances.c.entity_pk)
    unsettled = (appearances.c.article_pk == pk, tables.entities.c.id.not_in(list(settled)))
    entities = list(connection.scalars(joined.where(*unsettled)))
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
        connection.execute(update(table).where(table.c.pk == pk).values(entity_row(entity)))
        fulltext.put_entities(connection, [(pk, (entity.name, *entity.aliases))])
    else:
        fulltext.remove_entity(connection, pk)
        connection.execute(delete(table).where(table.c.pk == pk))
