"""Entities, statements and commitments, with the rows by which they are found."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import DateTime, Index, column
from sqlmodel import Field, SQLModel

from app.store.tables.columns import of, table_of, where
from app.store.types import KEY, JsonBody


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

    article_pk: int = of("articles", primary=True)
    position: int = Field(primary_key=True)
    entity_pk: int = of("entities")
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
    article_pk: int = of("articles")
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

    statement_pk: int = of("statements", primary=True)
    entity_pk: int = of("entities", primary=True)
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
        where("commitments_by_negated", column("negated").is_(True), "published", "id"),
        Index("commitments_by_confidence", "confidence", "id", "published"),
        where("commitments_by_date", column("date_start").is_not(None), "date_start", "id", "published"),
        where("commitments_by_last_day", column("date_end").is_not(None), "date_end", "id", "published"),
    )

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    id: str = Field(unique=True)
    article_pk: int = of("articles")
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

    commitment_pk: int = of("commitments", primary=True)
    position: int = Field(primary_key=True)
    entity_pk: int = of("entities")
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

    commitment_pk: int = of("commitments", primary=True)
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
        where("pairs_of_several", column("several").is_(True), "one", "commitment_pk"),
        {"sqlite_with_rowid": False},
    )

    commitment_pk: int = of("commitments", primary=True)
    one: str = Field(primary_key=True)
    other: str = Field(primary_key=True)
    published: date | None
    stage: str
    form: str
    negated: bool
    several: bool


entities = table_of(EntityRow)
appearances = table_of(AppearanceRow)
statements = table_of(StatementRow)
statement_entities = table_of(StatementEntityRow)
commitments = table_of(CommitmentRow)
commitment_parties = table_of(PartyRow)
commitment_actors = table_of(ActorRow)
commitment_pairs = table_of(PairRow)
