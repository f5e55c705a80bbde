"""Titles without a name, "the army chief", "the Thai president", to whoever of the article holds the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.entity import MentionForm
from app.extraction.entities import Cast, Reference, Referent
from app.extraction.offices import Office, office_at
from app.extraction.tables import word_set


def holders_by_office(cast: Cast) -> dict[str, list[Referent]]:
    """Who holds an office of an organisation, anywhere in the article."""
    holders: dict[str, list[Referent]] = {}
    for person in cast.referents:
        for organization in {role.organization for role in person.roles if role.organization}:
            holders.setdefault(organization, []).append(person)
    return holders


def holder_at(cast: Cast, people: Sequence[int], holders: Mapping[str, list[Referent]], at: int) -> Reference | None:
    """A title, "the army chief", "the Thai president": the latest person whose office agrees."""
    office = office_at(cast, at)
    if office is None or cast.beginning(office.last) is not None:
        return None
    for number in reversed(people):
        if _holds(cast.referents[number], office):
            return Reference(at, office.last, (number,), MentionForm.TITLE, at)
    later = [person for person in holders.get(office.organization or "", [])[:9] if _named_later(person, office)]
    return Reference(at, office.last, (later[0].number,), MentionForm.TITLE, at) if len(later) == 1 else None


def two_holders(cast: Cast, people: Sequence[int], plural: str) -> tuple[int, ...]:
    """The two of different sides who were named last and hold the office of "the two ministers"."""
    held: dict[str, int] = {}
    for number in reversed(people):
        person = cast.referents[number]
        titles = {word for role in person.roles for word in role.title.lower().split()}
        if person.side and plural.removesuffix("s") in titles:
            held.setdefault(person.side, number)
    return tuple(held.values())[1::-1] if len(held) > 1 else ()


def _named_later(person: Referent, office: Office) -> bool:
    """Whether a person who is named only further down holds an office of the same organisation."""
    return bool(_HEADS & office.words) and _holds(person, office, exact=False)


_SAME_OFFICE = {
    "chief": {"commander", "head", "director", "chairman", "commander-in-chief", "secretary-general", "general"},
    "commander": {"general", "admiral", "chief"},
    "general": {"commander", "chief"},
    "leader": {"president", "king", "premier", "chairman", "prime", "chancellor"},
    "diplomat": {"foreign"},
    "official": {"director", "minister", "secretary"},
    "premier": {"prime", "pm"},
    "minister": {"secretary", "pm"},
    "secretary": {"minister"},
    "envoy": {"ambassador", "representative"},
}
_HEADS = word_set("coreference.heads")


def _holds(person: Referent, office: Office, *, exact: bool = True) -> bool:
    """Whether a person's roles agree with an office: in its head, and, where ``exact``, in all its words."""
    if office.country and person.country and office.country != person.country:
        return False
    held = {
        word
        for role in person.roles
        for word in f"{role.title} {role.organization or ''}".lower().replace("-", " ").split()
    }
    if not held:
        return False
    heads = office.words & _HEADS or office.words
    return all(word in held or bool(_SAME_OFFICE.get(word, set()) & held) for word in heads) and all(
        not exact or word in held for word in office.words - heads - {"top", "senior", "chief", "country's"}
    )
