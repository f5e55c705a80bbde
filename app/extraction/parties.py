"""Who takes part in an act: references before and behind its words, by shape and preposition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache

from app.domain.entity import EntityType, MentionForm
from app.extraction.entities import Cast, Reference
from app.extraction.patterns import expand
from app.extraction.tables import rows, word_set
from app.language.gazetteer import title_words
from app.language.sentences import Sentence
from app.language.tables import rows as language_rows

_RELATIVE = frozenset({"who", "which", "whose", "where", "whom"})
_BOUNDARIES = word_set("parties.boundaries")
_AS = frozenset({"part", "well", "many", "much", "a", "an", "the", "soon", "of"})
_VENUES = frozenset({"in", "at", "near", "from", "inside", "outside", "around", "within", "into"})
_OUTSIDE = word_set("parties.outside")


class Fit(IntEnum):
    """How well a reference suits as a side: not at all, only for want of a better one, well."""

    NONE = 0
    WEAK = 1
    GOOD = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reference that may be a side, and the preposition that governs it."""

    reference: Reference
    fit: Fit
    preposition: str


@cache
def actor_nouns() -> dict[str, str]:
    """Nouns for those who can act, to their kind."""
    return {row["word"]: row["kind"] for row in language_rows("actors.tsv")}


@cache
def reporting_words() -> frozenset[str]:
    """All forms of the verbs that report."""
    return frozenset(word for row in rows("reporting.tsv") if row["kind"] == "say" for word in expand(row["pattern"]))


@cache
def plain_speech() -> frozenset[str]:
    """Forms of the verbs that nearly always report and end the clause before them."""
    return expand("say:v|tell:v|announce:v|report:v|add:v|warn:v|stress:v")


class Scene:
    """One sentence with its references, ready to be asked who stands where."""

    def __init__(self, cast: Cast, sentence: Sentence, references: list[Reference]) -> None:
        self.cast = cast
        self.tokens = cast.reading.tokens
        self.sentence = sentence
        self.first = _after_dateline(cast, sentence)
        self.references = [r for r in references if r.first >= self.first and cast.sides(r)]

    def before(self, at: int) -> list[Candidate]:
        """Candidates in the clause before token ``at``, nearest first; of an earlier clause where this has none."""
        end = at
        while end > self.first:
            begin = self._clause_begin(end)
            if begin > self.first and self.tokens[begin - 1].lower in _RELATIVE and end == at:
                antecedent = self._antecedent(begin - 1)
                if antecedent:
                    return [antecedent]
            found = [c for c in self.candidates(begin, end) if c.fit]
            if found and not self._relative(begin, at):
                return found[::-1]
            end = begin - 1 if begin > self.first else self.first
        return []

    def _antecedent(self, relative: int) -> Candidate | None:
        """Whom a relative clause is about: the reference right before it."""
        end = relative - (relative > self.first and self.tokens[relative - 1].text == ",")
        found = self.cast.ending(end)
        if found is None or found.first < self.first or not self.cast.sides(found):
            return None
        return Candidate(found, Fit.GOOD, "")

    def behind(self, at: int, *, purposes: bool = True) -> list[Candidate]:
        """Candidates in the clause from token ``at`` on; without ``purposes`` only up to an infinitive."""
        end = self.clause_end(at)
        if not purposes:
            end = next((i for i in range(at, end) if self._infinitive(i)), end)
        return self.candidates(at, end)

    def _infinitive(self, at: int) -> bool:
        """Whether "to" at a token begins an infinitive: a small word behind it that is no article, and no name."""
        if self.tokens[at].lower != "to" or at + 1 >= self.sentence.last:
            return False
        following = self.tokens[at + 1]
        return (
            following.text[0].islower()
            and following.lower not in _SKIPPED | _MODIFIERS
            and following.lower not in actor_nouns()
        )

    def adjacent(self, at: int) -> list[Candidate]:
        """References of the noun phrase whose head is token ``at``: "the Thai-Lao border talks", "Cuba's visit"."""
        first = at
        while first > self.first and self._within_phrase(first - 1):
            first -= 1
        return [replace(c, fit=Fit.GOOD) for c in self.candidates(first, at)]

    def indefinite(self, at: int) -> bool:
        """Whether the noun phrase of token ``at`` begins with "a": it speaks of something new."""
        while at > self.first and self._within_phrase(at - 1):
            at -= 1
        return at > self.first and self.tokens[at - 1].lower in ("a", "an", "another", "no")

    def _within_phrase(self, at: int) -> bool:
        token = self.tokens[at]
        if token.lower in ("and", "-", "'s", "'", "/"):
            return True
        return token.text[0].isalpha() and token.lower not in _PHRASE_BEGINS

    def candidates(self, first: int, last: int) -> list[Candidate]:
        """References within tokens ``[first, last)`` with their prepositions."""
        return self._coordinates_well(list(self._candidates(first, last)))

    def _candidates(self, first: int, last: int) -> Iterator[Candidate]:
        held = ""
        end = first
        for reference in self.references:
            if not first <= reference.first < last:
                continue
            coordinated = end > first and self._coordinated(end, reference.start, reference.last)
            preposition = held if coordinated else self.preposition(reference.start, first)
            held, end = preposition, max(end, reference.last)
            yield Candidate(reference, self._fit(reference), preposition)

    def _coordinates_well(self, found: list[Candidate]) -> list[Candidate]:
        """An adjective that shares its noun with the next reference is as good as that ("Thai and Lao officials")."""
        for number in range(len(found) - 2, -1, -1):
            one, other = found[number], found[number + 1]
            if (
                one.fit is Fit.WEAK
                and other.fit is Fit.GOOD
                and self._coordinated(one.reference.last, other.reference.start, other.reference.last)
            ):
                found[number] = replace(one, fit=Fit.GOOD)
        return found

    def preposition(self, at: int, first: int) -> str:
        """The preposition that governs the noun phrase around token ``at``: the nearest to its left."""
        for back in range(at - 1, max(first, at - 7) - 1, -1):
            word = self.tokens[back].lower
            if word in ("of", "from"):
                return word if not self._actor_before(back) else self.preposition(back, first)
            if word in _VENUES | _OUTSIDE | {"with", "to", "between", "among", "by"}:
                return word
            if word in _SKIPPED or word in actor_nouns() or self.tokens[back].text[0].isupper() or word == "-":
                continue
            if back == at - 1 and word in _MODIFIERS:
                continue
            return ""
        return ""

    def _actor_before(self, at: int) -> bool:
        word = self.tokens[at - 1].lower if at > self.first else ""
        return word in actor_nouns() or word in _GROUPS

    def _coordinated(self, end: int, start: int, last: int) -> bool:
        """Whether only "and", commas, articles and actor nouns stand between two references; a comma only in a list."""
        between = [self.tokens[i].lower for i in range(end, start)]
        if len(between) > 5 or not all(w in _JOINTS or w in actor_nouns() or w in _MODIFIERS for w in between):
            return False
        if any(word in ("and", "-", "/", "&", "or") for word in between):
            return True
        return "," in between and any(t.lower in ("and", ",", "or") for t in self.tokens[last : last + 5])

    def _fit(self, reference: Reference) -> Fit:
        referents = [self.cast.referents[n] for n in reference.referents]
        if all(r.type is EntityType.PLACE and not r.acts for r in referents):
            return Fit.NONE
        if all(r.type is EntityType.PLACE for r in referents) and self.head_noun(reference.last) not in actor_nouns():
            return Fit.WEAK
        if any(r.type is EntityType.PERSON or (r.type is not EntityType.COUNTRY and r.acts) for r in referents):
            return Fit.GOOD
        if reference.form in (MentionForm.PRONOUN, MentionForm.NOMINAL, MentionForm.TITLE):
            return Fit.WEAK if self.tokens[reference.last - 1].lower in ("its", "their", "his", "her") else Fit.GOOD
        after = self.tokens[reference.last] if reference.last < len(self.tokens) else None
        if reference.form is MentionForm.DEMONYM and self.tokens[reference.last - 1].text.endswith("ns"):
            return Fit.GOOD
        if self._of_conflict(reference.last):
            return Fit.NONE
        modifies = reference.form is MentionForm.DEMONYM or (after is not None and after.text in ("'s", "'"))
        head = self.head_noun(reference.last)
        if head in actor_nouns():
            return Fit.GOOD
        return Fit.WEAK if modifies or head else Fit.GOOD

    def _of_conflict(self, at: int) -> bool:
        """Whether the noun behind is a war: "the Peru-Chile war"."""
        while at < self.sentence.last and (
            self.tokens[at].text in ("-", "'s", "'") or self.tokens[at].text[0].isupper()
        ):
            at += 1
        return at < self.sentence.last and self.tokens[at].lower in _CONFLICTS

    def head_noun(self, at: int) -> str:
        """The actor noun, or else the first noun-like word, of a phrase whose first reference ends at token ``at``."""
        first = ""
        for ahead in range(at, min(at + 6, self.sentence.last)):
            token = self.tokens[ahead]
            if token.lower in actor_nouns():
                return token.lower
            if token.text in ("'s", "'", "-"):
                continue
            if not token.text[0].isalpha() or token.lower in _ENDS_PHRASE or token.lower in reporting_words():
                break
            if token.text[0].islower() and not first:
                if token.lower.endswith(("ed", "es", "ing")) and ahead == at:
                    break
                first = token.lower
        return first if at < self.sentence.last and self.tokens[at].text in ("'s", "'") else ""

    def _clause_begin(self, end: int) -> int:
        for at in range(end - 1, self.first - 1, -1):
            if self._bounds(at):
                return at + 1
        return self.first

    def clause_end(self, at: int) -> int:
        """Where the clause ends that token ``at`` stands in."""
        for ahead in range(at, self.sentence.last):
            if self._bounds(ahead) or (self.tokens[ahead].text == "," and not self._list_goes_on(ahead)):
                return ahead
        return self.sentence.last

    def _bounds(self, at: int) -> bool:
        word = self.tokens[at].lower
        if word == "as" and at + 1 < self.sentence.last:
            return self.tokens[at + 1].lower not in _AS
        if word == "," and at + 1 < self.sentence.last:
            return self.tokens[at + 1].lower.endswith("ing") and self.tokens[at + 1].text[0].islower()
        if word == "that" and at + 1 < self.sentence.last and self.tokens[at + 1].lower in ("it", "they"):
            return True
        return word in _BOUNDARIES or word in plain_speech()

    def _list_goes_on(self, comma: int) -> bool:
        """Whether a comma parts names of a list, or encloses a title, rather than ends a clause."""
        at = comma + 1
        while at < self.sentence.last and self.tokens[at].lower in ("and", "the", "as", "well", "its"):
            at += 1
        while at < self.sentence.last and self._of_title(at):
            at += 1
        item = self.cast.beginning(at)
        if item is None or item.last >= self.sentence.last:
            return False
        following = self.tokens[item.last].lower
        return following not in reporting_words() and following not in (
            "has",
            "have",
            "is",
            "was",
            "will",
            "had",
            "which",
        )

    def _of_title(self, at: int) -> bool:
        token = self.tokens[at]
        return (
            token.lower in title_words() or token.lower in _MODIFIERS or token.lower == "other"
        ) and not self.cast.beginning(at)

    def _relative(self, begin: int, at: int) -> bool:
        """Whether the clause from ``begin`` is a relative one that ends before token ``at``."""
        if begin <= self.first or self.tokens[begin - 1].lower not in _RELATIVE:
            return False
        return any(self.tokens[i].text == "," for i in range(begin, at))


_SKIPPED = word_set("parties.skipped")
_JOINTS = _SKIPPED | {"-", "/", ","}
_MODIFIERS = word_set("parties.modifiers")
_PHRASE_BEGINS = word_set("parties.phrase_begins")
_CONFLICTS = word_set("parties.conflicts")
_GROUPS = word_set("parties.groups")
_ENDS_PHRASE = word_set("parties.ends_phrase")


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
