"""What a language model says of an article to facts of it. What the article's own words do not hold is dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from app.domain.article import Article
from app.domain.commitment import Commitment, Party, Stage
from app.domain.evidence import Evidence, Span
from app.domain.facts import Facts, commitment_id, statement_id
from app.domain.statement import Speaker, Statement, StatementForm
from app.extraction.answer import Answer, SaidCommitment, SaidParty, SaidSpeaker, SaidStatement
from app.extraction.coding import Act, code, words_of
from app.extraction.dates import find_date
from app.extraction.grounded_entities import GroundedEntities, country_code
from app.extraction.quotes import Quotes
from app.language.pipeline import read

SaidT = TypeVar("SaidT")
FactT = TypeVar("FactT", Statement, Commitment)


class Dropped(Exception):
    """A fact that is not grounded in the article; the message says of several such what they lack."""


def grounded(article: Article, answer: Answer, extractor: str) -> Facts:
    """The facts of an answer that the article supports; a warning counts the others by what they lack."""
    grounding = _Grounding(article)
    grounding.entities.take(answer.entities)
    statements = grounding.kept(grounding.statement, answer.statements)
    grounding.statements = [replace(s, nested_in=_reporting(s, statements)) for s in statements]
    commitments = grounding.kept(grounding.commitment, answer.commitments)
    if answer.malformed:
        grounding.dropped["facts that have not the form asked for"] += answer.malformed
    return Facts(
        extractor=extractor,
        sentences=grounding.sentences,
        entities=grounding.entities.records(),
        statements=tuple(grounding.statements),
        commitments=tuple(commitments),
        warnings=grounding.warnings(),
    )


class _Grounding:
    """One article, its entities so far, and what had to be dropped."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.quotes = Quotes(article.text)
        self.sentences = tuple(Span.of(article.text, s.start, s.end) for s in read(article.text).sentences)
        self.dropped: Counter[str] = Counter()
        self.entities = GroundedEntities(article, self.quotes, self.dropped)
        self.statements: list[Statement] = []

    def warnings(self) -> tuple[str, ...]:
        """One line with what was dropped, if anything was."""
        if not self.dropped:
            return ()
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(self.dropped.items()))
        return (f"dropped of the model's answer: {reasons}",)

    def kept(self, ground: Callable[[SaidT], FactT], said: Iterable[SaidT]) -> list[FactT]:
        """The facts that are grounded, each id once, in the order of the text; the others are counted."""
        found: dict[str, FactT] = {}
        for one in said:
            try:
                fact = ground(one)
                found.setdefault(fact.id, fact)
            except Dropped as dropped:
                self.dropped[str(dropped)] += 1
        return sorted(found.values(), key=lambda fact: (_start(fact), fact.id))

    def statement(self, said: SaidStatement) -> Statement:
        """A statement whose source, cue and content the article holds. Raises `Dropped`."""
        fault = "statements whose words are not in the article"
        content = sorted({self._located(quote, fault) for quote in said.content})
        if not content:
            raise Dropped("statements without content")
        near = content[0].start
        cue = (self._located(said.cue, "statements whose cue is not in the article", near),) if said.cue else ()
        speakers = self._speakers(said.speakers, cue[0].start if cue else near)
        if not speakers:
            raise Dropped("statements whose source is not in the article")
        form = _form(self.article.text, content)
        return Statement(statement_id(self.article, cue, content), form, speakers, cue, tuple(content))

    def commitment(self, said: SaidCommitment) -> Commitment:
        """A commitment whose evidence holds the act, and two sides of which the article names. Raises `Dropped`."""
        quoted = [self._located(quote, "commitments whose evidence is not in the article") for quote in said.evidence]
        evidence = tuple(sorted({piece for span in quoted for piece in self._by_sentence(span)}))
        action = self.quotes.inside(said.action, quoted)
        if action is None:
            raise Dropped("commitments whose act is not in their evidence")
        governed = self.quotes.inside(said.object, quoted) if said.object else None
        parties = self._parties(said.parties)
        words = words_of(word for span in quoted for word in span.text.split())
        codes = code(Act(said.stage, said.form, said.one_way, said.negated, words))
        ahead = said.stage in (Stage.PROPOSED, Stage.INTENDED)
        return Commitment(
            id=commitment_id(self.article, evidence, said.form, said.stage, parties),
            stage=said.stage,
            form=said.form,
            plover=codes.plover,
            cameo=codes.cameo,
            parties=parties,
            action=action.text,
            object=governed.text if governed else None,
            confidence=min(1.0, max(0.0, said.confidence)),
            evidence=evidence,
            negated=said.negated,
            speakers=self._speakers(said.speakers, action.start),
            statement=_holding((action,), self.statements),
            date=find_date(evidence[0].span.text, self.article.published, ahead=ahead),
        )

    def _located(self, quote: str, fault: str, near: int = 0) -> Span:
        span = self.quotes.nearest(quote, near)
        if span is None:
            raise Dropped(fault)
        return span

    def _by_sentence(self, span: Span) -> Iterator[Evidence]:
        """The parts of a span that stand in one sentence each."""
        for number, sentence in enumerate(self.sentences):
            start, end = max(span.start, sentence.start), min(span.end, sentence.end)
            if start < end:
                yield Evidence(number, Span.of(self.article.text, start, end))

    def _speakers(self, said: Iterable[SaidSpeaker], near: int) -> tuple[Speaker, ...]:
        found: dict[Span, Speaker] = {}
        for speaker in said:
            span = self.quotes.nearest(speaker.quote, near)
            if span is None:
                self.dropped["speakers whom the article does not name"] += 1
                continue
            entity = self.entities.named(speaker.entity) if speaker.entity else None
            found.setdefault(span, Speaker(span, entity))
        return tuple(found.values())

    def _parties(self, said: Sequence[SaidParty]) -> tuple[Party, ...]:
        """One party for each side, the first that is named for it. Raises `Dropped` for fewer than two."""
        sides: dict[str, Party] = {}
        for party in said:
            entity = self.entities.named(party.entity)
            if entity is None:
                self.dropped["parties that the article does not mention"] += 1
                continue
            country = self.entities.country_of(entity) or country_code(party.country)
            sides.setdefault(country or entity, Party(entity, country, party.role))
        if len(sides) < 2:
            raise Dropped("commitments without two sides that the article mentions")
        return tuple(sides.values())


def _start(fact: Statement | Commitment) -> int:
    return fact.content[0].start if isinstance(fact, Statement) else fact.evidence[0].span.start


def _reporting(statement: Statement, others: Iterable[Statement]) -> str | None:
    """The id of the innermost other statement whose words hold all of this one."""
    return _holding((*statement.cue, *statement.content), (other for other in others if other.id != statement.id))


def _holding(spans: Sequence[Span], statements: Iterable[Statement]) -> str | None:
    """The id of the innermost statement that reports the words of all the spans, if there is one."""

    def reports(part: Span) -> bool:
        return bool(spans) and all(part.start <= span.start and span.end <= part.end for span in spans)

    holding = [(len(part.text), s.id) for s in statements for part in s.content if reports(part)]
    return min(holding, default=(0, None))[1]


_OPENING = frozenset('"“„«‘')
_MARKS = _OPENING | frozenset("”»")


def _form(text: str, content: Iterable[Span]) -> StatementForm:
    """Direct where every piece begins with a quotation mark or behind one; mixed where some do, or hold marks."""
    pieces = list(content)
    direct = [span.text[0] in _OPENING or text[span.start - 1 : span.start] in _OPENING for span in pieces]
    if all(direct):
        return StatementForm.DIRECT
    marked = any(direct) or any(_MARKS & set(span.text) for span in pieces)
    return StatementForm.MIXED if marked else StatementForm.INDIRECT
