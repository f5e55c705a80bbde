"""Who speaks by the layout alone: turns of a transcript ("ROJAS: ...") and signed quotations ("“...” — Ana Rojas")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.entity import EntityType
from app.extraction.entities import Cast
from app.extraction.quotations import MARKS, OPENING, Quotations
from app.extraction.said import Part, Said
from app.extraction.speakers import Voice, spoken
from app.extraction.tables import word_set
from app.language.sentences import Sentence

LONGEST_LABEL = 6
"""Most tokens of what stands before the colon of a turn ("Deputy Foreign Minister Ana Rojas:")."""

LONGEST_SIGNATURE = 14
"""Most tokens of what stands behind the dash under a quotation."""

DENSE = 3
"""Fewest labels to ten paragraphs of a transcript in which a paragraph without a label goes on with a turn."""

_PARTS = word_set("turns.parts")
_DASHES = word_set("turns.dashes")
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})


@dataclass(frozen=True, slots=True)
class _Label:
    """Tokens ``[first, colon)`` that name who speaks in the line that begins at token ``line``."""

    line: int
    first: int
    colon: int


def laid_out(cast: Cast, quotations: Quotations) -> list[Said]:
    """The statements that the layout attributes, in the order of the text."""
    layout = _Layout(cast)
    return sorted((*layout.transcript(), *layout.signed(quotations)), key=lambda said: said.cue)


def within_turns(found: Sequence[Said], turns: Sequence[Said]) -> list[Said]:
    """The statements less what they take from beyond the turn, or the signed quotation, that they stand in."""
    kept: list[Said] = []
    for said in found:
        turn = next((turn for turn in turns if _begin(turn) <= said.cue[0] < _end(turn)), None)
        if turn is None:
            kept.append(said)
            continue
        first, last = turn.content[0][0], turn.content[-1][1]
        clipped = tuple((max(a, first), min(b, last)) for a, b in said.content)
        parts = tuple(part for part in clipped if part[0] < part[1])
        if parts and first <= said.cue[0] < last:
            kept.append(replace(said, content=parts))
    return kept


def _begin(turn: Said) -> int:
    return min(turn.cue[0], turn.content[0][0], *(voice.first for voice in turn.speakers))


def _end(turn: Said) -> int:
    return max(turn.cue[1], turn.content[-1][1], *(voice.last for voice in turn.speakers))


class _Layout:
    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.tokens = cast.reading.tokens
        text = cast.reading.text
        ends = [0, *(token.end for token in self.tokens)]
        self.lines = [at for at, token in enumerate(self.tokens) if at == 0 or "\n" in text[ends[at] : token.start]]
        self.sentences = cast.reading.sentences
        self.sentence_of = {at: each for each in self.sentences for at in range(each.first, each.last)}

    def transcript(self) -> Iterator[Said]:
        """The turns, where the text is a dialogue: somebody speaks twice, or lines are question and answer."""
        labels = [label for line in range(len(self.lines)) if (label := self._label(line))]
        names = Counter(self._name(label) for label in labels)
        labels = [each for each in labels if self._names_somebody(each) or names[self._name(each)] > 1]
        dialogue = len(labels) > 1 and (len(labels) > len(names) or any(name in _PARTS for name in names))
        if not dialogue:
            return
        lines = [at for at in self.lines if labels[0].line <= at <= labels[-1].line]
        dense = 10 * len(labels) >= DENSE * len(lines)
        for label, following in zip(labels, [*labels[1:], None], strict=True):
            said = self._turn(label, following, dense)
            if said:
                yield said

    def _end_of(self, line: int) -> int:
        return self.lines[line + 1] if line + 1 < len(self.lines) else len(self.tokens)

    def _label(self, line: int) -> _Label | None:
        begin, end = self.lines[line], self._end_of(line)
        first = begin + (self.tokens[begin].text in MARKS)
        for colon in range(first + 1, min(first + LONGEST_LABEL + 1, end - 1)):
            if self.tokens[colon].text == ":":
                label = _Label(begin, first, colon)
                if self._is_dateline(label):
                    return None
                shouted = all(self.tokens[at].text.isupper() for at in range(first, colon) if self._is_word(at))
                return label if shouted or self._names_somebody(label) else None
        return None

    def _is_word(self, at: int) -> bool:
        return self.tokens[at].text[0].isalpha()

    def _is_dateline(self, label: _Label) -> bool:
        known = self.cast.ending(label.colon)
        places = (EntityType.COUNTRY, EntityType.PLACE)
        return known is not None and self.cast.referents[known.referents[0]].type in places

    def _name(self, label: _Label) -> str:
        return " ".join(token.lower for token in self.tokens[label.first : label.colon])

    def _names_somebody(self, label: _Label) -> bool:
        """Whether a label is a person of the article or a part in a dialogue."""
        known = self.cast.ending(label.colon)
        if known is not None and known.first >= label.first and len(known.referents) == 1:
            return self.cast.referents[known.referents[0]].type is EntityType.PERSON and known.start <= label.first
        return self._name(label) in _PARTS

    def _turn(self, label: _Label, following: _Label | None, dense: bool) -> Said | None:
        """What stands behind a label, and the paragraphs behind it that go on with it."""
        marked = label.first > label.line
        parts: list[Part] = []
        for number in range(self.lines.index(label.line), len(self.lines)):
            begin, end = self.lines[number], self._end_of(number)
            if following is not None and begin >= following.line:
                break
            opens = self.tokens[begin].text in MARKS
            if begin != label.line and not (opens if marked else dense and following is not None):
                break
            if self.tokens[begin + opens if begin + opens < end else begin].text in ("(", "["):
                continue
            parts.append(self._trimmed(label.colon + 1 if begin == label.line else begin, end))
        content = tuple(part for part in parts if part[0] < part[1])
        voice = self._voice(label.first, label.colon)
        sentence = self.sentence_of.get(label.colon)
        return _said(sentence, (label.colon, label.colon + 1), content, voice) if content and sentence else None

    def _voice(self, first: int, last: int) -> Voice:
        """Who is named; a family name in capitals is that of the one person of the article who bears it."""
        voice = spoken(self.cast, first, last)
        if voice.referent is not None:
            return voice
        family = self.tokens[last - 1].lower
        bearers = [
            each.number
            for each in self.cast.referents
            if each.type is EntityType.PERSON and each.words and each.words[-1].lower() == family
        ]
        return Voice(first, last, bearers[0]) if len(bearers) == 1 else voice

    def _trimmed(self, first: int, last: int) -> Part:
        while first < last and self.tokens[first].text in MARKS:
            first += 1
        while last > first and self.tokens[last - 1].text in MARKS - OPENING:
            last -= 1
        return first, last

    def signed(self, quotations: Quotations) -> Iterator[Said]:
        """Quotations that fill their lines, with a dash and a name behind them."""
        begins = set(self.lines)
        for quotation in quotations.all:
            dash = quotation.last
            if quotation.open or quotation.first not in begins or dash + 1 >= len(self.tokens):
                continue
            if self.tokens[dash].text not in _DASHES:
                continue
            last = self._end_of_signature(dash + 1, begins)
            sentence = self.sentence_of.get(dash)
            if last is None or sentence is None:
                continue
            voice = spoken(self.cast, dash + 1, last)
            known = next((r for r in self.cast.within(dash + 1, last) if len(r.referents) == 1), None)
            if voice.referent is None and known is not None:
                voice = replace(voice, referent=known.referents[0])
            yield _said(sentence, (dash, dash + 1), ((quotation.first, quotation.last),), voice)

    def _end_of_signature(self, first: int, begins: set[int]) -> int | None:
        """Where the name behind a dash ends; None where no name stands there, but words that go on."""
        last = first + 1
        while last < len(self.tokens) and last not in begins:
            last += 1
        words = self.cast.reading.parsed[first:last]
        told = any(word.tag_ in _FINITE for word in words) or any(word.text in MARKS for word in words)
        if last - first > LONGEST_SIGNATURE or told or not self.tokens[first].text[0].isupper():
            return None
        while last > first + 1 and self.tokens[last - 1].text == ".":
            last -= 1
        return last


def _said(sentence: Sentence, cue: Part, content: tuple[Part, ...], voice: Voice) -> Said:
    return Said(sentence, cue, content, (voice,), "say", laid_out=True)
