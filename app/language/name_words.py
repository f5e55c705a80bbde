"""What rules of names ask about words, and the spans that they propose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from app.domain.entity import EntityType
from app.language.gazetteer import Known, small_words
from app.language.pipeline import Reading
from app.language.tables import word_set

PERSON, ORGANIZATION, PLACE, PEOPLE, EVENT = "PERSON", "ORG", "PLACE", "NORP", "EVENT"
KINDS = {"PERSON": PERSON, "ORG": ORGANIZATION, "GPE": PLACE, "LOC": PLACE, "NORP": PEOPLE, "EVENT": EVENT}
"""The model's kinds of names to ours."""

KIND_OF = {
    EntityType.PERSON: PERSON,
    EntityType.ORGANIZATION: ORGANIZATION,
    EntityType.COUNTRY: PLACE,
    EntityType.PLACE: PLACE,
    EntityType.GROUP: PEOPLE,
    EntityType.EVENT: EVENT,
}

LONGEST_NAME = 12
"""Tokens beyond which a run of capitals is a headline rather than a name."""

EDGES = word_set("names.edges")
"""Words that no name begins or ends with."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Tokens ``[first, last)`` that may be a name of a ``kind``; ``sure`` where no vote may change the kind."""

    first: int
    last: int
    kind: str
    known: Known | None = None
    sure: bool = False


@dataclass(frozen=True)
class Words:
    """What the rules ask about single tokens."""

    reading: Reading

    @cached_property
    def tags(self) -> list[str]:
        """Penn tags."""
        return [token.tag_ for token in self.reading.parsed]

    @cached_property
    def shouted(self) -> frozenset[int]:
        """Tokens of sentences in capitals, where capitals tell nothing."""
        found: set[int] = set()
        for sentence in self.reading.sentences:
            letters = [t.text for t in self.reading.tokens[sentence.first : sentence.last] if t.text.isalpha()]
            if len(letters) > 3 and sum(word.isupper() for word in letters) > 0.7 * len(letters):
                found.update(range(sentence.first, sentence.last))
        return frozenset(found)

    @cached_property
    def begins(self) -> frozenset[int]:
        """Tokens that begin a sentence, or words in quotation marks."""
        tokens = self.reading.tokens
        quoted = (at + 1 for at, token in enumerate(tokens) if token.text in ("“", '"', "‘", "(", ":"))
        return frozenset([*(sentence.first for sentence in self.reading.sentences), *quoted])

    @cached_property
    def broken(self) -> frozenset[int]:
        """Tokens before which a line ends."""
        text, tokens = self.reading.text, self.reading.tokens
        return frozenset(
            at for at in range(1, len(tokens)) if "\n" in text[tokens[at - 1].end : tokens[at].start]
        ) | frozenset(sentence.first for sentence in self.reading.sentences)

    def capital(self, at: int) -> bool:
        """Whether a token is a word with a capital that its place in the sentence does not explain."""
        token = self.reading.tokens[at]
        if not token.text[0].isupper() or token.text in small_words()["calendar"]:
            return False
        if at in self.begins and (self.tags[at] not in ("NNP", "NNPS") or token.text in small_words()["starter"]):
            return False
        return token.lower not in EDGES

    def acronym(self, at: int) -> bool:
        """Whether a token is in capitals alone among words that are not."""
        text = self.reading.tokens[at].text
        return 1 < len(text) < 9 and text.isalpha() and text.isupper() and at not in self.shouted

    def next_to(self, at: int) -> bool:
        """Whether nothing but white space on one line stands before a token."""
        return at not in self.broken and not self.reading.tokens[at].glued


def apart(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The proposals without those that a longer one overlaps, in the order of the text."""
    kept: list[Proposal] = []
    for proposal in sorted(proposals, key=lambda p: (p.first, -p.last)):
        if proposal.first >= proposal.last:
            continue
        if kept and proposal.first < kept[-1].last:
            if proposal.last - proposal.first > kept[-1].last - kept[-1].first:
                kept[-1] = proposal
            continue
        kept.append(proposal)
    return kept
