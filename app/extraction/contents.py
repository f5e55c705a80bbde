"""Where what is reported begins and ends: by the clause that the reporting word governs, a quotation or the object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.extraction.quotations import MARKS, Quotations
from app.extraction.reporting import rows_of
from app.extraction.said import Part
from app.extraction.tables import word_set
from app.language.clauses import Argument, Clause, Clauses, Kind, Relation, Voice
from app.language.pipeline import Reading
from app.language.sentences import Sentence

_QUESTIONS = word_set("contents.questions")
_SUBORDINATE = (Relation.COMPLEMENT, Relation.PURPOSE, Relation.ADVERBIAL, Relation.ADNOMINAL)
_TIMES = word_set("contents.times")
_DAYS = word_set("contents.days")
_OF_CONTENT = tuple(word_set("contents.prepositions"))
NEAR = 6
"""Most tokens between a reporting verb and the quotation that it leads to ("said on Monday in Oslo: ...")."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a reporting word takes: the parts of the content, and the end of the cue, which a preposition may move."""

    parts: tuple[Part, ...]
    cue_end: int


class Contents:
    """Finds what the reporting clauses of a sentence take."""

    def __init__(self, reading: Reading, quotations: Quotations, sentence: Sentence) -> None:
        self.reading = reading
        self.tokens = reading.tokens
        self.quotations = quotations
        self.sentence = sentence
        self.found: Clauses = reading.clauses(sentence)
        self._by_name: dict[str, Callable[[Clause, Part], tuple[Part, ...]]] = {
            "clause": self._clause,
            "quote": self._quote,
            "question": self._question,
            "infinitive": self._infinitive,
            "gerund": self._gerund,
            "addressee": self._addressee,
            "object": self._object,
            "object_as": self._object_as,
        }

    def taken(self, clause: Clause, cue: Part, takes: str) -> Taken | None:
        """What a clause takes in one of the ways of reporting.tsv; None where it goes on otherwise."""
        find = self._by_name.get(takes)
        if find is None:
            return self._behind(clause, cue, takes)
        parts = tuple(part for part in find(clause, cue) if part[0] < part[1])
        return Taken(parts, cue[1]) if parts else None

    def around(self, first: int, last: int) -> tuple[Part, ...]:
        """The rest of the sentence before and behind tokens ``[first, last)``."""
        parts = (self.trimmed(self.sentence.first, first), self.trimmed(last, self.sentence.last))
        return tuple(part for part in parts if part[0] < part[1])

    def trimmed(self, first: int, last: int) -> Part:
        """Without the punctuation at its ends that is not the content's own."""
        while first < last and self.tokens[first].text in (",", ":", ";", "-", "–", "—", ".", "”"):
            first += 1
        while last > first and self.tokens[last - 1].text in (",", ".", ";", ":", "-", "–", "—", "“"):
            last -= 1
        return first, last

    def group(self, clause: Clause, cue: Part) -> Part:
        """The reporting words with their own subject and what else hangs on them, as "the minister told the daily"."""
        first, last = cue
        for side in clause.arguments:
            start, end = side.span.start, side.span.end
            if start >= self.sentence.first and end <= self.sentence.last and not start <= clause.predicate.i < end:
                adjoins = end >= first - 1 if start < first else start <= last + NEAR
                if adjoins:
                    first, last = min(first, start - bool(side.preposition)), max(last, end)
        return first, last

    def _clause(self, clause: Clause, cue: Part, told: bool = False) -> tuple[Part, ...]:
        before = self._quoted_before(clause, cue)
        if before:
            return before
        governed = [each for each in self._governed(clause) if self._reported(clause, each)]
        forward = [each for each in governed if each.predicate.i > clause.predicate.i]
        if forward:
            return self._forward(clause, forward[0], cue)
        if governed:
            return self._backward(clause, governed[0], cue)
        return self._quote(clause, cue) or self._before(clause, cue, told) or self._announced(clause, cue)

    def _governed(self, clause: Clause) -> Iterator[Clause]:
        """The clauses that hang on this one, the first only of those that are coordinated."""
        relations = _SUBORDINATE if clause.kind is not Kind.VERBAL else (Relation.COMPLEMENT, Relation.PURPOSE)
        return (each for each in self.found.dependents(clause, *relations) if each.conjunct is None)

    def _reported(self, clause: Clause, governed: Clause) -> bool:
        if _is_infinitive(governed) or governed.relation is Relation.PURPOSE:
            return False
        if governed.kind is Kind.NOMINAL:
            return governed.predicate.i < clause.predicate.i and clause.kind is Kind.VERBAL
        if clause.kind is not Kind.VERBAL:
            return governed.finite and governed.predicate.i > clause.predicate.i and governed.marker in ("that", "")
        return governed.finite or governed.marker in ("that", "as") or governed.predicate.i < clause.predicate.i

    def _forward(self, clause: Clause, governed: Clause, cue: Part) -> tuple[Part, ...]:
        """What stands behind the reporting words; and before them, where they are set inside it."""
        extent = self.found.extent(governed.predicate)
        end = self._before_more_said(governed, extent.end)
        if extent.start >= cue[1]:
            return (self.trimmed(self._behind_time(extent.start, governed.predicate.i), end),)
        first, last = self.group(clause, cue)
        begin = self.sentence.first if clause.parent is None else extent.start
        return self.trimmed(begin, first), self.trimmed(last, end)

    def _behind_time(self, first: int, predicate: int) -> int:
        """Where the content begins in "said on Monday the port was open"."""
        at = first
        while at < predicate and self.tokens[at].lower in _TIMES:
            at += 1
        while at > first and self.tokens[at - 1].lower == "the":  # that of what the content begins with
            at -= 1
        return at if any(self.tokens[time].lower in _DAYS for time in range(first, at)) else first

    def _before_more_said(self, governed: Clause, end: int) -> int:
        """Where the content ends in "said the port was open and added that ...", where the parse takes all."""
        for each in self.found:
            if governed.index in (each.conjunct, each.parent) and self.says_more(each):
                begin = self.found.extent(each.predicate).start
                return min(end, begin - (self.tokens[begin - 1].lower in ("and", "but")))
        return end

    def says_more(self, clause: Clause) -> bool:
        """Whether a verb without a subject of its own reports words with "that": "and added that", ", adding that".

        The subject that it shares with the clause before it may be that of the reporting clause around both.
        """
        first = self.found[clause.conjunct] if clause.conjunct is not None else self.found.parent(clause)
        if first is None or any(side.head.i > first.predicate.i for side in clause.subjects):
            return False
        apart = clause.relation is Relation.ADVERBIAL and self.tokens[clause.words[0].i - 1].text == ","
        joined = clause.conjunct is not None and clause.finite
        spoken = any(row["kind"] in ("say", "tell") for row in rows_of(clause))
        governs = any(each.marker == "that" for each in self.found.dependents(clause, Relation.COMPLEMENT))
        return spoken and governs and (joined or (apart and clause.predicate.tag_ == "VBG"))

    def _backward(self, clause: Clause, governed: Clause, cue: Part) -> tuple[Part, ...]:
        """What stands before the reporting words, and a quotation that goes on right behind them."""
        first, last = self.group(clause, cue)
        extent = self.found.extent(governed.predicate)
        left = self.trimmed(self.sentence.first if clause.parent is None else extent.start, first)
        return left, *self._resumed(last)

    def _resumed(self, at: int) -> tuple[Part, ...]:
        quotation = self.quotations.behind(at)
        if quotation and quotation.first <= at + 1 and quotation.first < self.sentence.last:
            return ((quotation.first, quotation.last),)
        return ()

    def _ends(self, at: int) -> bool:
        """Whether nothing but punctuation is left of the sentence."""
        return all(not token.text[0].isalnum() for token in self.tokens[at : self.sentence.last])

    def _quote(self, clause: Clause, cue: Part) -> tuple[Part, ...]:
        """A quotation right before the reporting words, or behind them."""
        before = self._quoted_before(clause, cue)
        if before:
            return before
        last = self.group(clause, cue)[1]
        behind = self.quotations.behind(cue[1])
        if behind and behind.first < min(last + 3, self.sentence.last) and not self._is_bit(behind.first, behind.last):
            return ((behind.first, behind.last),)
        held = self.quotations.holding(self.sentence.first - 1) if self.sentence.first else None
        if held and not self.reading.parsed[held.first].is_sent_start:
            return ()  # words of the sentence before, which reports them
        return self._quoted_before(clause, cue, self.sentence.first - 1)

    def _quoted_before(self, clause: Clause, cue: Part, earliest: int | None = None) -> tuple[Part, ...]:
        """The quotation that ends right before the reporting words, with what leads to it, and where it is resumed.

        It ends in their sentence, or at token ``earliest`` or behind it.
        """
        first, last = self.group(clause, cue)
        before = first - 1 - (first > 0 and self.tokens[first - 1].text == ",")
        begins = self.sentence.first if earliest is None else earliest
        held = self.quotations.holding(before) if before >= max(begins, 0) else None
        if held is None or held.last > first or self._is_bit(held.first, held.last) or clause.kind is not Kind.VERBAL:
            return ()
        begin = self.sentence.first if clause.parent is None else held.first
        return self.trimmed(min(begin, held.first), held.last), *self._resumed(last)

    def _is_bit(self, first: int, last: int) -> bool:
        """Whether a quotation is of a few words that belong to what stands around it."""
        return last - first < 5 and self.tokens[last - 2].text not in (",", ".", "!", "?")

    def _before(self, clause: Clause, cue: Part, told: bool) -> tuple[Part, ...]:
        """What a comma parts from reporting words that end the sentence; ``told``: an object may be who is told."""
        if not clause.finite or (not told and any(side.head.i > cue[0] for side in clause.objects)):
            return ()
        first, last = self.group(clause, cue)
        if first - 3 < self.sentence.first or self.tokens[first - 1].text not in (",", *MARKS):
            return ()
        ends = self._ends(last) or self._ends(cue[1])
        return (self.trimmed(self.sentence.first, first),) if ends and clause.subjects else ()

    def _announced(self, clause: Clause, cue: Part) -> tuple[Part, ...]:
        """The quotation that the next sentence begins with, behind "The minister said:"."""
        last = self.group(clause, cue)[1]
        behind = self.quotations.behind(self.sentence.last)
        if not self._ends(last) or behind is None or behind.first != self.sentence.last:
            return ()
        colon = any(token.text == ":" for token in self.tokens[last : self.sentence.last])
        goes_on = self.tokens[behind.last - 2].text == ","  # "...," with reporting words of its own
        return ((behind.first, behind.last),) if colon or not goes_on else ()

    def _question(self, clause: Clause, cue: Part) -> tuple[Part, ...]:
        asked = [
            each
            for each in self._governed(clause)
            if each.predicate.i > clause.predicate.i
            and self.tokens[self.found.extent(each.predicate).start].lower in _QUESTIONS
        ]
        if asked:
            return self._forward(clause, asked[0], cue)
        return self._quote(clause, cue)

    def _infinitive(self, clause: Clause, cue: Part) -> tuple[Part, ...]:
        for each in self._governed(clause):
            if _is_infinitive(each) and each.predicate.i > clause.predicate.i:
                extent = self.found.extent(each.predicate)
                if cue[1] <= extent.start <= cue[1] + (NEAR if each.relation is Relation.COMPLEMENT else 1):
                    return self._with_subject(clause, self.trimmed(extent.start, extent.end))
        return ()

    def _gerund(self, clause: Clause, cue: Part) -> tuple[Part, ...]:
        for each in self.found.dependents(clause, Relation.COMPLEMENT):
            extent = self.found.extent(each.predicate)
            if each.predicate.tag_ == "VBG" and not each.marker and cue[1] <= extent.start < cue[1] + NEAR:
                return (self.trimmed(extent.start, extent.end),)
        return ()

    def _with_subject(self, clause: Clause, part: Part) -> tuple[Part, ...]:
        """Put the ship into what is expected in "the ship is expected to sail"."""
        if clause.voice is not Voice.PASSIVE:
            return (part,)
        return (*((side.span.start, side.span.end) for side in clause.subjects), part)

    def _addressee(self, clause: Clause, cue: Part) -> tuple[Part, ...]:
        told = [*clause.objects, *clause.indirect_objects]
        if clause.voice is Voice.ACTIVE and not told:
            return self._quote(clause, cue)
        return self._clause(clause, cue, told=True) or (self._object(clause, cue) if self._asked_to(clause) else ())

    def _asked_to(self, clause: Clause) -> bool:
        return any(_is_infinitive(each) for each in self.found.dependents(clause, Relation.COMPLEMENT))

    def _object(self, clause: Clause, cue: Part) -> tuple[Part, ...]:
        """The object and what follows it, up to a clause that is set apart."""
        if clause.voice is Voice.PASSIVE:
            return tuple((side.span.start, side.span.end) for side in clause.subjects) if clause.agents else ()
        sides = (*clause.objects, *clause.indirect_objects)
        starts = [side.span.start for side in sides if side.span.start >= cue[1]]
        return (self.trimmed(min(starts), self._end(clause, min(starts))),) if starts else ()

    def _object_as(self, clause: Clause, cue: Part) -> tuple[Part, ...]:
        parts = self._object(clause, cue)
        told = any(self.tokens[at].lower == "as" for first, last in parts for at in range(first, last))
        return parts if told else ()

    def _end(self, clause: Clause, start: int) -> int:
        """Where an object or what stands behind a preposition ends, with what the verb says of it.

        When and where belong to the reporting, not to what is reported.
        """
        sides = (*clause.objects, *clause.indirect_objects, *clause.by(*_OF_CONTENT))
        ends = [side.span.end for side in sides if side.span.start >= start]
        for each in self.found.dependents(clause, Relation.COMPLEMENT, Relation.PURPOSE):
            if each.predicate.i > start and each.conjunct is None:
                extent = self.found.extent(each.predicate)
                if self.tokens[extent.start - 1].text != ",":
                    ends.append(extent.end)
        return max([start + 1, *ends])

    def _behind(self, clause: Clause, cue: Part, preposition: str) -> Taken | None:
        """The noun or the gerund behind a preposition, which joins the cue where it stands next to it."""
        for side in (*clause.by(preposition), *_agents(clause, preposition)):
            at = side.span.start - 1
            if cue[1] <= at < cue[1] + NEAR:
                end = max(side.span.end, self._end(clause, side.span.start))
                return self._joined(cue, at, self.trimmed(side.span.start, end))
        for each in self.found.dependents(clause, *_SUBORDINATE):
            if each.marker == preposition and each.predicate.i > clause.predicate.i:
                extent = self.found.extent(each.predicate)
                if cue[1] <= extent.start < cue[1] + NEAR:
                    return self._joined(cue, extent.start, self.trimmed(extent.start + 1, extent.end))
        return None

    def _joined(self, cue: Part, at: int, part: Part) -> Taken | None:
        if part[0] >= part[1]:
            return None
        return Taken((part,), at + 1 if at == cue[1] else cue[1])


def _agents(clause: Clause, preposition: str) -> tuple[Argument, ...]:
    return clause.agents if preposition == "by" else ()


def _is_infinitive(clause: Clause) -> bool:
    return not clause.finite and (clause.marker == "to" or clause.marker.endswith(" to"))
