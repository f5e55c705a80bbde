"""Names of people, organisations, countries, places and events: what the model sees, mended, known and voted on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.entity import EntityType, MentionForm
from app.language.gazetteer import Known, known_at, title_words
from app.language.geography import PlaceWord
from app.language.name_words import EVENT, ORGANIZATION, PEOPLE, PERSON, PLACE, Proposal, Words
from app.language.pipeline import Reading
from app.language.proposals import propose
from app.language.tables import word_set
from app.language.voting import vote

_TYPES = {
    PERSON: EntityType.PERSON,
    ORGANIZATION: EntityType.ORGANIZATION,
    PLACE: EntityType.PLACE,
    PEOPLE: EntityType.GROUP,
    EVENT: EntityType.EVENT,
}
_COMPANIES = word_set("names.companies")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the text: tokens ``[first, last)``; for people, tokens ``[title, first)`` are what stands before."""

    first: int
    last: int
    type: EntityType
    form: MentionForm = MentionForm.NAME
    known: Known | None = None
    country: str | None = None
    title: int | None = None

    @property
    def start(self) -> int:
        """First token, the title included."""
        return self.first if self.title is None else self.title


def find_names(reading: Reading) -> list[Name]:
    """All names of a text in its order. A demonym that begins the name of an organisation is a name too."""
    if not reading.tokens:
        return []
    words = Words(reading)
    begins = [sentence.first for sentence in reading.sentences]
    names: list[Name] = []
    ahead = list(dateline_names(reading))
    taken = {at for name in ahead for at in range(name.first, name.last)}
    for proposal in vote(words, propose(words)):
        if not reading.dateline[0] <= proposal.first < reading.dateline[1]:
            names.extend(_named(reading, proposal, begins[bisect_right(begins, proposal.first) - 1]))
        elif proposal.kind != PERSON and not taken.intersection(range(proposal.first, proposal.last)):
            ahead.append(Name(proposal.first, proposal.last, _TYPES[proposal.kind]))
    return sorted([*ahead, *names], key=lambda name: (name.first, -name.last))


def dateline_names(reading: Reading) -> Iterator[Name]:
    """The known names of the dateline, where cities may stand in capitals and no government is meant by any."""
    at, last = reading.dateline
    words = [token._replace(text=token.text.title()) for token in reading.tokens[:last]]
    while at < last:
        found = known_at(reading.tokens, at, last) or known_at(words, at, last)
        if found is None:
            at += 1
            continue
        stop, known = found
        if known.kind == PlaceWord.CAPITAL:
            city = " ".join(token.text for token in words[at:stop])
            known = Known(city, EntityType.PLACE, "city", known.country)
        yield Name(at, stop, known.type, known=known, country=known.country)
        at = stop


def _named(reading: Reading, proposal: Proposal, sentence: int) -> Iterator[Name]:
    first, last, known = proposal.first, proposal.last, proposal.known
    if proposal.kind == PERSON:
        yield Name(first, last, EntityType.PERSON, title=_title_start(reading, first, sentence))
    elif known:
        form = MentionForm.DEMONYM if known.kind == PlaceWord.DEMONYM else MentionForm.NAME
        yield Name(first, last, known.type, form, known, known.country)
    elif proposal.kind == ORGANIZATION:
        yield Name(first, last, EntityType.ORGANIZATION, country=_country_of(reading, proposal, sentence))
        inner = known_at(reading.tokens, first, last)
        if inner and inner[1].kind == PlaceWord.DEMONYM and inner[0] < last:
            yield Name(first, inner[0], inner[1].type, MentionForm.DEMONYM, inner[1], inner[1].country)
    else:
        yield Name(first, last, _TYPES[proposal.kind])


def _title_start(reading: Reading, first: int, sentence: int) -> int | None:
    """Where the title before a name starts: "Iran's Deputy Foreign Minister", "army chief"."""
    at, found = first, False
    while at > sentence:
        before = reading.tokens[at - 1]
        if before.lower in title_words():
            found = found or title_words()[before.lower] != "part"
        elif not _joins_title(reading, at - 1, sentence, found):
            break
        at -= 1
    return at if found else None


def _joins_title(reading: Reading, at: int, sentence: int, found: bool) -> bool:
    """Whether a token stands between words of one title: a stop, "-", "'s", "of" as in "Secretary of State"."""
    if at - 1 < sentence or at + 1 >= len(reading.tokens):
        return False
    before, text = title_words().get(reading.tokens[at - 1].lower), reading.tokens[at].text
    if text == ".":
        return before is not None
    if text in ("of", "for"):
        return before == "office" and _is_part(reading, at + 1)
    if text in ("and", ","):
        return before == "part" and _is_part(reading, at + 1) and _is_part(reading, at - 1)
    return found and text in ("-", "'s")


def _is_part(reading: Reading, at: int) -> bool:
    """Whether a token with a capital is part of a title."""
    token = reading.tokens[at]
    return title_words().get(token.lower) == "part" and token.text[0].isupper()


def _country_of(reading: Reading, proposal: Proposal, sentence: int) -> str | None:
    """The country of a body, by a name within its own or by what stands before it."""
    for at in range(proposal.first, proposal.last):
        found = known_at(reading.tokens, at, proposal.last)
        if found and found[1].country:
            return found[1].country
    return _owner(reading, proposal.first, sentence)


def _owner(reading: Reading, first: int, sentence: int) -> str | None:
    """The country of "Peru's", "Peruvian" or "Peruvian company" right before a name."""
    back = first - 1
    if back <= sentence:
        return None
    if reading.tokens[back].lower in _COMPANIES or reading.tokens[back].text in ("'s", "'"):
        back -= 1
    for at in range(back, max(sentence, back - 3) - 1, -1):
        found = known_at(reading.tokens, at, back + 1)
        if found and found[0] == back + 1:
            return found[1].country
    return None
