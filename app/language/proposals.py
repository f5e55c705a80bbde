"""Spans of words that read like names: the model's, with their edges mended, and those that are known beforehand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from app.domain.entity import EntityType
from app.language.bearers import charge_end, is_charge, is_office, is_titled_person
from app.language.gazetteer import Known, head_words, known_at, particles, small_words, title_words
from app.language.geography import PlaceWord
from app.language.pipeline import Reading
from app.language.tables import word_set

PERSON, ORGANIZATION, PLACE, PEOPLE, EVENT = "PERSON", "ORG", "PLACE", "NORP", "EVENT"
KINDS = {"PERSON": PERSON, "ORG": ORGANIZATION, "GPE": PLACE, "LOC": PLACE, "NORP": PEOPLE, "EVENT": EVENT}
"""The model's kinds of names to ours."""

LONGEST_NAME = 12
"""Tokens beyond which a run of capitals is a headline rather than a name."""

_KIND_OF = {
    EntityType.PERSON: PERSON,
    EntityType.ORGANIZATION: ORGANIZATION,
    EntityType.COUNTRY: PLACE,
    EntityType.PLACE: PLACE,
    EntityType.GROUP: PEOPLE,
    EntityType.EVENT: EVENT,
}
_EDGES = word_set("names.edges")
_SHORTEST_PIECE = 5
"""Letters of a small piece behind a hyphen that still belongs to a name: "in" of "Moon Jae-in", not "backed"."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Tokens ``[first, last)`` that may be a name of a ``kind``; ``sure`` where no vote may change the kind."""

    first: int
    last: int
    kind: str
    known: Known | None = None
    sure: bool = False


@dataclass(frozen=True)
class Words:
    """What the rules ask about single tokens."""

    reading: Reading

    @cached_property
    def tags(self) -> list[str]:
        """Penn tags."""
        return [token.tag_ for token in self.reading.parsed]

    @cached_property
    def shouted(self) -> frozenset[int]:
        """Tokens of sentences in capitals, where capitals tell nothing."""
        found: set[int] = set()
        for sentence in self.reading.sentences:
            letters = [t.text for t in self.reading.tokens[sentence.first : sentence.last] if t.text.isalpha()]
            if len(letters) > 3 and sum(word.isupper() for word in letters) > 0.7 * len(letters):
                found.update(range(sentence.first, sentence.last))
        return frozenset(found)

    @cached_property
    def begins(self) -> frozenset[int]:
        """Tokens that begin a sentence, or words in quotation marks."""
        tokens = self.reading.tokens
        quoted = (at + 1 for at, token in enumerate(tokens) if token.text in ("“", '"', "‘", "(", ":"))
        return frozenset([*(sentence.first for sentence in self.reading.sentences), *quoted])

    @cached_property
    def broken(self) -> frozenset[int]:
        """Tokens before which a line ends."""
        text, tokens = self.reading.text, self.reading.tokens
        return frozenset(
            at for at in range(1, len(tokens)) if "\n" in text[tokens[at - 1].end : tokens[at].start]
        ) | frozenset(sentence.first for sentence in self.reading.sentences)

    def capital(self, at: int) -> bool:
        """Whether a token is a word with a capital that its place in the sentence does not explain."""
        token = self.reading.tokens[at]
        if not token.text[0].isupper() or token.text in small_words()["calendar"]:
            return False
        if at in self.begins and (self.tags[at] not in ("NNP", "NNPS") or token.text in small_words()["starter"]):
            return False
        return token.lower not in _EDGES

    def acronym(self, at: int) -> bool:
        """Whether a token is in capitals alone among words that are not."""
        text = self.reading.tokens[at].text
        return 1 < len(text) < 9 and text.isalpha() and text.isupper() and at not in self.shouted

    def next_to(self, at: int) -> bool:
        """Whether nothing but white space on one line stands before a token."""
        return at not in self.broken and not self.reading.tokens[at].glued


def propose(words: Words) -> list[Proposal]:
    """Spans that do not overlap, in the order of the text."""
    found: list[Proposal] = [
        Proposal(first, last, KINDS[ent.label_])
        for ent in words.reading.parsed.ents
        if ent.label_ in KINDS
        for first, last in _lines(words, ent.start, ent.end)
    ]
    steps: tuple[Callable[[Words, list[Proposal]], Iterable[Proposal]], ...] = (
        _parted,
        _trimmed,
        _hyphened,
        _with_known,
        _adjoined,
        _headed,
        _shaped,
        _of_something,
        _with_acronyms,
    )
    for step in steps:
        found = apart(step(words, found))
    return found


def apart(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The proposals without those that a longer one overlaps, in the order of the text."""
    kept: list[Proposal] = []
    for proposal in sorted(proposals, key=lambda p: (p.first, -p.last)):
        if proposal.first >= proposal.last:
            continue
        if kept and proposal.first < kept[-1].last:
            if proposal.last - proposal.first > kept[-1].last - kept[-1].first:
                kept[-1] = proposal
            continue
        kept.append(proposal)
    return kept


def _lines(words: Words, first: int, last: int) -> Iterator[tuple[int, int]]:
    """A span in pieces, one a line."""
    begin = first
    for at in range(first + 1, last + 1):
        if at == last or at in words.broken:
            yield begin, at
            begin = at


def _parted(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
    """Two places that the model took for one: "Fiji and Samoa", "U.S. Middle East", but not "Trinidad and Tobago"."""
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
        else:
            yield proposal


def _is_known(words: Words, first: int, last: int) -> bool:
    """Whether a whole name stands here: "Middle East" of "U.S. Middle East envoy"."""
    known = known_at(words.reading.tokens, first, last) if first < last else None
    return known is not None and known[0] == last


def _trimmed(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
    """Without titles, articles, possessive endings and punctuation at the edges."""
    tokens = words.reading.tokens
    for proposal in found:
        first, last = proposal.first, proposal.last
        while last > first and (tokens[last - 1].lower in _EDGES or not tokens[last - 1].text[-1].isalnum()):
            if tokens[last - 1].text[-1] == "." and tokens[last - 1].text[0].isalpha():
                break
            last -= 1
        while first < last and (tokens[first].lower in _EDGES or not tokens[first].text[0].isalnum()):
            first += 1
        trimmed = replace(proposal, first=first, last=last)
        yield from _untitled(words, _whom(words, trimmed) if proposal.kind == ORGANIZATION else trimmed)


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


def _hyphened(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
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
                if not (
                    exact and exact[0].kind == PERSON and last - at == 1 and _may_be_a_person(words, found, at, entry)
                ):
                    told.update(covering)
                    kind = PEOPLE if entry.kind == PlaceWord.DEMONYM else _KIND_OF[entry.type]
                    yield Proposal(at, last, kind, entry, sure=True)
            at = last
    yield from (proposal for proposal in found if proposal not in told)


def _may_be_a_person(words: Words, found: list[Proposal], at: int, known: Known) -> bool:
    """Whether the model, which read a known word as a person's name, is to be believed.

    Of an organisation it is not, unless a title stands before the word or it ends a person's name elsewhere.
    """
    tokens = words.reading.tokens
    if known.type is not EntityType.ORGANIZATION or (at and tokens[at - 1].lower in title_words()):
        return True
    return any(p.kind == PERSON and p.last - p.first > 1 and tokens[p.last - 1].text == tokens[at].text for p in found)


def _adjoined(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
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


def _headed(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
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
                last, kind = stop, _KIND_OF[head[0]]
        changed = last != proposal.last
        yield replace(
            proposal,
            last=last,
            kind=kind,
            known=None if changed else proposal.known,
            sure=changed or proposal.sure,
        )


def _shaped(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
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
            yield Proposal(at, last, _KIND_OF[head_words()[tokens[last - 1].text][0]])
        at = max(end, at + 1)


def _titled(words: Words, at: int) -> bool:
    """Whether a title goes on here: "Defense" before "Minister" ends no name."""
    tokens = words.reading.tokens
    return at < len(tokens) and tokens[at].lower in title_words()


def _heads(word: str) -> bool:
    return word in head_words() and head_words()[word][1] != "first"


def _of_something(words: Words, found: list[Proposal]) -> Iterator[Proposal]:
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
