"""Spans of words that read like names: the model's, with their edges mended, and those that are known beforehand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from app.domain.entity import EntityType
from app.language.gazetteer import Known, known_at, small_words, title_words
from app.language.geography import PlaceWord
from app.language.name_edges import adjoined, hyphened, lines, parted, trimmed
from app.language.name_heads import headed, of_something, shaped
from app.language.name_words import KIND_OF, KINDS, ORGANIZATION, PEOPLE, PERSON, Proposal, Words, apart


def propose(words: Words) -> list[Proposal]:
    """Spans that do not overlap, in the order of the text."""
    found: list[Proposal] = [
        Proposal(first, last, KINDS[ent.label_])
        for ent in words.reading.parsed.ents
        if ent.label_ in KINDS
        for first, last in lines(words, ent.start, ent.end)
    ]
    steps: tuple[Callable[[Words, list[Proposal]], Iterable[Proposal]], ...] = (
        parted,
        trimmed,
        hyphened,
        _with_known,
        adjoined,
        headed,
        shaped,
        of_something,
        _with_acronyms,
    )
    for step in steps:
        found = apart(step(words, found))
    return found


def _with_known(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
    """What is known beforehand: added where the model saw nothing, and told of where it saw the same words."""
    tokens = words.reading.tokens
    taken = {at: proposal for proposal in found for at in range(proposal.first, proposal.last)}
    told: set[Proposal] = set()
    at = 0
    for sentence in words.reading.sentences:
        at = max(at, sentence.first)
        while at < sentence.last:
            known = known_at(tokens, at, sentence.last)
            if known is None:
                at += 1
                continue
            last, entry = known
            covering = [p for p in dict.fromkeys(taken.get(i) for i in range(at, last)) if p]
            if all(at <= p.first and p.last <= last for p in covering):
                exact = [p for p in covering if (p.first, p.last) == (at, last)]
                if not (exact and last - at == 1 and _may_be_a_person(words, found, exact[0], entry)):
                    told.update(covering)
                    kind = PEOPLE if entry.kind == PlaceWord.DEMONYM else KIND_OF[entry.type]
                    yield Proposal(at, last, kind, entry, sure=True)
            at = last
    yield from (proposal for proposal in found if proposal not in told)


def _may_be_a_person(words: Words, found: list[Proposal], read: Proposal, known: Known) -> bool:
    """Whether the word of a table is rather a person's name: the model reads it as one.

    Of an organisation it is not believed, unless a title stands before the word. It need not say so where the word ends
    a person's name elsewhere.
    """
    tokens, at = words.reading.tokens, read.first
    if known.type is EntityType.ORGANIZATION:
        full = (p for p in found if p.kind == PERSON and p.last - p.first > 1)
        if any(tokens[p.last - 1].text == tokens[at].text for p in full):
            return True
    titled = at > 0 and tokens[at - 1].lower in title_words()
    return read.kind == PERSON and (titled or known.type is not EntityType.ORGANIZATION)


def _with_acronyms(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
    """Capitals alone among small letters, more than once, name a body, save where a table says that they do not."""
    tokens = words.reading.tokens
    times = Counter(token.text for token in tokens)
    taken = {at for proposal in found for at in range(proposal.first, proposal.last)}
    yield from found
    for at in range(len(tokens)):
        if (
            at not in taken
            and words.acronym(at)
            and len(tokens[at].text) > 2
            and times[tokens[at].text] > 1
            and words.tags[at] in ("NNP", "NNPS")
            and tokens[at].text not in small_words()["acronym"]
            and tokens[at].lower not in title_words()
        ):
            yield Proposal(at, at + 1, ORGANIZATION)
