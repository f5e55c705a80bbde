"""Article in, facts out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.domain.article import Article
from app.domain.evidence import Span
from app.domain.explanation import Explained
from app.domain.facts import Facts

if TYPE_CHECKING:
    from app.domain.commitment import Commitment
    from app.extraction.commitments import Found
    from app.extraction.entities import Cast
    from app.extraction.statements import Said
    from app.language.pipeline import Pipeline, Reading

DISTRIBUTION = "entente-news"


class ExtractorName(StrEnum):
    """What finds the facts of articles: the steps of this room, or a language model."""

    ENTENTE = "entente"
    LLM = "llm"


class ExtractionFailed(Exception):
    """What an extractor depends on failed, so that nothing is known of the article's facts; the message says what."""


class Extractor(Protocol):
    """Finds the facts of articles."""

    @property
    def name(self) -> str:
        """What is stored with every fact: the extractor and its version."""
        ...

    def warm(self) -> None:
        """Load what the first article would have to wait for."""
        ...

    def extract(self, article: Article) -> Facts:
        """All facts of an article, whatever its text. Raises `ExtractionFailed`."""
        ...

    def extract_many(self, articles: Iterable[Article]) -> Iterator[Facts]:
        """The facts of each article, in order, one at a time."""
        ...


class ExplainingExtractor(Extractor, Protocol):
    """An extractor that can say why it found what it found."""

    def explain(self, article: Article) -> Explained:
        """The facts of `extract`, each with what made it. Raises `ExtractionFailed`."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """What the steps made on the way from an article to its facts: what explanations are read off."""

    article: Article
    cast: Cast
    ids: dict[int, str]
    said: list[Said]
    found: list[tuple[Found, Commitment]]


class EntenteExtractor:
    """Facts by the trained reader, rules and tables; the first article, or `warm`, loads them."""

    def __init__(self, model: Path | None = None) -> None:
        """``model``: the folder of a language model to read with instead of the shipped one."""
        self._model = model
        self.name = f"entente {version(DISTRIBUTION)}" + (f" reading with {model.name}" if model else "")

    def warm(self) -> None:
        """Load model and tables, so that the first article does not wait for them. Raises `BrokenModel`."""
        self.extract(Article("The prime minister of Fiji met the president of Peru."))

    def extract(self, article: Article) -> Facts:
        """All facts of an article; the same article gives the same facts. Raises `BrokenModel`, but for no text."""
        return self._read(article)[0]

    def extract_many(self, articles: Iterable[Article]) -> Iterator[Facts]:
        """The facts of each article, in order, one at a time."""
        return map(self.extract, articles)

    def explain(self, article: Article) -> Explained:
        """The facts of `extract`, each with the rule, the clause and the rows of tables that made it."""
        from app.extraction.explain import explanations

        facts, work = self._read(article)
        return Explained(facts, tuple(explanations(facts, work)) if work else ())

    def _read(self, article: Article) -> tuple[Facts, Work | None]:
        from app.language.english import is_english
        from app.language.pipeline import load_pipeline, split
        from app.language.tokens import fold

        if not article.language.lower().startswith("en") or not is_english(fold(article.text)):
            warning = "the text is not in English, the only language whose facts are read: sentences only"
            return Facts(self.name, _spans(split(article.text)), warnings=(warning,)), None
        return self._facts(article, load_pipeline(self._model))

    def _facts(self, article: Article, pipeline: Pipeline) -> tuple[Facts, Work]:
        from app.extraction import (
            affiliation,
            commitment_records,
            commitments,
            coreference,
            entities,
            entity_records,
            home,
            memory,
            statements,
        )
        from app.language.names import find_names

        reading = pipeline.read(article.text)
        cast = entities.gather(reading, find_names(reading))
        title = pipeline.read(article.title)
        titled = entities.gather(title, find_names(title))
        headline = memory.headline_sides(titled)
        affiliation.affiliate(cast, home.of_headline(titled))
        coreference.resolve(cast, memory.headline_pair(cast, headline))
        said = statements.find_statements(cast)
        found = commitments.find_commitments(cast, memory.Memory(headline))
        ids, records = entity_records.entities(cast, article)
        kept = commitment_records.commitments(cast, article, ids, said, found)
        facts = Facts(
            extractor=self.name,
            sentences=_spans(reading),
            entities=records,
            statements=statements.statements(cast, article, ids, said),
            commitments=tuple(record for _, record in kept),
        )
        return facts, Work(article, cast, ids, said, kept)


def _spans(reading: Reading) -> tuple[Span, ...]:
    return tuple(Span.of(reading.text, s.start, s.end) for s in reading.sentences)


@cache
def _shared() -> EntenteExtractor:
    return EntenteExtractor()


def extract(article: Article) -> Facts:
    """All facts of an article, by an extractor that is kept for further calls."""
    return _shared().extract(article)
