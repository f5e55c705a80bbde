"""One sentence as commitments see it: its clauses, who is named in it, and what the reader thinks of its words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from app.domain.entity import EntityType, MentionForm
from app.extraction.entities import Cast, Reference
from app.extraction.tables import groups, word_set
from app.language.clauses import Argument
from app.language.marks import Trigger
from app.language.sentences import Sentence
from app.language.tables import rows as language_rows

if TYPE_CHECKING:
    from spacy.tokens import Token

_GROUPS = word_set("scene.groups")
_CONFLICTS = word_set("scene.conflicts")
_ADJUNCTS = word_set("sides.adjuncts")
_RECEIVERS = word_set("scene.receivers")
_BELONGING = frozenset({"", "of", "from", "between", "among", "and", "&"})

_JOINING = frozenset({",", "and", "or", "&", "the"})

Part = tuple[int, int]
"""Tokens from the first up to, not including, the last."""


class Fit(IntEnum):
    """How well a reference suits as a side of the phrase it stands in: not at all, only as a topic of it, well."""

    NONE = 0
    WEAK = 1
    GOOD = 2


@cache
def actor_nouns() -> dict[str, str]:
    """Nouns for those who can act, to their kind."""
    return {row["word"]: row["kind"] for row in language_rows("actors.tsv")}


@cache
def _given() -> frozenset[str]:
    """Nouns for what is given: what stands behind their "to" is who receives it."""
    return frozenset(groups()["arms"] | groups()["relief"])


class Scene:
    """A sentence with its clauses, and the references in it that may be sides."""

    def __init__(self, cast: Cast, sentence: Sentence) -> None:
        self.cast = cast
        self.tokens = cast.reading.tokens
        self.doc = cast.reading.parsed
        self.sentence = sentence
        self.first = _after_dateline(cast, sentence)
        self.clauses = cast.reading.clauses(sentence)
        here = [
            r
            for r in cast.within(sentence.first, sentence.last)
            if r.first >= self.first and cast.sides(r) and not cast.leaning(r)
        ]
        described = {
            at for r in here if r.form is MentionForm.NOMINAL for at in range(r.first, r.last)
        }  # "Asian" in "the Asian country" is no side of its own
        self.references = [r for r in here if r.form is MentionForm.NOMINAL or r.first not in described]
        self._lists = dict(self._listed())
        triggers = cast.reading.marks.triggers
        begin = bisect_left(triggers, sentence.first, key=lambda t: t.first)
        end = bisect_left(triggers, sentence.last, key=lambda t: t.first)
        self.marks: tuple[Trigger, ...] = triggers[begin:end]

    def is_person(self, reference: Reference) -> bool:
        """Whether a reference is to a person."""
        return self.cast.referents[reference.referents[0]].type is EntityType.PERSON

    def names(self, token: Token) -> bool:
        """Whether a word belongs to a reference."""
        return any(r.first <= token.i < r.last for r in self.references)

    def is_body(self, token: Token) -> bool:
        """Whether a word is part of what an organisation is called: "the alliance" that is NATO."""
        types = (self.cast.referents[r.referents[0]].type for r in self.references if r.first <= token.i < r.last)
        return EntityType.ORGANIZATION in types

    def within(self, first: int, last: int) -> list[Reference]:
        """References that lie within tokens ``[first, last)``."""
        return [r for r in self.references if first <= r.first and r.last <= last]

    def beside(self, reference: Reference) -> tuple[Reference, ...]:
        """The references of the list that one stands in: all of "Cuba, Chile and Peru"; itself where in none."""
        return self._lists.get(reference, (reference,))

    def _listed(self) -> Iterator[tuple[Reference, tuple[Reference, ...]]]:
        """Names parted by commas and "and" alone, the latter at least once, each with all of its list."""
        names = [r for r in self.references if r.form in (MentionForm.NAME, MentionForm.DEMONYM)]
        run: list[Reference] = names[:1]
        joined = False
        for one, other in zip(names, [*names[1:], None], strict=False):
            between = {token.lower for token in self.tokens[one.last : other.start]} if other else set()
            if other and between and between <= _JOINING and one.form is other.form:
                run.append(other)
                joined = joined or not between <= {",", "the"}
                continue
            if joined:
                yield from ((each, tuple(run)) for each in run)
            run, joined = [other] if other else [], False

    def root(self, first: int, last: int) -> Token:
        """The word of tokens ``[first, last)`` on which the others hang."""
        for at in range(first, last):
            head = self.doc[at].head.i
            if head == at or not first <= head < last:
                return self.doc[at]
        return self.doc[last - 1]

    def head_of(self, reference: Reference) -> Token:
        """The word that a reference hangs on, or, in a list, its first."""
        first = self.beside(reference)[0]
        return self.root(first.first, first.last)

    def preposition(self, token: Token) -> str:
        """The preposition that stands before a noun and hangs on it, in lower case."""
        for child in token.children:
            if child.i < token.i and child.pos_ == "ADP":
                return child.lower_
        return ""

    def fit(self, reference: Reference, argument: Argument, inside: frozenset[int] = frozenset()) -> Fit:
        """How a reference within an argument suits as a side: by the words between it and the argument's head.

        The words at ``inside`` are those of the act itself ("ties" in "strengthen ties with Iran"): whoever they lead
        to is a side.
        """
        head = argument.head.i
        if all(self.cast.referents[n].type is EntityType.PLACE for n in reference.referents) and not self._acts(
            reference
        ):
            return Fit.WEAK
        token = self.root(reference.first, reference.last)
        fit = Fit.GOOD
        for _ in range(len(self.sentence_tokens())):
            if reference.first <= head < reference.last or token.i == head:
                return fit
            above = token.head
            if above.i == token.i:
                return Fit.WEAK
            if above.lower_ in _CONFLICTS:
                return Fit.NONE
            step = self._step(token, above, inside)
            fit = min(fit, Fit.GOOD if step is Fit.WEAK and len(reference.referents) > 1 else step)
            token = above
        return Fit.WEAK

    def sentence_tokens(self) -> range:
        """The numbers of the sentence's tokens."""
        return range(self.sentence.first, self.sentence.last)

    def _acts(self, reference: Reference) -> bool:
        return any(self.cast.referents[n].acts for n in reference.referents)

    def _step(self, token: Token, above: Token, inside: frozenset[int]) -> Fit:
        """What one step up the phrase does to how well its lower end suits."""
        if above.i in inside:
            return Fit.GOOD
        if above.pos_ in ("VERB", "AUX"):
            return Fit.NONE
        preposition = self.preposition(token)
        if preposition == "in" and above.lower_ in _RECEIVERS:
            return Fit.WEAK
        if preposition in _ADJUNCTS or (self._has_own_side(above) and not self._coordinated(token)):
            return Fit.NONE
        if preposition == "to" and above.lower_ in _given():  # "a team of 70 soldiers to Tonga"
            return Fit.GOOD
        if preposition == "from" and above.pos_ == "PROPN":  # "to Samoa from Tonga"
            return Fit.NONE
        if above.lower_ in actor_nouns() or above.lower_ in _GROUPS or above.pos_ == "PROPN":
            return Fit.GOOD if preposition in _BELONGING else Fit.WEAK
        return Fit.WEAK

    def _has_own_side(self, token: Token) -> bool:
        """Whether a word names a person or a body that is a side itself, so that what belongs to it is none."""
        return any(
            r.first <= token.i < r.last and self.cast.referents[r.referents[0]].type is not EntityType.COUNTRY
            for r in self.references
        )

    def _coordinated(self, token: Token) -> bool:
        return any(child.pos_ == "CCONJ" for child in token.children if child.i < token.i)

    def possessive(self, reference: Reference) -> bool:
        """Whether it only says whose something is: "its", "Iran's", "Iranian"."""
        after = self.tokens[reference.last].text if reference.last < len(self.tokens) else ""
        return reference.form is MentionForm.DEMONYM or after in ("'s", "'")


def _after_dateline(cast: Cast, sentence: Sentence) -> int:
    """The token after a dateline: capitals before a colon or a dash at the start of a paragraph."""
    tokens = cast.reading.tokens
    for at in range(sentence.first, min(sentence.first + 10, sentence.last)):
        token = tokens[at]
        if (
            token.text in (":", "–", "—", "--", "-")
            and at > sentence.first
            and (token.text != "-" or not (token.glued and tokens[min(at + 1, len(tokens) - 1)].glued))
        ):
            capitals = [t.text for t in tokens[sentence.first : at] if t.text.isalpha()]
            return at + 1 if capitals and capitals[0].isupper() and len(capitals[0]) > 3 else sentence.first
        if token.text[0].islower():
            break
    return sentence.first
