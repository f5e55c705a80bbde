"""Whole names of bodies and places, by their head words: "Dubai Police", "Ministry of Trade of Peru"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.domain.entity import EntityType
from app.language.gazetteer import head_words, known_at, title_words
from app.language.geography import PlaceWord
from app.language.name_words import KIND_OF, LONGEST_NAME, ORGANIZATION, PERSON, PLACE, Proposal, Words


def headed(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
    """Names that end in a head word: "Dubai" and "Police" are one body, "Laja" and "River" one place."""
    tokens = words.reading.tokens
    starts = {proposal.first: proposal for proposal in found}
    for proposal in found:
        last = proposal.last
        stop, kind = last, proposal.kind
        while stop < len(tokens) and words.next_to(stop) and stop - proposal.first < LONGEST_NAME:
            following = starts.get(stop)
            if following:
                stop = following.last
            elif words.capital(stop) and words.tags[stop] in ("NNP", "NNPS", "NN", "NNS", "JJ"):
                stop += 1
            else:
                break
            head = head_words().get(tokens[stop - 1].text)
            if head and head[1] != "first" and stop not in words.shouted and not _titled(words, stop):
                last, kind = stop, KIND_OF[head[0]]
        changed = last != proposal.last
        yield replace(
            proposal,
            last=last,
            kind=kind,
            known=None if changed else proposal.known,
            sure=changed or proposal.sure,
        )


def shaped(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
    """Runs of capitals that the model passed over and that end in a head word: "the Carnation Revolution"."""
    tokens = words.reading.tokens
    yield from found
    taken = {at for proposal in found for at in range(proposal.first, proposal.last)}
    at = 0
    while at < len(tokens):
        end = _capitals_end(words, at)
        last = next((i for i in range(end, at + 1, -1) if _heads(tokens[i - 1].text) and not _titled(words, i)), at)
        if (
            last > at + 1
            and not taken.intersection(range(at, last))
            and not words.shouted.intersection(range(at, last))
        ):
            yield Proposal(at, last, KIND_OF[head_words()[tokens[last - 1].text][0]])
        at = max(end, at + 1)


def _titled(words: Words, at: int) -> bool:
    """Whether a title goes on here: "Defense" before "Minister" ends no name."""
    tokens = words.reading.tokens
    return at < len(tokens) and tokens[at].lower in title_words()


def _heads(word: str) -> bool:
    return word in head_words() and head_words()[word][1] != "first"


def of_something(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
    """Bodies with what follows: "Ministry of Trade and Industry of Peru", "Air Force and Air Defense"."""
    tokens = words.reading.tokens
    starts = {proposal.first: proposal for proposal in found}
    for proposal in found:
        last = proposal.last
        head = head_words().get(tokens[last - 1].text)
        if head and head[0] is EntityType.ORGANIZATION and proposal.kind == ORGANIZATION:
            last = _branch_end(words, last)
            last = _subject_end(words, last, starts) if head[1] == "any" else last
            last = _country_end(words, last)
        elif proposal.kind == ORGANIZATION and not proposal.known:
            last = _country_end(words, _subjects_end(words, proposal.first, last))
        yield replace(proposal, last=last)


def _branch_end(words: Words, stop: int) -> int:
    """The end of "Air Force and Air Defense": two branches under one name."""
    tokens = words.reading.tokens
    if stop + 2 < len(tokens) and tokens[stop].lower == "and" and tokens[stop - 1].text in ("Force", "Navy", "Army"):
        end = stop + 1
        while end < len(tokens) and words.capital(end):
            end += 1
        if end > stop + 2 and (tokens[end - 1].text in head_words() or tokens[end - 1].text in ("Defense", "Defence")):
            return end
    return stop


def _subject_end(words: Words, stop: int, starts: dict[int, Proposal]) -> int:
    """The end of "Ministry of Foreign Affairs", "Ministry of Industry, Mining and Trade"."""
    tokens = words.reading.tokens
    if stop + 1 >= len(tokens) or tokens[stop].lower not in ("of", "for") or stop in words.broken:
        return stop
    begin = stop + 1 + (tokens[stop + 1].lower == "the")
    end = _capitals_end(words, begin)
    if end == begin or known_at(tokens, begin, end) or (begin in starts and starts[begin].kind in (PERSON, PLACE)):
        return stop
    while end + 1 < len(tokens) and tokens[end].text in (",", "and", "&"):
        further = _capitals_end(words, end + 1)
        if further == end + 1 or known_at(tokens, end + 1, further):
            break
        if tokens[end].text == "," and not _list_goes_on(words, further):
            break
        end = further
    return end


def _subjects_end(words: Words, first: int, stop: int) -> int:
    """The end of "Institute of Geology and Mining", of which the name so far ends at "Geology"."""
    tokens = words.reading.tokens
    of = next((at for at in range(first + 1, stop) if tokens[at].lower in ("of", "for")), stop)
    head = head_words().get(tokens[of - 1].text)
    if (
        of == stop
        or head is None
        or head[1] != "any"
        or stop + 1 >= len(tokens)
        or tokens[stop].lower not in ("and", "&")
    ):
        return stop
    end = _capitals_end(words, stop + 1)
    other = end == stop + 1 or known_at(tokens, stop + 1, end) or _heads(tokens[end - 1].text)
    return stop if other or _titled(words, end) else end


def _list_goes_on(words: Words, at: int) -> bool:
    """Whether "and" and a capital follow: a comma alone joins no subject."""
    tokens = words.reading.tokens
    return at + 1 < len(tokens) and tokens[at].text in ("and", "&", ",") and words.capital(at + 1)


def _capitals_end(words: Words, at: int) -> int:
    tokens = words.reading.tokens
    begin = at
    while at < len(tokens) and at - begin < LONGEST_NAME and words.capital(at) and (at == begin or words.next_to(at)):
        at += 1
    return at


def _country_end(words: Words, stop: int) -> int:
    tokens = words.reading.tokens
    if stop + 1 < len(tokens) and tokens[stop].lower == "of" and stop not in words.broken:
        begin = stop + 1 + (tokens[stop + 1].lower == "the")
        found = known_at(tokens, begin, len(tokens)) if begin < len(tokens) else None
        if found and found[1].country and found[1].kind == PlaceWord.NAME:
            return found[0]
    return stop
