"""Quotations without reporting words of their own: they go on with the statement before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.extraction.quotations import MARKS, Quotation, Quotations
from app.extraction.said import Part, Said
from app.language.pipeline import Reading
from app.language.sentences import Sentence
from app.language.tokens import Token

SHORTEST = 5
"""Fewest tokens, marks included, of a quotation that stands for itself."""

JOINED = 3
"""Most words between reporting words and a second quotation in their sentence ("..., he said, but “...”")."""

_SPOKEN = ("say", "tell", "urge")


def carried_on(
    reading: Reading, quotations: Quotations, found: Sequence[Said], settled: Sequence[Said] = ()
) -> list[Said]:
    """The statements, with the quotations that go on with them, in their sentence or in those behind it.

    ``settled``: statements whose quotations are nobody else's.
    """
    if not quotations.all or not found:
        return list(found)
    carrying = _Carrying(reading, quotations, found)
    parts = [part for said in settled for part in said.content]
    carrying.taken |= {q.first for q in quotations.all if any(a < q.last and q.first < b for a, b in parts)}
    return carrying.all()


class _Carrying:
    def __init__(self, reading: Reading, quotations: Quotations, found: Sequence[Said]) -> None:
        self.reading = reading
        self.quotations = quotations
        self.statements = list(found)
        self.sentences = reading.sentences
        self.sentence_of = {
            at: sentence for sentence in reading.sentences for at in range(sentence.first, sentence.last)
        }
        self.speaking: dict[int, int] = {}
        """The statement whose quotation a sentence gives last, by the number of the sentence."""
        self.taken: set[int] = set()
        for number, said in enumerate(self.statements):
            self._note(number, said)

    def _note(self, number: int, said: Said) -> None:
        if said.kind not in _SPOKEN or not said.speakers or self.quotations.holding(said.cue[0]):
            return
        for first, last in said.content:
            for held in (self.quotations.holding(first), self.quotations.holding(last - 1)):
                if held is not None:
                    self.taken.add(held.first)
                    for at in (held.last - 1, said.cue[0]):
                        sentence = self.sentence_of.get(at)
                        if sentence is not None:
                            self.speaking[sentence.number] = number

    def all(self) -> list[Said]:
        """The statements, carried on."""
        before: Quotation | None = None
        for quotation in self.quotations.all:
            if quotation.first not in self.taken and quotation.last - quotation.first >= SHORTEST:
                number = self._owner(quotation, before)
                if number is not None:
                    said = self.statements[number]
                    self._put(number, (*said.content, (quotation.first, quotation.last)))
            before = quotation
        self._lead_on()
        return self.statements

    def _put(self, number: int, content: tuple[Part, ...]) -> None:
        self.statements[number] = replace(self.statements[number], content=content)
        self._note(number, self.statements[number])

    def _lead_on(self) -> None:
        """Give quotations that their paragraph leaves open to who is named in the paragraph behind them."""
        owners = {first: number for number, said in enumerate(self.statements) for first, _ in said.content}
        everything = self.quotations.all
        for at in range(len(everything) - 2, -1, -1):
            quotation, behind = everything[at], everything[at + 1]
            number = owners.get(behind.first)
            if not quotation.open or quotation.first in self.taken or number is None or behind.first != quotation.last:
                continue
            self._put(number, ((quotation.first, quotation.last), *self.statements[number].content))
            owners[quotation.first] = number

    def _owner(self, quotation: Quotation, before: Quotation | None) -> int | None:
        sentence = self.sentence_of.get(quotation.first)
        end = self.sentence_of.get(quotation.last - 1)
        if sentence is None or end is None:
            return None
        number = self.speaking.get(sentence.number)
        if number is not None:
            behind = max(self.statements[number].cue[1], *(v.last for v in self.statements[number].speakers))
            near = behind < quotation.first <= behind + JOINED
            return number if near or self._resumes(number, quotation) else None
        if not self._alone(quotation, sentence, end) or sentence.number == 0:
            return None
        previous = self.sentences[sentence.number - 1]
        if previous.paragraph == sentence.paragraph:
            return self.speaking.get(previous.number)
        whole = end.number + 1 == len(self.sentences) or self.sentences[end.number + 1].paragraph != sentence.paragraph
        if whole or (before is not None and before.open and before.last >= previous.last):
            return self.speaking.get(previous.number)
        return None

    def _resumes(self, number: int, quotation: Quotation) -> bool:
        """Whether a quotation goes on in small letters with one that a comma left unfinished in its sentence."""
        said, tokens = self.statements[number], self.reading.tokens
        last = said.content[-1][1]
        unfinished = last >= 2 and tokens[last - 1].text in MARKS and tokens[last - 2].text == ","
        return unfinished and said.cue[1] < quotation.first and tokens[quotation.first + 1].text[0].islower()

    def _alone(self, quotation: Quotation, sentence: Sentence, end: Sentence) -> bool:
        """Whether no words stand before the quotation in its sentence, or behind it in that in which it ends."""
        tokens = self.reading.tokens
        outside = (*tokens[sentence.first : quotation.first], *self._rest_of_line(quotation.last, end.last))
        return not any(token.text[0].isalnum() for token in outside)

    def _rest_of_line(self, at: int, end: int) -> Sequence[Token]:
        tokens, text = self.reading.tokens, self.reading.text
        last = at
        while last < end and "\n" not in text[tokens[last - 1].end : tokens[last].start]:
            last += 1
        return tokens[at:last]
