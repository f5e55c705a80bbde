"""Models of the wire back to records: what `documents` makes, the other way."""

from __future__ import annotations

from app.domain.article import Article, Source
from app.domain.commitment import ActDate, Commitment, Party
from app.domain.entity import Entity, Mention, Role
from app.domain.evidence import Evidence, Span
from app.domain.statement import Speaker, Statement
from app.schemas.articles import ArticleOut
from app.schemas.base import SpanOut, SpeakerOut
from app.schemas.commitments import ActDateOut, CommitmentOut
from app.schemas.entities import ArticleEntity
from app.schemas.statements import StatementOut


def article_record(article: ArticleOut) -> Article:
    """An article."""
    return Article(
        text=article.text or "",
        title=article.title,
        summary=article.summary,
        published=article.published,
        sources=tuple(Source(s.name, s.home_page, s.url) for s in article.sources),
        language=article.language,
    )


def entity_record(entity: ArticleEntity) -> Entity:
    """An entity as its article speaks of it."""
    return Entity(
        id=entity.id,
        name=entity.name,
        type=entity.type,
        country=entity.country,
        aliases=tuple(entity.aliases),
        roles=tuple(Role(r.title, r.organization, r.country) for r in entity.roles),
        mentions=tuple(Mention(_span(m), m.form) for m in entity.mentions),
    )


def statement_record(statement: StatementOut) -> Statement:
    """A statement."""
    return Statement(
        id=statement.id,
        form=statement.form,
        speakers=tuple(map(_speaker, statement.speakers)),
        cue=tuple(map(_span, statement.cue)),
        content=tuple(map(_span, statement.content)),
        nested_in=statement.nested_in,
    )


def commitment_record(commitment: CommitmentOut) -> Commitment:
    """A commitment."""
    return Commitment(
        id=commitment.id,
        stage=commitment.stage,
        form=commitment.form,
        plover=commitment.plover,
        cameo=commitment.cameo,
        parties=tuple(Party(p.id, p.country, p.role) for p in commitment.parties),
        action=commitment.action or "",
        object=commitment.object,
        confidence=commitment.confidence,
        evidence=tuple(Evidence(e.sentence, Span(e.start, e.end, e.quote or "")) for e in commitment.evidence),
        negated=commitment.negated,
        speakers=tuple(map(_speaker, commitment.speakers)),
        statement=commitment.statement,
        date=_act_date(commitment.date) if commitment.date else None,
    )


def _span(span: SpanOut) -> Span:
    return Span(span.start, span.end, span.text or "")


def _speaker(speaker: SpeakerOut) -> Speaker:
    return Speaker(_span(speaker), speaker.id)


def _act_date(date: ActDateOut) -> ActDate:
    return ActDate(date.text or "", date.start, date.end)
