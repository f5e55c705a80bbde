"""Facts by a language model behind a chat endpoint. Only what quotes the article exactly is believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from app.domain.article import Article
from app.domain.evidence import Span
from app.domain.explanation import Explained, Explanation
from app.domain.facts import Facts
from app.extraction.answer import answer_schema, read_answer
from app.extraction.chat import Endpoint, Limits, Question, ask
from app.extraction.extractor import DISTRIBUTION
from app.extraction.grounding import grounded

LONGEST_TEXT = 60_000
"""Characters of an article that are sent, about 15,000 tokens; what stands behind them is not read, with a warning."""


class LlmExtractor:
    """Asks the model about each article once. Blocks while it waits, so it may not run where an event loop does."""

    def __init__(self, endpoint: Endpoint, limits: Limits | None = None) -> None:
        self.name = f"llm/{endpoint.model} {version(DISTRIBUTION)}"
        self._endpoint = endpoint
        self._limits = limits or Limits()

    def warm(self) -> None:
        """Nothing is loaded here; the endpoint is asked no sooner than there is an article."""

    def extract(self, article: Article) -> Facts:
        """All facts that the model finds and the article supports. Raises `ExtractionFailed`."""
        if not article.text.strip():
            return Facts(self.name)
        question = Question(_instructions(), _shown(article), answer_schema())
        facts = grounded(article, ask(self._endpoint, question, read_answer, self._limits), self.name)
        if len(article.text) <= LONGEST_TEXT:
            return facts
        return replace(facts, warnings=(*facts.warnings, f"only the first {LONGEST_TEXT} characters were read"))

    def extract_many(self, articles: Iterable[Article]) -> Iterator[Facts]:
        """The facts of each article, in order, one at a time. Raises `ExtractionFailed`."""
        return map(self.extract, articles)

    def explain(self, article: Article) -> Explained:
        """The facts, each with the words by which it was found in the article. Raises `ExtractionFailed`."""
        facts = self.extract(article)
        rule = f"answered by {self._endpoint.model}; its quotes stand in the article"
        return Explained(facts, tuple(Explanation(fact, rule, span) for fact, span in _quoted(facts)))


def _quoted(facts: Facts) -> Iterator[tuple[str, Span | None]]:
    yield from ((entity.id, entity.mentions[0].span) for entity in facts.entities)
    yield from ((statement.id, statement.content[0]) for statement in facts.statements)
    yield from ((commitment.id, commitment.evidence[0].span) for commitment in facts.commitments)


@cache
def _instructions() -> str:
    return files("app.extraction").joinpath("prompt.md").read_text(encoding="utf-8")


def _shown(article: Article) -> str:
    """What the model sees: the headline may tell who is meant, and only the text may be quoted."""
    day = f"Published: {article.published}\n" if article.published else ""
    return f"Headline, not to be quoted: {article.title}\n{day}Article:\n\n{article.text[:LONGEST_TEXT]}"
