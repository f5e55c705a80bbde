"""Who is reported to say what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.evidence import Span


class StatementForm(StrEnum):
    """Whether the words are the speaker's own, the article's, or both."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A source of a statement: the span that names it, and the entity, or None for an unnamed source."""

    span: Span
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source is reported to say; ``nested_in`` is the id of the statement that reports it."""

    id: str
    form: StatementForm
    speakers: tuple[Speaker, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    nested_in: str | None = None
