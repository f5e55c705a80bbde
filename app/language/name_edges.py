"""Where names begin and end: what the model took in or left out beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.domain.entity import EntityType
from app.language.bearers import charge_end, is_charge, is_office, is_titled_person
from app.language.gazetteer import Known, head_words, known_at, particles, title_words
from app.language.geography import PlaceWord
from app.language.name_words import EDGES, LONGEST_NAME, ORGANIZATION, PERSON, PLACE, Proposal, Words
from app.language.tables import word_set

_PARTS_OF_LANDS = word_set("names.parts_of_lands")
_PARTIES = frozenset({PlaceWord.NAME, PlaceWord.DEMONYM, "body"})
"""Kinds of those after whom a meeting of theirs is called."""
_SHORTEST_PIECE = 5
"""Letters of a small piece behind a hyphen that still belongs to a name: "in" of "Moon Jae-in", not "backed"."""


def lines(words: Words, first: int, last: int) -> Iterator[tuple[int, int]]:
    """A span in pieces, one a line."""
    begin = first
    for at in range(first + 1, last + 1):
        if at == last or at in words.broken:
            yield begin, at
            begin = at


def parted(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
    """Two names that the model took for one: "Fiji and Samoa", "Fiji-Samoa Dialogue", not "Trinidad and Tobago"."""
    tokens = words.reading.tokens
    for proposal in found:
        joined = [at for at in range(proposal.first + 1, proposal.last - 1) if tokens[at].lower == "and"]
        known = known_at(tokens, proposal.first, proposal.last)
        if proposal.kind == PLACE and joined and not (known and known[0] > joined[0]):
            yield replace(proposal, last=joined[0])
            yield replace(proposal, first=joined[0] + 1)
        elif proposal.kind == PLACE and known and _is_known(words, known[0], proposal.last):
            yield replace(proposal, last=known[0])
            yield replace(proposal, first=known[0])
        elif proposal.kind == ORGANIZATION and known and (other := _other_party(words, known[0], proposal.last)):
            for at, (stop, party) in ((proposal.first, known), other):
                kind = ORGANIZATION if party.type is EntityType.ORGANIZATION else PLACE
                yield replace(proposal, first=at, last=stop, kind=kind)
        else:
            yield proposal


def _other_party(words: Words, at: int, last: int) -> tuple[int, tuple[int, Known]] | None:
    """The second of two whose meeting or body bears both names, behind a hyphen: "Peru" of "Chile-Peru Dialogue"."""
    tokens = words.reading.tokens
    if at + 1 >= last or tokens[at].text not in ("-", "–"):
        return None
    found = known_at(tokens, at + 1, last)
    acts = found is not None and found[1].acts and found[1].kind in _PARTIES
    return (at + 1, found) if found and acts else None


def _is_known(words: Words, first: int, last: int) -> bool:
    """Whether a whole name stands here: "Middle East" of "U.S. Middle East envoy"."""
    known = known_at(words.reading.tokens, first, last) if first < last else None
    return known is not None and known[0] == last


def trimmed(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
    """Without titles, articles, possessive endings and punctuation at the edges."""
    tokens = words.reading.tokens
    for proposal in found:
        first, last = proposal.first, proposal.last
        while last > first and (tokens[last - 1].lower in EDGES or not tokens[last - 1].text[-1].isalnum()):
            if tokens[last - 1].text[-1] == "." and tokens[last - 1].text[0].isalpha():
                break
            last -= 1
        while first < last and (
            tokens[first].lower in EDGES
            or not tokens[first].text[0].isalnum()
            or (proposal.kind == PLACE and _is_part_of_a_land(words, first, last))
        ):
            first += 1
        for part in _headed(words, replace(proposal, first=first, last=last)):
            yield from _untitled(words, _whom(words, part) if part.kind == ORGANIZATION else part)


def _is_part_of_a_land(words: Words, at: int, last: int) -> bool:
    """Whether a word only tells which part of a country is meant: "southern" of "southern Peru"."""
    token = words.reading.tokens[at]
    if token.text in _PARTS_OF_LANDS:
        return True
    begins = at in words.begins and token.lower in _PARTS_OF_LANDS
    return begins and known_at(words.reading.tokens, at, last) is None and _is_known(words, at + 1, last)


def _headed(words: Words, proposal: Proposal) -> Iterator[Proposal]:
    """A body and who holds an office there, which the model took for one: "NATO Secretary-General Jens Stoltenberg"."""
    tokens, first, last = words.reading.tokens, proposal.first, proposal.last
    known = known_at(tokens, first, last) if first < last else None
    at = known[0] if known and known[1].kind == "body" else last
    while at < last and (tokens[at].lower in title_words() or tokens[at].text == "-"):
        at += 1
    if known is None or not any(title_words().get(token.lower) == "office" for token in tokens[known[0] : at]):
        yield proposal
        return
    yield replace(proposal, last=known[0], kind=ORGANIZATION)
    if at < last:
        yield replace(proposal, first=at, kind=PERSON)


def _untitled(words: Words, proposal: Proposal) -> Iterator[Proposal]:
    """A proposal without the titles before a person's name; nothing where titles are all there is."""
    tokens, first, last = words.reading.tokens, proposal.first, proposal.last
    if proposal.kind == PERSON:
        while first < last - 1 and tokens[first].lower in title_words():
            first += 1 + (tokens[first + 1].text == ".")
    if any(title_words().get(token.lower, "part") == "part" for token in tokens[first:last]):
        yield replace(proposal, first=first)


def _whom(words: Words, proposal: Proposal) -> Proposal:
    """Whom the model took for a body for the sake of a title; an office, or its charge, alone is nobody."""
    tokens, first, last = words.reading.tokens, proposal.first, proposal.last
    if first >= last or is_office(tokens, first, last):
        return replace(proposal, last=first)
    if is_titled_person(tokens, first, last):
        return replace(proposal, kind=PERSON)
    if is_charge(tokens, first):
        bearer = charge_end(tokens, first, last)
        if bearer == last or tokens[bearer].lower in ("of", "for"):
            return replace(proposal, last=first)
        if last - bearer > 1 and not any(token.text in head_words() for token in tokens[bearer:last]):
            return replace(proposal, kind=PERSON, first=bearer)
    return proposal


def hyphened(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
    """People whose names the model cut at a hyphen."""
    tokens = words.reading.tokens
    for proposal in found:
        first, last = proposal.first, proposal.last
        while (
            last + 1 < len(tokens)
            and proposal.kind in (PERSON, ORGANIZATION)
            and tokens[last].text == "-"
            and tokens[last].glued
            and tokens[last + 1].glued
            and (
                tokens[last + 1].text[0].isupper()
                or (last - first > 1 and len(tokens[last + 1].text) < _SHORTEST_PIECE)
            )
            and known_at(tokens, last + 1, len(tokens)) is None
            and tokens[last + 1].text.isalpha()
        ):
            last += 2
        yield replace(proposal, last=last)


def adjoined(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
    """Names with the capitals beside them that the model left out, and pieces of one person's name together."""
    tokens = words.reading.tokens
    taken = {at for proposal in found for at in range(proposal.first, proposal.last)}

    before: Proposal | None = None
    for proposal in found:
        first, last = proposal.first, proposal.last
        if proposal.kind in (PERSON, ORGANIZATION) and not proposal.sure:
            while _free(words, first - 1, taken) and words.next_to(first) and last - first < LONGEST_NAME:
                first -= 1
            while (
                (_free(words, last, taken) or _after_particle(words, last))
                and words.next_to(last)
                and last - first < LONGEST_NAME
            ):
                last += 1
        if proposal.kind == ORGANIZATION and _in_its_name(words, first - 1):
            first -= 1
        if proposal.kind == PLACE and [t.text for t in tokens[last : last + 2]] in ([",", "D.C."], [",", "DC"]):
            last += 2
        grown = replace(proposal, first=first, last=last)
        if before and before.last == first and before.kind == proposal.kind == PERSON and words.next_to(first):
            before = replace(before, last=last)
            continue
        if before:
            yield before
        before = grown
    if before:
        yield before


def _free(words: Words, at: int, taken: set[int]) -> bool:
    """Whether a token is a capital that may belong to the name beside it."""
    tokens = words.reading.tokens
    return (
        0 <= at < len(tokens)
        and at not in taken
        and words.capital(at)
        and words.tags[at] in ("NNP", "NNPS")
        and at not in words.shouted
        and tokens[at].lower not in title_words()
        and known_at(tokens, at, len(tokens)) is None
    )


def _after_particle(words: Words, at: int) -> bool:
    """Whether a capital follows a particle, which begins no name's end: "Al" of "Ali Al Said"."""
    tokens = words.reading.tokens
    return at < len(tokens) and tokens[at - 1].lower in particles() and tokens[at].text[0].isupper()


def _in_its_name(words: Words, at: int) -> bool:
    """Whether an article has a capital of its own, as in "told The Hill": it belongs to the name."""
    tokens = words.reading.tokens
    return at > 0 and tokens[at].text == "The" and at not in words.begins and at not in words.shouted
