"""What a language model is asked to answer: its JSON schema, and how an answer is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from app.domain.commitment import Form, PartyRole, Stage
from app.domain.entity import EntityType
from app.extraction.chat import NotReadable

ItemT = TypeVar("ItemT", bound=BaseModel)
PartT = TypeVar("PartT")

MOST_FACTS = 500
"""Entities, statements and commitments each that are read of an answer; the rest counts as malformed."""

MOST_PARTS = 50
"""Quotes, mentions, parties and the like that one fact may have."""


def _few(parts: list[PartT]) -> list[PartT]:
    if len(parts) > MOST_PARTS:
        raise ValueError(f"more than {MOST_PARTS}")
    return parts


# Checked here and not in the schema: strict schemas know no bounds on lists.
Quoted = Annotated[list[str], AfterValidator(_few)]


class _Said(BaseModel):
    """A part of the answer: all its fields are asked for, as strict schemas demand; what comes beyond is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra={"additionalProperties": False})


class SaidMention(_Said):
    """Words that refer to an entity wherever they stand."""

    quote: str = Field(description="Exact words of the article, without rank or title.")
    form: Literal["name", "demonym", "title"]


class SaidRole(_Said):
    """An office that the article says a person holds."""

    title: str
    organization: str | None
    country: str | None = Field(description="ISO 3166-1 alpha-2.")


class SaidEntity(_Said):
    """Who or what the article names."""

    name: str = Field(description="The fullest name that the article gives.")
    type: EntityType
    country: str | None = Field(description="ISO 3166-1 alpha-2 of the state it is or belongs to.")
    mentions: Annotated[list[SaidMention], AfterValidator(_few)]
    roles: Annotated[list[SaidRole], AfterValidator(_few)]


class SaidSpeaker(_Said):
    """A source of a statement."""

    quote: str = Field(description="Exact words that name the source.")
    entity: str | None = Field(description="Name of one of the entities; null for an unnamed source.")


class SaidStatement(_Said):
    """What a source is reported to say."""

    speakers: Annotated[list[SaidSpeaker], AfterValidator(_few)]
    cue: str | None = Field(description="Exact reporting words, such as 'said' or 'According to'.")
    content: Quoted = Field(description="Exact words that are reported, in one or more pieces.")


class SaidParty(_Said):
    """One side of a commitment."""

    entity: str = Field(description="Name of one of the entities.")
    country: str | None = Field(description="ISO 3166-1 alpha-2 of the state it is or acts for.")
    role: PartyRole


class SaidCommitment(_Said):
    """An act of cooperation between actors of different countries."""

    evidence: Quoted = Field(description="The exact clause that says it, once for each sentence that tells it.")
    action: str = Field(description="The exact verb or noun of the act, out of the evidence.")
    object: str | None = Field(description="The exact words that it governs, out of the evidence.")
    stage: Stage
    form: Form
    negated: bool
    one_way: bool = Field(description="Whether the help goes from one side to the other only.")
    parties: Annotated[list[SaidParty], AfterValidator(_few)]
    speakers: Annotated[list[SaidSpeaker], AfterValidator(_few)] = Field(
        description="Who is reported to say it; empty where the article itself does."
    )
    confidence: float


class _Answer(_Said):
    entities: list[SaidEntity]
    statements: list[SaidStatement]
    commitments: list[SaidCommitment]


@dataclass(frozen=True, slots=True)
class Answer:
    """The parts of an answer that have the form asked for, and how many have not."""

    entities: tuple[SaidEntity, ...]
    statements: tuple[SaidStatement, ...]
    commitments: tuple[SaidCommitment, ...]
    malformed: int


def answer_schema() -> dict[str, Any]:
    """The JSON schema of an answer."""
    return _Answer.model_json_schema()


def read_answer(content: str) -> Answer:
    """Read an answer part by part, so that one bad fact costs no other. Raises `NotReadable`."""
    try:
        parts = orjson.loads(_unfenced(content))
    except orjson.JSONDecodeError as error:
        raise NotReadable(f"the answer is not JSON: {error.msg}") from None
    held = parts if isinstance(parts, dict) else {}
    lists = {name: items for name in _Answer.model_fields if isinstance(items := held.get(name), list)}
    if missing := [name for name in _Answer.model_fields if name not in lists]:
        raise NotReadable(f"the answer lacks the list of {' and of '.join(missing)}")
    entities = _of_form(SaidEntity, lists["entities"])
    statements = _of_form(SaidStatement, lists["statements"])
    commitments = _of_form(SaidCommitment, lists["commitments"])
    kept = len(entities) + len(statements) + len(commitments)
    return Answer(entities, statements, commitments, sum(map(len, lists.values())) - kept)


def _unfenced(content: str) -> str:
    """The answer without the fence of a Markdown code block, which models without a grammar put around it."""
    return content.strip().removeprefix("```json").removeprefix("```").removesuffix("```")


def _of_form(model: type[ItemT], items: list[Any]) -> tuple[ItemT, ...]:
    found = []
    for item in items[:MOST_FACTS]:
        try:
            found.append(model.model_validate(item))
        except ValidationError:
            continue
    return tuple(found)
