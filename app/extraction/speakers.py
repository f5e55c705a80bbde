"""The noun phrase that speaks: before a reporting verb, or behind it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from app.domain.entity import MentionForm
from app.extraction.entities import Cast, Reference
from app.extraction.scene import actor_nouns
from app.extraction.tables import word_set
from app.language.sentences import Sentence

LONGEST_PHRASE = 7
"""Most tokens of an unnamed source ("a senior official of the ministry")."""

LONGEST_APPOSITION = 22
"""Most tokens between the commas of "X, the head of Y, said"."""

_UNNAMED = word_set("statements.unnamed")
_BEGINS = word_set("speakers.begins")
_ENDS = word_set("speakers.ends")


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker: tokens ``[first, last)``, and the number of the referent where it is known."""

    first: int
    last: int
    referent: int | None


@cache
def _nouns() -> frozenset[str]:
    return _UNNAMED | frozenset(actor_nouns())


def phrase_before(cast: Cast, sentence: Sentence, at: int) -> tuple[Voice, ...]:
    """Who stands right before token ``at``: one speaker, or several joined by "and"; none where nobody can speak."""
    tokens = cast.reading.tokens
    if at <= sentence.first:
        return ()
    if tokens[at - 1].text == ",":
        return _before_apposition(cast, sentence, at - 1)
    reference = _named(cast, cast.ending(at))
    if reference:
        voice = _voice(reference)
        return (*_joined(cast, sentence, reference), voice)
    if tokens[at - 1].lower in _nouns() or _whole_subject(cast, sentence, at):
        return _unnamed(cast, sentence, at)
    return ()


def phrase_after(cast: Cast, sentence: Sentence, at: int) -> Voice | None:
    """Who stands from token ``at`` on: a name with its title, or words up to a noun for one who can speak."""
    tokens = cast.reading.tokens
    for ahead in range(at, min(at + 10, sentence.last)):
        reference = _named(cast, cast.beginning(ahead))
        if reference and (reference.last >= sentence.last or tokens[reference.last].text not in ("'s", "'", "-")):
            return Voice(at, reference.last, _single(reference))
        following = tokens[ahead + 1].lower if ahead + 1 < sentence.last else ""
        if tokens[ahead].lower in _nouns() and following not in _nouns() and not cast.beginning(ahead + 1):
            inside = [r for r in cast.within(at, ahead + 1) if len(r.referents) == 1]
            return Voice(at, ahead + 1, inside[0].referents[0] if inside else None)
        if tokens[ahead].text in (",", ".", ";"):
            return None
    return None


def _single(reference: Reference) -> int | None:
    return reference.referents[0] if len(reference.referents) == 1 else None


def _voice(reference: Reference) -> Voice:
    return Voice(reference.start, reference.last, _single(reference))


def _named(cast: Cast, reference: Reference | None) -> Reference | None:
    return reference if reference and reference.form is not MentionForm.DEMONYM else None


def _joined(cast: Cast, sentence: Sentence, reference: Reference) -> tuple[Voice, ...]:
    """The speaker before "and", where a name or a title stands there."""
    if reference.start - 1 <= sentence.first or cast.reading.tokens[reference.start - 1].lower != "and":
        return ()
    other = _named(cast, cast.ending(reference.start - 1))
    return (_voice(other),) if other and other.first >= sentence.first else ()


def _before_apposition(cast: Cast, sentence: Sentence, comma: int) -> tuple[Voice, ...]:
    tokens = cast.reading.tokens
    for at in range(comma - 1, max(sentence.first, comma - LONGEST_APPOSITION), -1):
        if tokens[at].text == ",":
            reference = _named(cast, cast.ending(at))
            return (_voice(reference),) if reference and reference.first >= sentence.first else ()
    return ()


def _whole_subject(cast: Cast, sentence: Sentence, at: int) -> bool:
    """Whether a short phrase with an article and without a verb reaches back to where its clause begins."""
    tokens = cast.reading.tokens
    begin = _begin(cast, sentence, at)
    words = [token.lower for token in tokens[begin:at]]
    return 1 < len(words) < LONGEST_PHRASE and words[0] in _BEGINS and not any(word in _ENDS for word in words)


def _unnamed(cast: Cast, sentence: Sentence, at: int) -> tuple[Voice, ...]:
    """An unnamed source; of the state or body that its phrase names."""
    begin = _begin(cast, sentence, at)
    if begin >= at:
        return ()
    inside = [r for r in cast.within(begin, at) if len(r.referents) == 1]
    return (Voice(begin, at, inside[0].referents[0] if inside else None),)


def _begin(cast: Cast, sentence: Sentence, at: int) -> int:
    tokens = cast.reading.tokens
    begin = at
    while begin > sentence.first and at - begin < LONGEST_PHRASE + 2:
        word = tokens[begin - 1]
        if word.lower in _ENDS or word.text in (",", ".", ";", ":", "“", "”", '"', "(", ")"):
            break
        begin -= 1
        if word.lower in _BEGINS and not _continues(cast, begin):
            break
    return begin


def _continues(cast: Cast, at: int) -> bool:
    """Whether "of" or a like word before an article makes the phrase go on to its left."""
    return at > 0 and cast.reading.tokens[at - 1].lower in ("of", "for", "at", "from", "to")
