"""What `entente extract-bulk` writes of articles: rows of four tables, and from these the records back.

Statements and commitments have the columns of the exports. An entity is as its article speaks of it, since who is one
across articles is settled in a store alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from app.domain.article import Article
from app.domain.evidence import EvidenceError, Span
from app.domain.facts import Facts, FactsError
from app.schemas import documents
from app.schemas.articles import ArticleLinks, ArticleOut
from app.schemas.base import Wire
from app.schemas.commitments import CommitmentOut, StoredCommitment
from app.schemas.entities import ArticleEntity
from app.schemas.records import article_record, commitment_record, entity_record, statement_record
from app.schemas.statements import StatementOut, StoredStatement

PartT = TypeVar("PartT", bound=Wire)


class SentenceOut(Wire):
    """Where a sentence stands in the text."""

    start: int = Field(ge=0)
    end: int = Field(gt=0)


class ArticleResult(ArticleOut):
    """An article with its text and its sentences; `ingested_at` is when its facts were extracted."""

    sentences: list[SentenceOut]


class EntityResult(ArticleEntity):
    """An entity as one article speaks of it, and the article."""

    article: str


TABLES: Mapping[str, type[Wire]] = {
    "articles": ArticleResult,
    "entities": EntityResult,
    "statements": StoredStatement,
    "commitments": StoredCommitment,
}
"""The tables and what their rows are."""

Row = dict[str, Any]


class NotResults(ValueError):
    """Rows that hold no article with its facts; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Result:
    """An article and its facts, read back."""

    article: Article
    facts: Facts


def rows_of(article_id: str, article: Article, facts: Facts, at: datetime) -> dict[str, list[bytes]]:
    """The rows of an article in every table, each as JSON. ``at`` is when the facts were extracted."""
    entities = {entity.id: entity for entity in facts.entities}
    listing = documents.article_listing(article_id, article, facts, at)
    sentences = [SentenceOut(start=span.start, end=span.end) for span in facts.sentences]
    rows: dict[str, list[Wire]] = {
        "articles": [ArticleResult(**dict(listing), text=article.text, sentences=sentences)],
        "entities": [
            EntityResult(**dict(documents.article_entity(entity)), article=article_id) for entity in facts.entities
        ],
        "statements": [
            documents.stored_statement(s, entities, article_id, article, facts.extractor) for s in facts.statements
        ],
        "commitments": [
            documents.stored_commitment(c, entities, article_id, article, facts.extractor) for c in facts.commitments
        ],
    }
    return {name: [documents.to_bytes(row) for row in found] for name, found in rows.items()}


def result_of(article: Row, entities: Iterable[Row], statements: Iterable[Row], commitments: Iterable[Row]) -> Result:
    """The records that rows were made of, checked against the text. Raises `NotResults`."""
    try:
        text = _TEXT.validate_python(article.get("text"))
        facts = Facts(
            extractor=_TEXT.validate_python(article.get("extractor")),
            sentences=tuple(Span.of(text, s.start, s.end) for s in _SENTENCES.validate_python(article["sentences"])),
            entities=tuple(entity_record(_part(ArticleEntity, row)) for row in entities),
            statements=tuple(statement_record(_part(StatementOut, row)) for row in statements),
            commitments=tuple(commitment_record(_part(CommitmentOut, row)) for row in commitments),
            warnings=tuple(_TEXTS.validate_python(article.get("warnings"))),
        )
        facts.check(text)
        return Result(article_record(_part(ArticleOut, article | {"links": _NO_LINKS})), facts)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"])) or "a column"
        raise NotResults(f"{where} of its results cannot be used: {fault['msg']}") from None
    except (EvidenceError, FactsError, KeyError) as error:
        raise NotResults(f"its results do not agree with one another: {error}") from None


_TEXT = TypeAdapter(str)
_TEXTS = TypeAdapter(list[str])
_SENTENCES = TypeAdapter(list[SentenceOut])
_NO_LINKS = dict(ArticleLinks.of(""))
"""Links are of a service, and tables do without them."""


def _part(model: type[PartT], row: Row) -> PartT:
    """The columns of a row that a model has."""
    return model.model_validate({name: row[name] for name in model.model_fields if name in row})
