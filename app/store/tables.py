"""How the facts are kept. ``pk`` are the store's own row numbers; ``id`` is what the world calls a thing.

``document`` columns hold the bytes that a GET of the row answers, written once when its facts change. What lists are
filtered and ordered by stands beside them in columns of its own, copied from the article where that saves a join; what
no question goes by, such as mentions, roles and who speaks, stands in documents alone.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import BigInteger, Column, ColumnElement, DateTime, ForeignKey, Index, Table, column
from sqlmodel import Field, SQLModel

from app.store.types import KEY, JsonBody


def _of(table: str, *, primary: bool = False, optional: bool = False) -> Any:
    """A column that points at a row of another table and goes when that row goes."""
    target = ForeignKey(f"{table}.pk", ondelete="CASCADE")
    return Field(default=None, sa_column=Column(KEY, target, primary_key=primary, nullable=optional))


def _where(name: str, holds: ColumnElement[bool], *columns: str) -> Index:
    """An index of those rows alone for which something holds, which a query must say in the same words."""
    return Index(name, *columns, sqlite_where=holds, postgresql_where=holds)


class ArticleRow(SQLModel, table=True):
    """An article. ``listing`` is what a GET answers, but the text; ``recency`` its number in the order of days."""

    __tablename__ = "articles"
    __table_args__ = (
        Index("articles_by_published", "published", "id"),
        Index("articles_by_ingested", "ingested_at", "id"),
        Index("articles_by_language", "language", "published", "id"),
        Index("articles_by_extractor", "extractor", "published", "id"),
        Index("articles_by_recency", "recency", unique=True),
    )

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    id: str = Field(unique=True)
    title: str
    summary: str | None
    text: str
    published: date | None
    language: str
    word_count: int
    reading_minutes: int
    content_hash: str = Field(unique=True)
    ingested_at: datetime = Field(sa_type=DateTime(timezone=True))
    modified_at: datetime = Field(sa_type=DateTime(timezone=True))
    extractor: str
    recency: int = Field(sa_type=BigInteger)
    listing: bytes = Field(sa_type=JsonBody)


class SourceRow(SQLModel, table=True):
    """An outlet that carried an article."""

    __tablename__ = "article_sources"
    __table_args__ = (Index("sources_by_name", "name", "published", "article_pk"),)

    article_pk: int = _of("articles", primary=True)
    position: int = Field(primary_key=True)
    name: str
    home_page: str | None
    url: str | None
    published: date | None


class SentenceRow(SQLModel, table=True):
    """A sentence of an article: offsets into its text."""

    __tablename__ = "sentences"
    __table_args__ = {"sqlite_with_rowid": False}

    article_pk: int = _of("articles", primary=True)
    number: int = Field(primary_key=True)
    start: int
    end: int


class EntityRow(SQLModel, table=True):
    """An entity across articles. The counts and dates are those of its appearances."""

    __tablename__ = "entities"
    __table_args__ = (
        Index("entities_by_name", "name", "id"),
        Index("entities_by_type", "type", "name", "id"),
        Index("entities_by_country", "country", "name", "id"),
        Index("entities_by_article_count", "article_count", "id"),
        Index("entities_by_last_seen", "last_seen", "id"),
    )

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    id: str = Field(unique=True)
    name: str
    type: str
    country: str | None
    article_count: int
    mention_count: int
    first_seen: date | None
    last_seen: date | None
    modified_at: datetime = Field(sa_type=DateTime(timezone=True))
    document: bytes = Field(sa_type=JsonBody)


class AppearanceRow(SQLModel, table=True):
    """An entity in one article. ``document`` is the entity as that article speaks of it."""

    __tablename__ = "appearances"
    __table_args__ = (Index("appearances_by_entity", "entity_pk", "published", "article_pk"),)

    article_pk: int = _of("articles", primary=True)
    position: int = Field(primary_key=True)
    entity_pk: int = _of("entities")
    published: date | None
    document: bytes = Field(sa_type=JsonBody)


class StatementRow(SQLModel, table=True):
    """What a source is reported to say."""

    __tablename__ = "statements"
    __table_args__ = (
        Index("statements_by_article", "article_pk", "position"),
        Index("statements_by_published", "published", "id"),
    )

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    id: str = Field(unique=True)
    article_pk: int = _of("articles")
    position: int
    form: str
    nested_in: str | None
    published: date | None
    document: bytes = Field(sa_type=JsonBody)


class StatementEntityRow(SQLModel, table=True):
    """An entity that makes a statement, or that what is said mentions."""

    __tablename__ = "statement_entities"
    __table_args__ = (
        Index("statement_entities_by_entity", "entity_pk", "published", "as_speaker"),
        {"sqlite_with_rowid": False},
    )

    statement_pk: int = _of("statements", primary=True)
    entity_pk: int = _of("entities", primary=True)
    published: date | None
    as_speaker: bool


class CommitmentRow(SQLModel, table=True):
    """A commitment; ``action_object`` is what its verb governs, ``date_end`` the last day known."""

    __tablename__ = "commitments"
    __table_args__ = (
        Index("commitments_by_article", "article_pk", "position"),
        Index("commitments_by_published", "published", "id"),
        Index("commitments_by_stage", "stage", "published", "id"),
        Index("commitments_by_form", "form", "published", "id"),
        Index("commitments_by_kind", "form", "stage", "negated", "published"),
        Index("commitments_by_plover", "plover", "published", "id"),
        Index("commitments_by_cameo", "cameo", "published", "id"),
        _where("commitments_by_negated", column("negated").is_(True), "published", "id"),
        Index("commitments_by_confidence", "confidence", "id", "published"),
        _where("commitments_by_date", column("date_start").is_not(None), "date_start", "id", "published"),
        _where("commitments_by_last_day", column("date_end").is_not(None), "date_end", "id", "published"),
    )

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    id: str = Field(unique=True)
    article_pk: int = _of("articles")
    position: int
    stage: str
    form: str
    plover: str
    cameo: str
    negated: bool
    action: str
    action_object: str | None
    date_text: str | None
    date_start: date | None
    date_end: date | None
    confidence: float
    statement: str | None
    published: date | None
    document: bytes = Field(sa_type=JsonBody)


class PartyRow(SQLModel, table=True):
    """One side of a commitment."""

    __tablename__ = "commitment_parties"
    __table_args__ = (
        Index("parties_by_entity", "entity_pk", "commitment_pk"),
        {"sqlite_with_rowid": False},
    )

    commitment_pk: int = _of("commitments", primary=True)
    position: int = Field(primary_key=True)
    entity_pk: int = _of("entities")
    country: str | None
    role: str


class ActorRow(SQLModel, table=True):
    """Who or what takes part in a commitment, in which ways: as a party, as a speaker, as the state of a party.

    ``actor`` is a state's ISO code, which is in capitals, or another entity's id.
    """

    __tablename__ = "commitment_actors"
    __table_args__ = (
        Index("actors_by_actor", "actor", "published", "as_party", "as_speaker", "as_state"),
        {"sqlite_with_rowid": False},
    )

    commitment_pk: int = _of("commitments", primary=True)
    actor: str = Field(primary_key=True)
    published: date | None
    as_party: bool
    as_speaker: bool
    as_state: bool


class PairRow(SQLModel, table=True):
    """Two sides of a commitment, each a state's ISO code or the id of an entity without a state; both ways round.

    ``several`` says whether the commitment has more sides than the two.
    """

    __tablename__ = "commitment_pairs"
    __table_args__ = (
        Index("pairs_by_sides", "one", "other", "published", "stage", "form", "negated"),
        _where("pairs_of_several", column("several").is_(True), "one", "commitment_pk"),
        {"sqlite_with_rowid": False},
    )

    commitment_pk: int = _of("commitments", primary=True)
    one: str = Field(primary_key=True)
    other: str = Field(primary_key=True)
    published: date | None
    stage: str
    form: str
    negated: bool
    several: bool


class MonthTallyRow(SQLModel, table=True):
    """How many commitments of a form and stage a month's articles state; ``month`` is empty where no day is known."""

    __tablename__ = "month_tallies"
    __table_args__ = {"sqlite_with_rowid": False}

    month: str = Field(primary_key=True)
    form: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    negated: int = Field(sa_type=BigInteger)


class StateTallyRow(SQLModel, table=True):
    """The same of those commitments that a state has part in, by its ISO code."""

    __tablename__ = "state_tallies"
    __table_args__ = {"sqlite_with_rowid": False}

    state: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    form: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    negated: int = Field(sa_type=BigInteger)


class PairTallyRow(SQLModel, table=True):
    """How many commitments of a form and stage two sides have; both ways round, as in `PairRow`."""

    __tablename__ = "pair_tallies"
    __table_args__ = {"sqlite_with_rowid": False}

    one: str = Field(primary_key=True)
    other: str = Field(primary_key=True)
    form: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    negated: int = Field(sa_type=BigInteger)


class EvidenceRow(SQLModel, table=True):
    """Words of the article's text that state a commitment, by their offsets."""

    __tablename__ = "commitment_evidence"
    __table_args__ = {"sqlite_with_rowid": False}

    commitment_pk: int = _of("commitments", primary=True)
    position: int = Field(primary_key=True)
    sentence: int
    start: int
    end: int


class SignatureRow(SQLModel, table=True):
    """An article's MinHash signature, by which near duplicates are found, and the keys of its bands."""

    __tablename__ = "signatures"

    article_pk: int = _of("articles", primary=True)
    signature: bytes
    band_keys: str


class LoadedFileRow(SQLModel, table=True):
    """A file that was loaded: its digest, and the article it gave, until somebody deletes that."""

    __tablename__ = "loaded_files"

    path: str = Field(primary_key=True)
    digest: str
    article_pk: int | None = Field(
        default=None, foreign_key="articles.pk", ondelete="SET NULL", index=True, sa_type=KEY
    )


class JobRow(SQLModel, table=True):
    """Articles handed in at once, to be worked off; whoever works it off has it until ``leased_until``."""

    __tablename__ = "jobs"
    __table_args__ = (Index("jobs_by_state", "state", "pk"),)

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    id: str = Field(unique=True)
    state: str
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    finished_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    leased_by: str | None = None
    leased_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    total: int = 0
    new: int = 0
    known: int = 0
    refused: int = 0


class JobRecordRow(SQLModel, table=True):
    """A record of a job that is not worked off yet."""

    __tablename__ = "job_records"

    job_pk: int = _of("jobs", primary=True)
    line: int = Field(primary_key=True)
    content: bytes


class JobRefusalRow(SQLModel, table=True):
    """A record of a job that gave no article, and why."""

    __tablename__ = "job_refusals"

    job_pk: int = _of("jobs", primary=True)
    line: int = Field(primary_key=True)
    reason: str


class FeedRow(SQLModel, table=True):
    """A feed that is polled when it is due; ``etag`` and ``last_modified`` are what its server said of it last."""

    __tablename__ = "feeds"
    __table_args__ = (Index("feeds_by_due", "due_at"),)

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    url: str = Field(unique=True)
    title: str
    home_page: str | None
    added_at: datetime = Field(sa_type=DateTime(timezone=True))
    polled_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    due_at: datetime = Field(sa_type=DateTime(timezone=True))
    etag: str | None = None
    last_modified: str | None = None
    failures: int = 0
    problem: str | None = None


class FeedEntryRow(SQLModel, table=True):
    """An article that a feed announced, and what became of it: `waiting`, `taken`, `refused`, or `failed` for good."""

    __tablename__ = "feed_entries"
    __table_args__ = (Index("feed_entries_by_state", "feed_pk", "state", "due_at"),)

    feed_pk: int = _of("feeds", primary=True)
    url: str = Field(primary_key=True)
    title: str
    published: date | None
    state: str
    tries: int = 0
    due_at: datetime = Field(sa_type=DateTime(timezone=True))
    reason: str | None = None
    article: str | None = None


class KeyRow(SQLModel, table=True):
    """A key that lets its holder in: the SHA-256 of the whole, and the ``prefix`` that anyone may see."""

    __tablename__ = "access_keys"

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    prefix: str = Field(unique=True)
    digest: bytes
    scope: str
    name: str
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    expires_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class SessionRow(SQLModel, table=True):
    """A browser that somebody logged in with a key; ``digest`` is that of what its cookie holds."""

    __tablename__ = "access_sessions"

    digest: bytes = Field(primary_key=True)
    key_pk: int = _of("access_keys")
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))


class AuditRow(SQLModel, table=True):
    """A write that somebody who was let in asked for, and what it came to."""

    __tablename__ = "audit_entries"

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    at: datetime = Field(sa_type=DateTime(timezone=True))
    who: str
    address: str
    action: str
    target: str
    status: int
    request_id: str


class ChangeRow(SQLModel, table=True):
    """One row that counts the writes, so that readers can tell whether anything changed."""

    __tablename__ = "changes"

    pk: int = Field(default=1, primary_key=True)
    count: int = 0


def _table(model: type[SQLModel]) -> Table:
    return cast(Table, model.__table__)  # type: ignore[attr-defined]


articles = _table(ArticleRow)
article_sources = _table(SourceRow)
sentences = _table(SentenceRow)
entities = _table(EntityRow)
appearances = _table(AppearanceRow)
statements = _table(StatementRow)
statement_entities = _table(StatementEntityRow)
commitments = _table(CommitmentRow)
commitment_parties = _table(PartyRow)
commitment_evidence = _table(EvidenceRow)
signatures = _table(SignatureRow)
commitment_actors = _table(ActorRow)
commitment_pairs = _table(PairRow)
month_tallies = _table(MonthTallyRow)
state_tallies = _table(StateTallyRow)
pair_tallies = _table(PairTallyRow)
loaded_files = _table(LoadedFileRow)
jobs = _table(JobRow)
job_records = _table(JobRecordRow)
job_refusals = _table(JobRefusalRow)
feeds = _table(FeedRow)
feed_entries = _table(FeedEntryRow)
access_keys = _table(KeyRow)
access_sessions = _table(SessionRow)
audit_entries = _table(AuditRow)
changes = _table(ChangeRow)
