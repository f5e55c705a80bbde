"""Who and what an article names: entities, the places that mention them, and the roles it gives them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.evidence import Span


class EntityType(StrEnum):
    """What kind of thing an entity is."""

    PERSON = "person"
    ORGANIZATION = "organization"
    COUNTRY = "country"
    PLACE = "place"
    GROUP = "group"
    EVENT = "event"


class MentionForm(StrEnum):
    """How a mention refers: by "Iran", "Iranian", "the army chief", "He" or "the two countries"."""

    NAME = "name"
    DEMONYM = "demonym"
    TITLE = "title"
    PRONOUN = "pronoun"
    NOMINAL = "nominal"


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that refer to an entity."""

    span: Span
    form: MentionForm


@dataclass(frozen=True, slots=True)
class Role:
    """An office that the article says an entity holds; ``country`` is ISO 3166-1 alpha-2."""

    title: str
    organization: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """One referent of an article, with all its mentions there in the order of the text.

    ``id`` is a slug; ``name`` the fullest form seen; ``country`` ISO 3166-1 alpha-2 where it belongs to one.
    """

    id: str
    name: str
    type: EntityType
    country: str | None = None
    aliases: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    mentions: tuple[Mention, ...] = ()
