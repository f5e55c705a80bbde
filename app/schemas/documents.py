"""Records to the models of the wire, and those to the bytes that a GET answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel
from pydantic_core import to_json

from app.domain.article import Article, Source
from app.domain.commitment import Commitment, Party
from app.domain.entity import Entity
from app.domain.evidence import Span
from app.domain.explanation import Explained, Explanation
from app.domain.facts import Facts
from app.domain.statement import Speaker, Statement
from app.schemas.articles import ArticleLinks, ArticleListing, FactCounts, SourceOut
from app.schemas.base import SpanOut, SpeakerOut
from app.schemas.commitments import ActDateOut, CommitmentOut, EvidenceOut, PartyOut, StoredCommitment
from app.schemas.entities import ArticleEntity, MentionOut, RoleOut
from app.schemas.extract import ExplainedArticle, ExplanationOut, ExtractedArticle, TableRowOut
from app.schemas.statements import FactLinks, StatementOut, StoredStatement

Entities = Mapping[str, Entity]
"""The entities of an article by id."""


def to_bytes(model: BaseModel) -> bytes:
    """The model as compact JSON in UTF-8, its fields always in the same order."""
    return model.__pydantic_serializer__.to_json(model)


def source_out(source: Source) -> SourceOut:
    """An outlet."""
    return SourceOut(name=source.name, home_page=source.home_page, url=source.url)


def article_listing(article_id: str, article: Article, facts: Facts, ingested_at: datetime) -> ArticleListing:
    """The article without its text."""
    return ArticleListing(
        id=article_id,
        title=article.title,
        summary=article.summary,
        published=article.published,
        sources=[source_out(source) for source in article.sources],
        language=article.language,
        word_count=article.word_count,
        reading_minutes=article.reading_minutes,
        content_hash=article.content_hash,
        ingested_at=ingested_at,
        extractor=facts.extractor,
        warnings=list(facts.warnings),
        counts=FactCounts(
            sentences=len(facts.sentences),
            entities=len(facts.entities),
            mentions=sum(len(entity.mentions) for entity in facts.entities),
            statements=len(facts.statements),
            commitments=len(facts.commitments),
        ),
        links=ArticleLinks.of(article_id),
    )


def with_text(listing: bytes, text: str) -> bytes:
    """The bytes of an `ArticleOut`, whose last field is the text, from those of its listing."""
    return b'%b,"text":%b}' % (listing[:-1], to_json(text))


def article_entity(entity: Entity) -> ArticleEntity:
    """An entity as its article speaks of it."""
    return ArticleEntity(
        id=entity.id,
        name=entity.name,
        type=entity.type,
        country=entity.country,
        aliases=list(entity.aliases),
        roles=[RoleOut(title=r.title, organization=r.organization, country=r.country) for r in entity.roles],
        mentions=[
            MentionOut(start=m.span.start, end=m.span.end, text=m.span.text, form=m.form) for m in entity.mentions
        ],
    )


def statement_out(statement: Statement, entities: Entities) -> StatementOut:
    """A statement; ``entities`` must hold its speakers."""
    return StatementOut(
        id=statement.id,
        form=statement.form,
        nested_in=statement.nested_in,
        speakers=[_speaker(s, entities) for s in statement.speakers],
        cue=[_span(s) for s in statement.cue],
        content=[_span(s) for s in statement.content],
    )


def shown_confidence(commitment: Commitment) -> float:
    """A commitment's confidence as clients see it: what they filter and sort by too."""
    return round(commitment.confidence, 4)


def commitment_out(commitment: Commitment, entities: Entities) -> CommitmentOut:
    """A commitment; ``entities`` must hold its parties and speakers."""
    date = commitment.date
    return CommitmentOut(
        id=commitment.id,
        stage=commitment.stage,
        form=commitment.form,
        plover=commitment.plover,
        cameo=commitment.cameo,
        negated=commitment.negated,
        action=commitment.action,
        object=commitment.object,
        date=ActDateOut(start=date.start, end=date.end, text=date.text) if date else None,
        confidence=shown_confidence(commitment),
        speakers=[_speaker(s, entities) for s in commitment.speakers],
        statement=commitment.statement,
        parties=[_party(p, entities) for p in commitment.parties],
        evidence=[
            EvidenceOut(sentence=e.sentence, start=e.span.start, end=e.span.end, quote=e.span.text)
            for e in commitment.evidence
        ],
    )


def stored_statement(
    statement: Statement, entities: Entities, article_id: str, article: Article, extractor: str
) -> StoredStatement:
    """A statement with the article that it stands in."""
    return StoredStatement(
        **dict(statement_out(statement, entities)),
        article=article_id,
        published=article.published,
        extractor=extractor,
        links=FactLinks(self=f"/statements/{statement.id}", article=f"/articles/{article_id}"),
    )


def stored_commitment(
    commitment: Commitment, entities: Entities, article_id: str, article: Article, extractor: str
) -> StoredCommitment:
    """A commitment with the article that it stands in."""
    return StoredCommitment(
        **dict(commitment_out(commitment, entities)),
        article=article_id,
        published=article.published,
        extractor=extractor,
        links=FactLinks(self=f"/commitments/{commitment.id}", article=f"/articles/{article_id}"),
    )


def extracted_article(article_id: str | int, article: Article, facts: Facts) -> ExtractedArticle:
    """What `entente extract` prints for one article."""
    entities = {entity.id: entity for entity in facts.entities}
    return ExtractedArticle(
        id=article_id,
        title=article.title,
        published=article.published,
        text=article.text,
        extractor=facts.extractor,
        warnings=list(facts.warnings),
        entities=[article_entity(entity) for entity in facts.entities],
        statements=[statement_out(statement, entities) for statement in facts.statements],
        commitments=[commitment_out(commitment, entities) for commitment in facts.commitments],
    )


def explained_article(article_id: str | int, article: Article, explained: Explained) -> ExplainedArticle:
    """What `entente extract --explain` prints for one article."""
    extracted = extracted_article(article_id, article, explained.facts)
    return ExplainedArticle(**dict(extracted), explanations=[_explanation(e) for e in explained.explanations])


def _explanation(explanation: Explanation) -> ExplanationOut:
    return ExplanationOut(
        fact=explanation.fact,
        rule=explanation.rule,
        clause=_span(explanation.clause) if explanation.clause else None,
        rows=[TableRowOut(table=row.table, cells=dict(row.cells)) for row in explanation.rows],
    )


def _span(span: Span) -> SpanOut:
    return SpanOut(start=span.start, end=span.end, text=span.text)


def _speaker(speaker: Speaker, entities: Entities) -> SpeakerOut:
    name = entities[speaker.entity].name if speaker.entity else None
    span = speaker.span
    return SpeakerOut(start=span.start, end=span.end, text=span.text, id=speaker.entity, name=name)


def _party(party: Party, entities: Entities) -> PartyOut:
    entity = entities[party.entity]
    return PartyOut(
        id=entity.id,
        name=entity.name,
        type=entity.type,
        country=party.country,
        aliases=list(entity.aliases),
        role=party.role,
    )
