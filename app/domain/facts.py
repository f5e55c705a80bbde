"""All that one article yields, and the ids of its facts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from app.domain.article import Article
from app.domain.commitment import Commitment, Form, Party, Stage
from app.domain.entity import Entity
from app.domain.evidence import Evidence, Span
from app.domain.statement import Speaker, Statement

DIGITS = 16
"""Of the digests in ids. Twelve were too few: of four million commitments two had the same. Of a billion with sixteen,
two do in one store of forty."""


class FactsError(ValueError):
    """Facts that refer to an entity or a statement which is not among them."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an extractor found in one article; ``sentences`` covers the text, in order."""

    extractor: str
    sentences: tuple[Span, ...] = ()
    entities: tuple[Entity, ...] = ()
    statements: tuple[Statement, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    warnings: tuple[str, ...] = ()

    def spans(self) -> Iterator[Span]:
        """Every span of every fact."""
        yield from self.sentences
        for entity in self.entities:
            yield from (mention.span for mention in entity.mentions)
        for statement in self.statements:
            yield from (speaker.span for speaker in statement.speakers)
            yield from (*statement.cue, *statement.content)
        for commitment in self.commitments:
            yield from (speaker.span for speaker in commitment.speakers)
            yield from (evidence.span for evidence in commitment.evidence)

    def renamed(self, ids: Mapping[str, str]) -> Facts:
        """The same facts with entities called by other ids; those that ``ids`` lacks keep theirs."""

        def called(speakers: tuple[Speaker, ...]) -> tuple[Speaker, ...]:
            return tuple(replace(s, entity=ids.get(s.entity, s.entity)) if s.entity else s for s in speakers)

        return replace(
            self,
            entities=tuple(replace(e, id=ids.get(e.id, e.id)) for e in self.entities),
            statements=tuple(replace(s, speakers=called(s.speakers)) for s in self.statements),
            commitments=tuple(
                replace(
                    c,
                    speakers=called(c.speakers),
                    parties=tuple(replace(p, entity=ids.get(p.entity, p.entity)) for p in c.parties),
                )
                for c in self.commitments
            ),
        )

    def check(self, text: str) -> None:
        """Raise `EvidenceError` or `FactsError` unless all evidence is exact and every reference is to be found."""
        for span in self.spans():
            span.check(text)
        entities = {entity.id for entity in self.entities}
        statements = {statement.id for statement in self.statements}
        speakers = [speaker for s in self.statements for speaker in s.speakers]
        speakers += [speaker for c in self.commitments for speaker in c.speakers]
        named = {s.entity for s in speakers if s.entity} | {p.entity for c in self.commitments for p in c.parties}
        referred = {c.statement for c in self.commitments if c.statement}
        referred |= {s.nested_in for s in self.statements if s.nested_in}
        if missing := sorted((named - entities) | (referred - statements)):
            raise FactsError(f"facts refer to what is not among them: {', '.join(missing)}")


def digest(*parts: object) -> str:
    """Hexadecimal digits that stand for the parts, the same on every machine."""
    joined = "\x1f".join(str(part) for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def statement_id(article: Article, cue: Iterable[Span], content: Iterable[Span]) -> str:
    """``s-`` and a digest of the article's words and the spans, so that extracting again gives the same id."""
    return "s-" + digest(article.content_hash, *((s.start, s.end) for s in (*cue, *content)))


def commitment_id(
    article: Article, evidence: Iterable[Evidence], form: Form, stage: Stage, parties: Iterable[Party]
) -> str:
    """``c-`` and a digest of article, evidence, form, stage and parties."""
    spans = [(e.span.start, e.span.end) for e in evidence]
    return "c-" + digest(article.content_hash, spans, form, stage, sorted(party.entity for party in parties))
