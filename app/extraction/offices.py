"""Offices in the text: "the chief commander of the Chilean Army", "Thailand's deputy foreign minister"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.entity import EntityType, MentionForm
from app.language.gazetteer import title_words

if TYPE_CHECKING:
    from app.extraction.entities import Cast, Reference

_ARTICLES = frozenset({"the", "a", "an"})
_WITHIN = frozenset({"of", "for", "and", ","})
"""Words between those of one title: "Minister of Trade and Tourism"."""
_PREPOSITIONS = frozenset({"of", "for", "at", "to", "in"})


@dataclass(frozen=True, slots=True)
class Office:
    """An office that tokens ``[first, last)`` name; ``words`` are its title's words in lower case."""

    first: int
    last: int
    title: str
    organization: str | None
    country: str | None
    words: frozenset[str]


def office_before(cast: Cast, reference: Reference) -> Office | None:
    """The title right before a name, with the country before it; address and honour tell no office."""
    kept = [at for at in range(reference.start, reference.first) if _kind(cast, at) not in (None, "address")]
    if not any(_kind(cast, at) in ("office", "rank") for at in kept):
        return _office_of(cast, reference.start)
    country, organization = _owner(cast, reference.start)
    if country is None and organization is None:
        country, organization = _behind(cast, reference.last)
    return _office(cast, reference.start, reference.first, kept, organization, country)


def _office_of(cast: Cast, at: int) -> Office | None:
    """The office that ends, with whom it is held of, right before token ``at``: "Chairman of the Fijian Senate X"."""
    tokens = cast.reading.tokens
    holder = cast.ending(at)
    if holder is None or holder.form not in (MentionForm.NAME, MentionForm.DEMONYM):
        return None
    begin = holder.start - (holder.start > 0 and tokens[holder.start - 1].lower in _ARTICLES) - 1
    if begin < 1 or tokens[begin].lower not in _PREPOSITIONS:
        return None
    end = begin
    while begin > 0 and (_kind(cast, begin - 1) is not None or tokens[begin - 1].lower in _WITHIN):
        begin -= 1
    while begin < end and tokens[begin].lower in _WITHIN:
        begin += 1
    kept = [i for i in range(begin, end) if _kind(cast, i) not in (None, "address")]
    if not any(_kind(cast, i) == "office" for i in kept):
        return None
    country, organization = _belongs(cast, holder)
    owner, _ = _owner(cast, begin)
    if tokens[end].lower == "to":
        return _office(cast, begin, at, kept, None, owner)
    return _office(cast, begin, at, kept, organization, owner or country)


def office_after(cast: Cast, at: int) -> Office | None:
    """The office in an apposition that begins at a comma ("X, the head of Y,") or a copula ("X is the head of Y")."""
    tokens = cast.reading.tokens
    if at + 2 >= len(tokens) or tokens[at].lower not in (",", "is", "was", "("):
        return None
    return office_at(cast, at + 1)


def office_at(cast: Cast, at: int) -> Office | None:
    """The office named from token ``at`` on: article, owner, title words, "of" and what follows."""
    tokens = cast.reading.tokens
    first = at
    at += at < len(tokens) and tokens[at].lower in _ARTICLES
    owner = cast.beginning(at)
    country = organization = None
    if owner and owner.form in (MentionForm.NAME, MentionForm.DEMONYM):
        country, organization = _belongs(cast, owner)
        at = owner.last
        at += at < len(tokens) and tokens[at].text in ("'s", "'")
    begin = at
    while at < len(tokens) and (_kind(cast, at) is not None or (tokens[at].text == "-" and tokens[at].glued)):
        at += 1
    at = _charge_end(cast, at)
    kept = [i for i in range(begin, at) if _kind(cast, i) not in (None, "address")]
    if not any(_kind(cast, i) == "office" or _kind(cast, i) == "rank" for i in kept):
        return None
    end = at
    if at + 1 < len(tokens) and tokens[at].lower in _PREPOSITIONS:
        begins = at + 1 + (tokens[at + 1].lower in _ARTICLES)
        holder = cast.beginning(begins)
        if holder:
            place, body = _belongs(cast, holder)
            country, organization, end = place or country, body or organization, holder.last
        elif tokens[at].lower == "of" and begins < len(tokens):
            return _office(cast, first, begins + 1, [*kept, *range(at, begins + 1)], organization, country)
    return _office(cast, first, end, kept, organization, country)


def _charge_end(cast: Cast, at: int) -> int:
    """The end of what an office is in charge of: "of Trade and Tourism", "for Foreign Affairs"."""
    tokens = cast.reading.tokens
    end = at
    while at + 1 < len(tokens) and tokens[at].lower in _WITHIN and (end > at or tokens[at].lower in ("of", "for")):
        if end == at and cast.beginning(at + 1):
            break
        at += 1
        if _kind(cast, at) != "part" or not tokens[at].text[0].isupper():
            break
        while at < len(tokens) and _kind(cast, at) == "part":
            at += 1
        if at < len(tokens) and _kind(cast, at) is not None:
            break
        end = at
    return end


def _office(
    cast: Cast, first: int, last: int, kept: list[int], organization: str | None, country: str | None
) -> Office:
    tokens = cast.reading.tokens
    title = cast.reading.words(kept[0], kept[-1] + 1)
    words = frozenset(tokens[at].lower for at in kept)
    return Office(first, last, title, organization, country, words)


def _kind(cast: Cast, at: int) -> str | None:
    return title_words().get(cast.reading.tokens[at].lower)


def _belongs(cast: Cast, reference: Reference) -> tuple[str | None, str | None]:
    """Country and organisation that a reference gives to an office."""
    referent = cast.referents[reference.referents[0]]
    if referent.type is EntityType.ORGANIZATION:
        return referent.country, referent.name
    if referent.type is EntityType.COUNTRY:
        return referent.country, None
    return None, None


def _behind(cast: Cast, at: int) -> tuple[str | None, str | None]:
    """What "of" leads to behind a name: "President Ruiz of Peru"."""
    tokens = cast.reading.tokens
    if at + 1 >= len(tokens) or tokens[at].lower != "of":
        return None, None
    owner = cast.beginning(at + 1 + (tokens[at + 1].lower in _ARTICLES))
    return _belongs(cast, owner) if owner and owner.form is MentionForm.NAME else (None, None)


def _owner(cast: Cast, at: int) -> tuple[str | None, str | None]:
    """What stands right before a title: "Thai", "Thailand's", "NATO"; "Thailand's" before "pro-Chinese", too."""
    tokens = cast.reading.tokens
    end = at - (at > 0 and tokens[at - 1].text in ("'s", "'"))
    owner = cast.ending(end)
    if owner and cast.leaning(owner):
        return _owner(cast, owner.start - 2)
    if owner and owner.form in (MentionForm.NAME, MentionForm.DEMONYM):
        return _belongs(cast, owner)
    return None, None
