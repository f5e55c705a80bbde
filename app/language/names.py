"""Names of people, organisations, countries, places and events, by gazetteer and by shape."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from app.domain.entity import EntityType, MentionForm
from app.language.geography import PlaceWord, country_words, short_name
from app.language.pipeline import Reading, split
from app.language.sentences import Sentence
from app.language.tables import column, rows, word_set
from app.language.tokens import Token

LONGEST_NAME = 12
"""Tokens beyond which a run of capitals is a headline rather than a name."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a gazetteer says of some words.

    ``kind`` is a `PlaceWord`, or one of organizations.tsv; it ``acts`` where the bearer can be a side of its own.
    """

    name: str
    type: EntityType
    kind: str
    country: str | None = None
    acts: bool = False
    acronym: str | None = None


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
    """All names of a text in its order. A demonym inside the name of an organisation is a name too."""
    names: list[Name] = []
    ordinary = Counter(token.lower for token in reading.tokens if token.text[0].islower())
    for sentence in reading.sentences:
        runs = _Runs(reading.tokens, sentence, ordinary)
        names.extend(runs.names())
    return _confirmed(names, reading)


@cache
def title_words() -> dict[str, str]:
    """Words of titles in lower case, to their kind; of longer titles, each word that has no line of its own."""
    words = {row["title"]: row["kind"] for row in rows("titles.tsv") if " " not in row["title"]}
    # A chief is an office, also where "chief" is part of "chief commander".
    return words | {
        row["title"]: "office" for row in rows("titles.tsv") if row["kind"] == "office" and " " not in row["title"]
    }


@cache
def state_titles() -> frozenset[str]:
    """Titles whose holders act for a state."""
    return frozenset(row["title"] for row in rows("titles.tsv") if row["state"] == "yes")


@cache
def head_words() -> dict[str, tuple[EntityType, str]]:
    """Words that tell what a name is: its type, and whether they stand last, first or anywhere."""
    return {row["word"]: (EntityType(row["kind"]), row["where"]) for row in rows("heads.tsv")}


@cache
def known_bodies() -> dict[str, Known]:
    """The organisations of organizations.tsv by name."""
    bodies: dict[str, Known] = {}
    for row in rows("organizations.tsv"):
        acronym = next((words for words in _spellings(row) if words.isupper() and words.isalnum()), None)
        acts = row["kind"] in ("body", "movement")
        bodies[row["name"]] = Known(
            row["name"], EntityType.ORGANIZATION, row["kind"], row["country"] or None, acts, acronym
        )
    return bodies


def leader_country(words: tuple[str, ...]) -> str | None:
    """The country of a well-known person, by the full name, or the family name where only one can be meant."""
    return _known_person(words, _leaders())


def leader_body(words: tuple[str, ...]) -> str | None:
    """The organisation that a well-known person acts for."""
    return _known_person(words, _body_heads())


def _known_person(words: tuple[str, ...], people: dict[str, frozenset[str]]) -> str | None:
    found = people.get(_plain(" ".join(words)), frozenset())
    return next(iter(found)) if len(found) == 1 else None


@cache
def _leaders() -> dict[str, frozenset[str]]:
    return _by_name((row["country"], row["names"]) for row in rows("leaders.tsv"))


@cache
def _body_heads() -> dict[str, frozenset[str]]:
    return _by_name((row["organization"], row["names"]) for row in rows("body_heads.tsv"))


_FAMILY_FIRST = frozenset({"CN", "KR", "KP", "TW", "VN"})


def _by_name(people: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for holder, names in people:
        for name in names.split("|"):
            words = _plain(name).split()
            family = words[0] if holder in _FAMILY_FIRST else words[-1]
            for known in {" ".join(words), family, f"{words[0]} {words[-1]}", " ".join(words[-2:])}:
                found.setdefault(known, set()).add(holder)
    return {name: frozenset(holders) for name, holders in found.items()}


def _plain(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z. ]+", " ", plain).strip()


@cache
def gazetteer() -> dict[str, list[tuple[tuple[str, ...], Known]]]:
    """Known words by their first token, longest first."""
    entries: dict[tuple[str, ...], Known] = {}
    for place in country_words():
        known = Known(short_name(place.code), EntityType.COUNTRY, place.kind, place.code, acts=True)
        entries[_split(place.words)] = known
    for row in rows("regions.tsv"):
        region = Known(row["name"], EntityType.PLACE, "region", None, acts=row["actor"] == "yes")
        entries.update((_split(words), region) for words in _spellings(row))
    for row in rows("cities.tsv"):
        for city in row["names"].split("|"):
            entries[_split(city)] = Known(city, EntityType.PLACE, "city", row["country"])
    for row in rows("organizations.tsv"):
        entries.update((_split(words), known_bodies()[row["name"]]) for words in _spellings(row))
    index: dict[str, list[tuple[tuple[str, ...], Known]]] = {}
    for words, known in sorted(entries.items(), key=lambda entry: -len(entry[0])):
        index.setdefault(words[0], []).append((words, known))
    return index


def _spellings(row: dict[str, str]) -> list[str]:
    return [row["name"], *filter(None, row["aliases"].split("|"))]


def _split(words: str) -> tuple[str, ...]:
    return tuple(token.text for token in split(words).tokens)


@cache
def _small_words() -> dict[str, frozenset[str]]:
    kinds: dict[str, set[str]] = {}
    for row in rows("small_words.tsv"):
        kinds.setdefault(row["kind"], set()).update(row["words"].split("|"))
    return {kind: frozenset(words) for kind, words in kinds.items()}


@cache
def _particles() -> frozenset[str]:
    return frozenset(column("particles.tsv", "word"))


class _Runs:
    """Names of one sentence, from runs of capitals."""

    def __init__(self, tokens: tuple[Token, ...], sentence: Sentence, ordinary: Counter[str]) -> None:
        self.tokens = tokens
        self.sentence = sentence
        self.ordinary = ordinary
        self.last = sentence.last
        letters = [t.text for t in tokens[sentence.first : sentence.last] if t.text.isalpha()]
        self.shouting = len(letters) > 3 and sum(w.isupper() for w in letters) > 0.7 * len(letters)

    def names(self) -> Iterator[Name]:
        at = self.sentence.first
        while at < self.last:
            stop = self._run_end(at)
            if stop > at:
                yield from self._names_of_run(at, stop)
                at = max(stop, self._extended)
            else:
                at += 1

    _extended = 0

    def _capital(self, at: int) -> bool:
        token = self.tokens[at]
        if not token.text[0].isupper() or token.text in _small_words()["calendar"]:
            return False
        if token.text in _small_words()["common"]:
            return self._match(at) is not None or (at + 1 < self.last and self.tokens[at + 1].text in head_words())
        begins = at == self.sentence.first or self.tokens[at - 1].text in "“\"‘'(:"
        if begins and self._match(at) is None:
            if token.lower in title_words():
                return True
            return token.text not in _small_words()["starter"] and not self.ordinary[token.lower]
        return len(token.text) > 3 or token.text not in _small_words()["starter"] or self._match(at) is not None

    def _run_end(self, at: int) -> int:
        if not self._capital(at):
            return at
        stop = at + 1
        while stop < self.last and stop - at < LONGEST_NAME:
            if self._capital(stop) and self.tokens[stop - 1].text[-1] not in ",;:":
                stop += 1
            elif self._joins(stop):
                stop += 2
            else:
                break
        return min(stop, self.last)

    def _joins(self, at: int) -> bool:
        """A glued hyphen or a particle, and a capital after it."""
        if at + 1 >= self.last or not self.tokens[at + 1].text[0].isupper():
            return False
        token = self.tokens[at]
        if token.text == "-":
            return token.glued and self.tokens[at + 1].glued and self._match(at + 1) is None
        return token.lower in _particles() and token.text[0].islower()

    def _match(self, at: int) -> tuple[int, Known] | None:
        for words, known in gazetteer().get(self.tokens[at].text, ()):
            stop = at + len(words)
            if stop <= self.last and all(self.tokens[at + i].text == word for i, word in enumerate(words)):
                return stop, known
        return None

    def _names_of_run(self, first: int, last: int) -> Iterator[Name]:
        self._extended = last
        at = first
        gap = first
        while at < last:
            found = self._match(at)
            organization = self._organization(at, last) if at == gap or found else None
            if organization and (not found or organization.last > found[0]):
                yield from self._shaped(gap, at)
                yield organization
                if found and found[1].type is EntityType.COUNTRY:
                    yield self._known(at, *found)
                at = gap = organization.last
            elif found and not self._inside_person(gap, at, found[0], last):
                yield from self._shaped(gap, at)
                yield self._known(at, *found)
                at = gap = found[0]
            else:
                at += 1
        self._extended = max(self._extended, at)
        yield from self._shaped(gap, last)

    def _inside_person(self, gap: int, at: int, stop: int, last: int) -> bool:
        """Whether it is a family name: "Jordan" of "Michael Jordan" is no country."""
        return (
            gap < at
            and self.tokens[at - 1].lower not in title_words()
            and stop == last
            and at - gap == 1
            and self.tokens[gap].text not in head_words()
            and self.tokens[gap].text.isalpha()
            and not self.tokens[gap].text.isupper()
        )

    def _known(self, first: int, last: int, known: Known) -> Name:
        form = MentionForm.DEMONYM if known.kind == PlaceWord.DEMONYM else MentionForm.NAME
        return Name(first, last, known.type, form, known, known.country)

    def _organization(self, at: int, last: int) -> Name | None:
        """An organisation, event or place whose name begins here, by its head word."""
        stop = self._head_end(at, last)
        if stop is None:
            return None
        kind, _ = head_words()[self.tokens[stop - 1].text]
        if kind is EntityType.ORGANIZATION:
            stop = self._joined_branch(stop)
        stop, country = self._of_country(self._of_subject(at, stop))
        if stop - at < 2:
            return None
        if country is None:
            country = self._owner(at) or next(
                (m[1].country for i in range(at, stop) if (m := self._match(i)) and m[1].country), None
            )
        return Name(at, stop, kind, country=country)

    def _head_end(self, at: int, last: int) -> int | None:
        skip = at
        while (
            skip < last
            and self.tokens[skip].lower in title_words()
            and self.tokens[skip + 1 if skip + 1 < last else skip].lower in title_words()
        ):
            skip += 1
        for stop in range(last, at, -1):
            head = head_words().get(self.tokens[stop - 1].text)
            if head and (stop - at > 1 or head[1] == "any") and (stop == last or head[0] is EntityType.ORGANIZATION):
                return stop
        return None

    def _joined_branch(self, stop: int) -> int:
        """The end of "Air Force and Air Defense": two branches under one name."""
        if stop + 2 < self.last and self.tokens[stop].lower == "and":
            end = self._run_end(stop + 1)
            if (
                end > stop + 2
                and self.tokens[end - 1].text in head_words() | {"Defense": 0, "Defence": 0}
                and self.tokens[stop - 1].text in ("Force", "Navy", "Army")
            ):
                return end
        return stop

    def _of_subject(self, at: int, stop: int) -> int:
        """The end of "Ministry of Foreign Affairs", "Ministry of Industry, Mining and Trade"."""
        if (
            stop + 1 >= self.last
            or self.tokens[stop].lower not in ("of", "for")
            or head_words()[self.tokens[stop - 1].text][1] != "any"
        ):
            return stop
        begin = stop + 1 + (self.tokens[stop + 1].lower == "the")
        if begin >= self.last or self._match(begin):
            return stop
        end = self._run_end(begin)
        if end == begin:
            return stop
        while (
            end + 1 < self.last
            and self.tokens[end].text in (",", "and", "&")
            and self.tokens[end + 1].text[0].isupper()
        ):
            further = self._run_end(end + 1)
            if further == end + 1 or self._match(end + 1):
                break
            end = further
        return end

    def _owner(self, at: int) -> str | None:
        """The country of "Peru's" or "Peruvian company" right before a name."""
        back = at - 1
        if (back > self.sentence.first and self.tokens[back].lower in _COMPANIES) or (
            back > self.sentence.first and self.tokens[back].text in ("'s", "'")
        ):
            back -= 1
        else:
            return None
        for first in range(back, max(self.sentence.first, back - 3) - 1, -1):
            found = self._match(first)
            if found and found[0] == back + 1:
                return found[1].country
        return None

    def _of_country(self, stop: int) -> tuple[int, str | None]:
        if stop + 1 < self.last and self.tokens[stop].lower == "of":
            begin = stop + 1 + (self.tokens[stop + 1].lower == "the")
            found = self._match(begin) if begin < self.last else None
            if found and found[1].country and found[1].kind == PlaceWord.NAME:
                return found[0], found[1].country
        return stop, None

    def _shaped(self, first: int, last: int) -> Iterator[Name]:
        """A person, or what looks like one, between known names."""
        begin = first
        while begin < last and (self.tokens[begin].lower in title_words() or self.tokens[begin].text in ("-", ".")):
            begin += 1
        if begin >= last or self.shouting:
            return
        if self.tokens[first - 1].lower in _COMPANIES and first > self.sentence.first:
            yield Name(begin, last, EntityType.ORGANIZATION, country=self._owner(first))
            return
        title = self._title_start(begin)
        words = [t.text for t in self.tokens[begin:last] if t.text != "-"]
        if title is None and not self._looks_like_person(begin, words):
            if len(words) == 1 and words[0].isupper() and 2 < len(words[0]) < 13 and words[0].isalpha():
                yield Name(begin, last, EntityType.ORGANIZATION)
            return
        yield Name(begin, last, EntityType.PERSON, title=title)

    def _looks_like_person(self, begin: int, words: list[str]) -> bool:
        if not 1 <= len(words) <= 5 or any(not w.replace("'", "").replace(".", "").isalpha() for w in words):
            return False
        before = self.tokens[begin - 1].lower if begin > self.sentence.first else ""
        if before in ("the", "a", "an", "in", "at", "near") or words[-1] in head_words():
            return False
        return not all(word.isupper() for word in words)

    def _title_start(self, begin: int) -> int | None:
        """Where the title before a name starts: "Iran's Deputy Foreign Minister", "army chief"."""
        at = begin
        found = False
        while at > self.sentence.first:
            before = self.tokens[at - 1]
            if before.lower in title_words():
                found = found or title_words()[before.lower] != "part"
            elif not (before.text in ("-", "'s") and at - 2 >= self.sentence.first and found):
                break
            at -= 1
        return at if found else None


def _confirmed(names: list[Name], reading: Reading) -> list[Name]:
    """Names sorted; a single word at the start of a sentence stays only where the text uses it as a name elsewhere."""
    tokens = reading.tokens
    begins = {sentence.first for sentence in reading.sentences}
    parts = Counter(
        tokens[i].text
        for name in names
        if name.type is EntityType.PERSON and name.first not in begins
        for i in range(name.first, name.last)
    )

    def stays(name: Name) -> bool:
        if name.known or name.type is not EntityType.PERSON or name.title is not None or name.last - name.first > 1:
            return True
        return name.first not in begins or parts[tokens[name.first].text] > 0 or _acts(tokens, name.last)

    return sorted((name for name in names if stays(name)), key=lambda name: (name.first, -name.last))


def _acts(tokens: tuple[Token, ...], after: int) -> bool:
    return after < len(tokens) and (tokens[after].text == "'s" or tokens[after].lower in _SPEAKS)


_COMPANIES = word_set("names.companies")
_SPEAKS = word_set("names.speaks")
