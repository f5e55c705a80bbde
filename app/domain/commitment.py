"""Stated commitments to cooperate, with the field's codes for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.evidence import Evidence
from app.domain.statement import Speaker


class Stage(StrEnum):
    """How firm, from the least: urged, wanted or promised, agreed, carried out."""

    PROPOSED = "proposed"
    INTENDED = "intended"
    AGREED = "agreed"
    ENACTED = "enacted"


class Form(StrEnum):
    """What kind of cooperation."""

    CONSULTATION = "consultation"
    DIPLOMATIC = "diplomatic"
    MILITARY = "military"
    ECONOMIC = "economic"
    AID = "aid"
    OTHER = "other"


class Plover(StrEnum):
    """PLOVER event types that a commitment can have (manual draft 0.8, Open Event Data Alliance)."""

    AGREE = "AGREE"
    CONSULT = "CONSULT"
    SUPPORT = "SUPPORT"
    COOPERATE = "COOPERATE"
    AID = "AID"
    CONCEDE = "CONCEDE"
    RETREAT = "RETREAT"
    REQUEST = "REQUEST"
    REJECT = "REJECT"
    SANCTION = "SANCTION"


class PartyRole(StrEnum):
    """From whom the act goes out, whom it is addressed to, or neither where it is mutual."""

    INITIATOR = "initiator"
    COUNTERPART = "counterpart"
    PARTY = "party"


@dataclass(frozen=True, slots=True)
class Party:
    """One side: the entity, and the state it is or acts for (ISO 3166-1 alpha-2; None for NATO or a movement)."""

    entity: str
    country: str | None
    role: PartyRole


@dataclass(frozen=True, slots=True)
class ActDate:
    """When the act is to happen or happened: the article's words, and the days they mean where that is known."""

    text: str
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Commitment:
    """An act of cooperation reported as urged, wanted, agreed or done between two or more actors.

    ``action`` and ``object`` are the verb and what it governs in the article's words; ``statement`` is the id of the
    statement that reports it; ``confidence`` runs from 0 to 1.
    """

    id: str
    stage: Stage
    form: Form
    plover: Plover
    cameo: str
    parties: tuple[Party, ...]
    action: str
    object: str | None
    confidence: float
    evidence: tuple[Evidence, ...]
    negated: bool = False
    speakers: tuple[Speaker, ...] = ()
    statement: str | None = None
    date: ActDate | None = None
