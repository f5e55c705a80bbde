"""Entities and their mentions as the service gives them."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from app.domain.entity import EntityType, MentionForm
from app.schemas.base import SpanOut, Wire

Country = Field(description="ISO 3166-1 alpha-2 code of the country it belongs to.")


class RoleOut(Wire):
    """An office that an article says a person holds."""

    title: str
    organization: str | None
    country: str | None


class RoleWithSource(RoleOut):
    """An office, and the article that says so."""

    article: str = Field(description="Id of the first article that says so.")


class MentionOut(SpanOut):
    """Words of an article that refer to an entity."""

    form: MentionForm


class MentionWithEntity(MentionOut):
    """A mention, and what it refers to."""

    article: str = Field(description="Id of the article.")
    entity: str = Field(description="Id of the entity.")


class ArticleEntity(Wire):
    """An entity as one article speaks of it."""

    id: str
    name: str = Field(description="The fullest form in the article.")
    type: EntityType
    country: str | None = Country
    aliases: list[str]
    roles: list[RoleOut]
    mentions: list[MentionOut]


class EntityLinks(Wire):
    """Where the entity and what concerns it are."""

    self: str
    mentions: str
    statements: str
    commitments: str
    partners: str

    @classmethod
    def of(cls, entity: str) -> EntityLinks:
        """The links of the entity with this id."""
        parts = ("mentions", "statements", "commitments", "partners")
        return cls(self=f"/entities/{entity}", **{part: f"/entities/{entity}/{part}" for part in parts})


class EntityOut(Wire):
    """An entity across all articles."""

    id: str
    name: str = Field(description="The fullest form seen.")
    type: EntityType
    country: str | None = Country
    aliases: list[str]
    roles: list[RoleWithSource]
    article_count: int
    mention_count: int
    first_seen: date | None = Field(description="Date of the earliest dated article that mentions it.")
    last_seen: date | None = Field(description="Date of the latest.")
    links: EntityLinks
