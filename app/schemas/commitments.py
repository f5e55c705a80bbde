"""Commitments as the service gives them."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from app.domain.commitment import Form, PartyRole, Plover, Stage
from app.domain.entity import EntityType
from app.schemas.base import SpeakerOut, Wire
from app.schemas.statements import FactLinks


class PartyOut(Wire):
    """One side of a commitment."""

    id: str = Field(description="Id of the entity.")
    name: str
    type: EntityType
    country: str | None = Field(description="ISO 3166-1 alpha-2 code of the state it is or acts for.")
    aliases: list[str]
    role: PartyRole


class EvidenceOut(Wire):
    """The words of the article that state it."""

    sentence: int = Field(ge=0, description="Number of the sentence in the article, from 0.")
    start: int = Field(ge=0, description="Offset of the first character, in Unicode code points of `text`.")
    end: int = Field(gt=0, description="Offset after the last character.")
    quote: str | None = Field(description="The words themselves: `text[start:end]` of the article.")


class ActDateOut(Wire):
    """When the act is to happen or happened."""

    start: date | None
    end: date | None
    text: str | None


class CommitmentOut(Wire):
    """An act of cooperation that is urged, wanted, agreed or carried out."""

    id: str
    stage: Stage = Field(description="How firm: proposed, intended, agreed, enacted.")
    form: Form = Field(description="What kind of cooperation.")
    plover: Plover = Field(description="PLOVER event type.")
    cameo: str = Field(description="CAMEO code, as deep as the words justify.")
    negated: bool = Field(description="Refused, cancelled, suspended or denied.")
    action: str | None = Field(description="The verb, in the article's words.")
    object: str | None = Field(description="What the verb governs, in the article's words.")
    date: ActDateOut | None
    confidence: float = Field(ge=0, le=1)
    speakers: list[SpeakerOut] = Field(description="Who is reported to say it; empty when the article itself does.")
    statement: str | None = Field(description="Id of the statement that reports it.")
    parties: list[PartyOut] = Field(
        description="One for each side; a body alone where its members act with one another, as ministers of NATO do."
    )
    evidence: list[EvidenceOut]


class StoredCommitment(CommitmentOut):
    """A commitment, and the article that it stands in."""

    article: str = Field(description="Id of the article.")
    published: date | None
    extractor: str
    links: FactLinks
