"""Who is reported to say what: reporting words, their speakers and their contents, by shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from app.domain.article import Article
from app.domain.entity import MentionForm
from app.domain.evidence import Span
from app.domain.facts import statement_id
from app.domain.statement import Speaker, Statement, StatementForm
from app.extraction.entities import Cast, Reference
from app.extraction.parties import actor_nouns
from app.extraction.patterns import Matcher
from app.extraction.tables import rows, word_set
from app.language.pipeline import Sentence, Token

_OPEN = frozenset('"“‘``')
_CLOSE = frozenset("\"”’''")
_ADVERBS = word_set("statements.adverbs")
_TIME = word_set("statements.time")


@dataclass(frozen=True, slots=True)
class Said:
    """A statement found: tokens of its cue, its content and its speakers, in one sentence."""

    sentence: Sentence
    cue: tuple[int, int]
    content: tuple[int, int]
    speakers: tuple[tuple[int, int, int | None], ...]
    """First and last token of a speaker, and the referent's number."""


@cache
def _cues() -> Matcher:
    return Matcher(rows("reporting.tsv"))


def find_statements(cast: Cast) -> list[Said]:
    """All statements, in the order of the text."""
    found = [said for sentence in cast.reading.sentences for said in _in_sentence(cast, sentence)]
    return [said for said in found if said.content[0] < said.content[1]]


def _in_sentence(cast: Cast, sentence: Sentence) -> Iterator[Said]:
    tokens = cast.reading.tokens
    at = sentence.first
    for accordance in range(sentence.first, sentence.last - 2):
        if tokens[accordance].lower == "according" and tokens[accordance + 1].lower == "to":
            yield from _according(cast, sentence, accordance)
            return
    for match in _cues().find(tokens, sentence.first, sentence.last):
        if match.first < at:
            continue
        found = _said(cast, sentence, match.first)
        if found:
            yield found
            at = max(found.content[1], found.cue[1]) if found.content[0] > found.cue[0] else found.cue[1]
            if found.content[0] < found.cue[0]:
                return


def _according(cast: Cast, sentence: Sentence, at: int) -> Iterator[Said]:
    tokens = cast.reading.tokens
    speaker = _noun_phrase(cast, sentence, at + 2)
    if speaker is None:
        return
    if at - sentence.first < 3:
        begin = speaker[1] + (speaker[1] < sentence.last and tokens[speaker[1]].text == ",")
        content = (begin, sentence.last)
    else:
        content = (sentence.first, at - (tokens[at - 1].text == ","))
    if content[0] < content[1]:
        yield Said(sentence, (at, at + 2), content, (speaker,))


def _said(cast: Cast, sentence: Sentence, cue: int) -> Said | None:
    """The statement that a reporting verb reports: speaker before it, or after it when it is inverted."""
    tokens = cast.reading.tokens
    before = _speaker_before(cast, sentence, cue)
    end = cue + 1
    following = tokens[end].lower if end < sentence.last else ""
    if before is None:
        after = _noun_phrase(cast, sentence, end)
        comma = cue > sentence.first and tokens[cue - 1].text in (",", "?", "!", *_CLOSE)
        if after is None or not comma:
            return None
        return Said(sentence, (cue, end), _trimmed(cast, sentence.first, cue), (after,))
    first = before[0]
    if first > sentence.first + 2 and tokens[first - 1].text in (",", *_CLOSE) and _ends_here(cast, sentence, end):
        return Said(sentence, (cue, end), _trimmed(cast, sentence.first, first), (before,))
    begin = _content_begin(tokens, sentence, end, following)
    if begin is None:
        return None
    return Said(sentence, (cue, end), _trimmed(cast, begin, sentence.last), (before,))


def _content_begin(tokens: tuple[Token, ...], sentence: Sentence, end: int, following: str) -> int | None:
    """Where the content behind a reporting verb begins: after "that", a colon, a quotation mark, or at once."""
    for ahead in range(end, min(end + 9, sentence.last)):
        if tokens[ahead].lower == "that" or tokens[ahead].text in (":", *_OPEN):
            return ahead + 1 if tokens[ahead].text == ":" else ahead
    if following in ("of", "to", "as", "by", "with", ".", "against"):
        return None
    begin = end
    while begin < sentence.last and (tokens[begin].lower in _TIME or tokens[begin].text == ","):
        if tokens[begin].lower in ("a", "an", "the") and tokens[begin - 1].lower not in ("in", "on", "at", "during"):
            break
        begin += 1
    return begin if begin < sentence.last - 2 else None


def _ends_here(cast: Cast, sentence: Sentence, end: int) -> bool:
    """Whether a sentence ends soon after a reporting verb, so that what it reports stands before."""
    tokens = cast.reading.tokens
    rest = [t for t in tokens[end : sentence.last] if t.text not in (".", *_CLOSE)]
    return len(rest) <= 12 and not any(t.lower == "that" or t.text in _OPEN for t in rest)


def _trimmed(cast: Cast, first: int, last: int) -> tuple[int, int]:
    tokens = cast.reading.tokens
    while last > first and tokens[last - 1].text in (",", ".", " "):
        last -= 1
    return first, last


def _speaker_before(cast: Cast, sentence: Sentence, cue: int) -> tuple[int, int, int | None] | None:
    tokens = cast.reading.tokens
    at = cue
    while at > sentence.first and (tokens[at - 1].lower in _ADVERBS or tokens[at - 1].lower.endswith("ly")):
        at -= 1
    if at > sentence.first and tokens[at - 1].text == ",":  # "X, the head of Y, said"
        return _before_apposition(cast, sentence, at - 1)
    reference = _reference_ending(cast, at)
    if reference:
        return reference.start, at, reference.referents[0] if len(reference.referents) == 1 else None
    if at > sentence.first and tokens[at - 1].lower in _speaking_nouns():
        return _phrase_back(cast, sentence, at)
    return None


_UNNAMED = word_set("statements.unnamed")


@cache
def _speaking_nouns() -> frozenset[str]:
    return _UNNAMED | frozenset(actor_nouns())


def _reference_ending(cast: Cast, last: int) -> Reference | None:
    reference = cast.ending(last)
    if reference and reference.form is not MentionForm.DEMONYM:
        return reference
    return None


def _before_apposition(cast: Cast, sentence: Sentence, comma: int) -> tuple[int, int, int | None] | None:
    tokens = cast.reading.tokens
    for at in range(comma - 1, max(sentence.first, comma - 22), -1):
        if tokens[at].text == ",":
            reference = _reference_ending(cast, at)
            return (
                (reference.start, at, reference.referents[0]) if reference and len(reference.referents) == 1 else None
            )
    return None


def _phrase_back(cast: Cast, sentence: Sentence, end: int) -> tuple[int, int, int | None]:
    """An unnamed source ("a Thai official", "the ministry"): back to its article; of its country where it names one."""
    tokens = cast.reading.tokens
    at = end - 1
    while at > sentence.first and end - at < 8 and tokens[at - 1].text not in (",", ".", *_OPEN, *_CLOSE, ";", ":"):
        at -= 1
        if tokens[at].lower in ("a", "an", "the", "some", "his", "their"):
            break
    inside = cast.within(at, end)
    return at, end, inside[0].referents[0] if inside else None


def _noun_phrase(cast: Cast, sentence: Sentence, at: int) -> tuple[int, int, int | None] | None:
    """The noun phrase that begins at a token: a reference, or words up to an actor noun."""
    tokens = cast.reading.tokens
    begin = at
    for ahead in range(at, min(at + 8, sentence.last)):
        reference = cast.beginning(ahead)
        if reference and reference.form is not MentionForm.DEMONYM and tokens[reference.last - 1].text != "'s":
            following = tokens[reference.last].text if reference.last < sentence.last else ""
            if following not in ("'s", "'"):
                return begin, reference.last, reference.referents[0] if len(reference.referents) == 1 else None
        if tokens[ahead].lower in _speaking_nouns():
            inside = cast.within(begin, ahead + 1)
            return begin, ahead + 1, inside[0].referents[0] if inside else None
        if tokens[ahead].text in (",", ".", ";"):
            return None
    return None


def statements(cast: Cast, article: Article, ids: dict[int, str], found: list[Said]) -> tuple[Statement, ...]:
    """Records of the statements found; each id once."""
    text, tokens = article.text, cast.reading.tokens
    records: dict[str, Statement] = {}
    for said in found:
        cue = (_span(text, tokens, said.cue),)
        content = (_span(text, tokens, said.content),)
        speakers = tuple(
            Speaker(_span(text, tokens, (first, last)), ids[n] if n is not None else None)
            for first, last, n in said.speakers
        )
        identity = statement_id(article, cue, content)
        records[identity] = Statement(identity, _form(tokens, said), speakers, cue, content)
    return tuple(records.values())


def _form(tokens: tuple[Token, ...], said: Said) -> StatementForm:
    first, last = said.content
    quotes = sum(t.text in _OPEN | _CLOSE for t in tokens[first:last])
    if quotes == 0:
        return StatementForm.INDIRECT
    return (
        StatementForm.DIRECT
        if tokens[first].text in _OPEN and tokens[last - 1].text in _CLOSE | {",", "."}
        else StatementForm.MIXED
    )


def _span(text: str, tokens: tuple[Token, ...], part: tuple[int, int]) -> Span:
    return Span.of(text, tokens[part[0]].start, tokens[part[1] - 1].end)
