"""Who is reported to say what: reporting words, their speakers and their contents, by shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from app.domain.article import Article
from app.domain.evidence import Span
from app.domain.facts import statement_id
from app.domain.statement import Speaker, Statement, StatementForm
from app.extraction.entities import Cast
from app.extraction.patterns import Match, Matcher
from app.extraction.speakers import Voice, phrase_after, phrase_before
from app.extraction.tables import rows, word_set
from app.language.sentences import Sentence

OPENING = frozenset({'"', "“", "``"})
CLOSING = frozenset({'"', "”", "''"})
_AUXILIARIES = word_set("statements.auxiliaries")
_TIMES = word_set("statements.times")
_NOT_CONTENT = word_set("statements.not_content")
SHORT_REST = 12
"""Most tokens behind a reporting verb for what it reports to be looked for before it."""

LONGEST_QUOTATION = 20
"""Most sentences that one quotation runs over."""

Part = tuple[int, int]
"""Tokens from the first up to, not including, the last."""


@dataclass(frozen=True, slots=True)
class Said:
    """A statement found. ``kind``: say, urge, want or think; ``within``: the place of the statement that reports it."""

    sentence: Sentence
    cue: Part
    content: tuple[Part, ...]
    speakers: tuple[Voice, ...]
    kind: str
    within: int | None = None


@cache
def _cues() -> Matcher:
    return Matcher(rows("reporting.tsv"))


def find_statements(cast: Cast) -> list[Said]:
    """All statements, in the order of the text."""
    found: list[Said] = []
    for sentence in cast.reading.sentences:
        here = _Here(cast, sentence).statements(len(found))
        if here:
            here[0] = _with_quote_before(cast, here[0])
            here[-1] = _with_quote_behind(cast, here[-1])
            found.extend(here)
        elif found and _continues(cast, found[-1], sentence):
            content = (sentence.first, _trimmed(cast, sentence.first, sentence.last)[1])
            found[-1] = replace(found[-1], sentence=sentence, content=(*found[-1].content, content))
    return found


class _Here:
    """The statements of one sentence."""

    def __init__(self, cast: Cast, sentence: Sentence) -> None:
        self.cast = cast
        self.tokens = cast.reading.tokens
        self.sentence = sentence
        self.found: list[Said] = []
        self.end = sentence.last
        """Where the words end that the verbs of the sentence can report: before ", the source said"."""

    def statements(self, before: int) -> list[Said]:
        """Those found, with the number of statements ``before`` this sentence to count from."""
        for said in self._according():
            self.found.append(said)
        self.end = self._final()
        at = self.sentence.first
        for match in _cues().find(self.tokens, self.sentence.first, self.sentence.last):
            if match.first < at or match.first >= self.end:
                continue
            reported = self._said(match)
            if reported and all(first < last for first, last in reported.content):
                self.found.append(replace(reported, within=self._within(reported, before)))
                at = reported.cue[1]
        return self.found

    def _final(self) -> int:
        """Find the attribution that closes the sentence; where the words before it end."""
        matches = [
            m for m in _cues().find(self.tokens, self.sentence.first, self.sentence.last) if m.row["kind"] == "say"
        ]
        for match in reversed(matches):
            said = self._said(match) if match.first > self.sentence.first + 2 else None
            if said and said.content[0][0] == self.sentence.first and said.content[0][1] <= said.cue[0]:
                self.found.append(said)
                return said.content[0][1]
        return self.sentence.last

    def _within(self, said: Said, before: int) -> int | None:
        """The innermost statement found before in whose content a cue stands."""
        for number in range(len(self.found) - 1, -1, -1):
            if any(first <= said.cue[0] < last for first, last in self.found[number].content):
                return before + number
        return None

    def _according(self) -> Iterator[Said]:
        first, last = self.sentence.first, self.sentence.last
        for at in range(first, last - 2):
            if self.tokens[at].lower != "according" or self.tokens[at + 1].lower != "to":
                continue
            voice = phrase_after(self.cast, self.sentence, at + 2)
            if voice is None:
                return
            leads = at - first < 3
            begin = voice.last + (self._text(voice.last) == ",")
            part = _trimmed(self.cast, begin, last) if leads else _trimmed(self.cast, first, at)
            if part[0] < part[1]:
                yield Said(self.sentence, (at, at + 2), (part,), (voice,), "say")
            return

    def _text(self, at: int) -> str:
        return self.tokens[at].text if at < self.sentence.last else ""

    def _said(self, match: Match) -> Said | None:
        kind = match.row["kind"]
        begin = self._cue_begin(match.first)
        cue = (begin, match.last)
        before = self._text(begin - 1).lower() if begin > self.sentence.first else ""
        if before in ("to", "of", "for", "the", "a", "its", "their", "his", "her"):
            return None
        if self.tokens[match.first].lower.endswith("ing") and begin == match.first:
            return self._participle(cue, kind)
        if before in ("and", "but") and self.found:
            return self._coordinated(cue, kind, begin - 1)
        voices = phrase_before(self.cast, self.sentence, begin)
        if not voices:
            return self._inverted(cue, kind)
        if kind == "say" and self._reports_backwards(voices[0].first, match.last):
            content = _trimmed(self.cast, self.sentence.first, voices[0].first)
            return Said(self.sentence, cue, (content,), voices, kind)
        return self._forwards(cue, kind, voices)

    def _cue_begin(self, at: int) -> int:
        while at > self.sentence.first and (
            self.tokens[at - 1].lower in _AUXILIARIES or self.tokens[at - 1].lower.endswith("ly")
        ):
            at -= 1
        return at

    def _forwards(self, cue: Part, kind: str, voices: tuple[Voice, ...]) -> Said | None:
        begin = self._content_begin(cue[1], kind)
        if begin is None:
            return None
        return Said(self.sentence, cue, (_trimmed(self.cast, begin, self._content_end(begin)),), voices, kind)

    def _content_end(self, begin: int) -> int:
        """The end of the sentence, or of a quotation that ends before more is told."""
        if self._text(begin) in OPENING:
            for at in range(begin + 2, self.sentence.last):
                if self.tokens[at].text in CLOSING and self._text(at + 1).lower() in (",", "and", "in", "as"):
                    return at + 1
        return self.end

    def _participle(self, cue: Part, kind: str) -> Said | None:
        """A participle, "..., adding that": said by the subject of the sentence."""
        if self._text(cue[0] - 1) not in (",", *CLOSING) or kind not in ("say", "urge"):
            return None
        voices = self.found[-1].speakers if self.found else self._subject()
        return self._forwards(cue, kind, voices) if voices else None

    def _subject(self) -> tuple[Voice, ...]:
        for reference in self.cast.within(self.sentence.first, min(self.sentence.first + 4, self.sentence.last)):
            number = reference.referents[0] if len(reference.referents) == 1 else None
            return (Voice(reference.start, reference.last, number),)
        return ()

    def _coordinated(self, cue: Part, kind: str, conjunction: int) -> Said | None:
        """A second verb, "said ... and added ...": by the same speaker; the first content ends before it."""
        first = self.found[-1]
        said = self._forwards(cue, kind, first.speakers)
        start, end = first.content[-1]
        if said and start < conjunction < end:
            self.found[-1] = replace(first, content=(*first.content[:-1], _trimmed(self.cast, start, conjunction)))
        return said

    def _inverted(self, cue: Part, kind: str) -> Said | None:
        """The verb before its speaker: "..., said Ana Ruiz"."""
        if cue[0] <= self.sentence.first or self._text(cue[0] - 1) not in (",", "?", "!", *CLOSING):
            return None
        voice = phrase_after(self.cast, self.sentence, cue[1])
        if voice is None or kind != "say":
            return None
        parts = [_trimmed(self.cast, self.sentence.first, cue[0])]
        end = voice.last + (self._text(voice.last) in (",", "."))
        if self._text(end) in OPENING:
            parts.append(_trimmed(self.cast, end, self.sentence.last))
        return Said(self.sentence, cue, tuple(parts), (voice,), kind)

    def _reports_backwards(self, speaker: int, end: int) -> bool:
        """Whether a comma or a quotation ends before the speaker, and nothing that is reported follows the verb."""
        if speaker <= self.sentence.first + 1 or self._text(speaker - 1) not in (",", *CLOSING):
            return False
        rest = [t for t in self.tokens[end : self.sentence.last] if t.text not in (".", *CLOSING)]
        return len(rest) <= SHORT_REST and not any(
            t.lower == "that" or t.text in OPENING or t.text == ":" for t in rest
        )

    def _content_begin(self, end: int, kind: str) -> int | None:
        """Where the content behind a reporting verb begins: after a time or an addressee, at "that" or at once."""
        at = end
        while at < self.sentence.last and self.tokens[at].lower in _TIMES:
            at += 1
        if kind == "tell" or (kind == "say" and at > end):
            for ahead in range(end, min(end + 9, self.sentence.last)):
                if self.tokens[ahead].lower == "that" or self.tokens[ahead].text in OPENING:
                    return ahead
            if kind == "tell":
                reference = self.cast.beginning(end)
                at = reference.last if reference else end + 1 + (self._text(end).lower() in ("the", "a", "his", "her"))
        if self._text(at) in (":", ","):
            at += 1
        if kind == "say" and self._text(at).lower() in _NOT_CONTENT:
            return None
        return at if at < self.sentence.last - 1 else None


def _with_quote_before(cast: Cast, said: Said) -> Said:
    """A quotation that ends in the sentence of its cue but began in one before belongs to it as a whole."""
    tokens = cast.reading.tokens
    first, last = said.content[0]
    if tokens[last - 1].text not in CLOSING or any(tokens[i].text in OPENING for i in range(first, last - 1)):
        return said
    number = said.sentence.number
    for sentence in reversed(cast.reading.sentences[max(0, number - LONGEST_QUOTATION) : number]):
        if sentence.paragraph != said.sentence.paragraph:
            return said
        if tokens[sentence.first].text in OPENING:
            return replace(said, content=((sentence.first, last), *said.content[1:]))
    return said


def _with_quote_behind(cast: Cast, said: Said) -> Said:
    """A quotation that is opened in the sentence of its cue, or right behind it, and closed in one that follows."""
    tokens, sentences = cast.reading.tokens, cast.reading.sentences
    first, last = said.content[-1]
    opened = [t.text for t in tokens[first:last] if t.text in OPENING | CLOSING]
    if len(opened) != 1 or opened[0] not in OPENING or last < said.sentence.last - 2:
        return said
    number = said.sentence.number + 1
    for sentence in sentences[number : number + LONGEST_QUOTATION]:
        if sentence.paragraph != said.sentence.paragraph:
            return said
        for at in range(sentence.first, sentence.last):
            if tokens[at].text in CLOSING:
                return replace(said, content=(*said.content[:-1], (first, at + 1)))
    return said


def _continues(cast: Cast, said: Said, sentence: Sentence) -> bool:
    """Whether a sentence without a cue goes on with the quotation of the sentence before."""
    tokens = cast.reading.tokens
    if sentence.number != said.sentence.number + 1 or said.kind not in ("say", "tell"):
        return False
    quoted = any(tokens[i].text in OPENING for first, last in said.content for i in range(first, last))
    return quoted and tokens[sentence.first].text in OPENING


def _trimmed(cast: Cast, first: int, last: int) -> Part:
    tokens = cast.reading.tokens
    while last > first and tokens[last - 1].text in (",", ".", " "):
        last -= 1
    return first, last


def statements(cast: Cast, article: Article, ids: dict[int, str], found: list[Said]) -> tuple[Statement, ...]:
    """Records of the statements found; each id once."""
    text = article.text
    records: dict[str, Statement] = {}
    for said, identity in zip(found, identities(cast, article, found), strict=True):
        parent = identity_of(cast, article, found[said.within]) if said.within is not None else None
        records[identity] = Statement(
            identity,
            _form(cast, said),
            tuple(
                Speaker(_span(cast, text, (v.first, v.last)), ids[v.referent] if v.referent is not None else None)
                for v in said.speakers
            ),
            (_span(cast, text, said.cue),),
            tuple(_span(cast, text, part) for part in said.content),
            nested_in=parent if parent != identity else None,
        )
    return tuple(records.values())


def identities(cast: Cast, article: Article, found: list[Said]) -> list[str]:
    """The id of each statement."""
    return [identity_of(cast, article, said) for said in found]


def identity_of(cast: Cast, article: Article, said: Said) -> str:
    """The id of a statement."""
    parts = [_span(cast, article.text, part) for part in said.content]
    return statement_id(article, (_span(cast, article.text, said.cue),), parts)


def _form(cast: Cast, said: Said) -> StatementForm:
    tokens = cast.reading.tokens
    quoted = [any(t.text in OPENING | CLOSING for t in tokens[first:last]) for first, last in said.content]
    if not any(quoted):
        return StatementForm.INDIRECT
    whole = all(tokens[f].text in OPENING and tokens[e - 1].text in CLOSING for f, e in said.content)
    return StatementForm.DIRECT if whole else StatementForm.MIXED


def _span(cast: Cast, text: str, part: Part) -> Span:
    tokens = cast.reading.tokens
    return Span.of(text, tokens[part[0]].start, tokens[part[1] - 1].end)
