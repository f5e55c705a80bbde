"""The country that an article is written from or tells of: holders of offices whose country nobody tells are its."""

from __future__ import annotations

from app.domain.entity import EntityType, MentionForm
from app.extraction.entities import Cast, Reference, Referent
from app.extraction.tables import word_set
from app.language.gazetteer import state_titles, title_words
from app.language.names import dateline_names

_SEATS = word_set("home.seats")
_BODIES = word_set("home.bodies")
_ABROAD = word_set("home.abroad")
_SERVICES = word_set("home.services")
_PREPOSITIONS = word_set("contents.prepositions")
_GUESTS = word_set("home.guests")
_FINITE = frozenset({"VBZ", "VBP", "VBD", "MD"})


def settle(cast: Cast, headline: str | None) -> None:
    """Give the dateline's country to holders of offices of state, and to bodies of state, that have none.

    So news from Lima speaks of "Prime Minister X" and "the Foreign Ministry". Not where the paragraph has named another
    state alone before: "Tonga refused. Foreign Minister X said". Without a dateline it is the ``headline``'s country.
    """
    country = home(cast) or (None if cast.reading.dateline[1] else headline)
    if country is None:
        return
    seen: set[int] = set()
    paragraph, others = -1, False
    for sentence in cast.reading.sentences:
        if sentence.paragraph != paragraph:
            paragraph, others = sentence.paragraph, False
        here = cast.within(sentence.first, sentence.last)
        abroad = any(_is_abroad(cast, r, country) for r in here)
        for reference in here:
            referent = cast.referents[reference.referents[0]]
            if referent.country == country:
                others = False
            elif referent.type is EntityType.COUNTRY and reference.form is MentionForm.NAME:
                others = others or not _is_behind(cast, reference)
            elif reference.referents[0] not in seen:
                seen.add(referent.number)
                mixed = abroad and _is_joined(cast, reference)
                if not others and not mixed and _is_of_state(cast, referent, reference):
                    referent.country = country
                    others = False


def home(cast: Cast) -> str | None:
    """The country of the dateline's city and agency, where they agree.

    A seat of international bodies tells nothing, and neither does an agency that reports from abroad.
    """
    countries: set[str] = set()
    for name in dateline_names(cast.reading):
        known = name.known
        if known and known.country and known.name.lower() not in _SEATS:
            countries.add(known.country)
    return countries.pop() if len(countries) == 1 else None


def of_headline(headline: Cast) -> str | None:
    """The country whose doings a headline tells: the only one that it names before its first verb."""
    words = headline.reading.parsed
    verb = next((word.i for word in words if word.tag_ in _FINITE), 0)
    sides = (side.country for r in headline.references if r.last <= verb for side in headline.sides(r))
    named = set(sides)
    return named.pop() if len(named) == 1 else None


def _is_of_state(cast: Cast, referent: Referent, reference: Reference) -> bool:
    """Whether a person holds an office of some state, or a body is one of some state, and no country is told."""
    if referent.country or referent.body or reference.form is not MentionForm.NAME:
        return False
    if referent.type is EntityType.ORGANIZATION:
        ends = {referent.words[0].lower(), referent.words[-1].lower()}
        return referent.known is None and bool(ends & _BODIES)
    if referent.type is not EntityType.PERSON or _is_guest(cast, reference):
        return False
    words = {word for role in referent.roles for word in role.title.lower().replace("-", " ").split()}
    return any(word in state_titles() | _SERVICES or title_words().get(word) == "rank" for word in words - _ABROAD)


def _is_behind(cast: Cast, reference: Reference) -> bool:
    """Whether a state is where something happens or whom it happens to, rather than who is spoken of."""
    return cast.word_before(reference) in _PREPOSITIONS


def _is_abroad(cast: Cast, reference: Reference, home: str) -> bool:
    other = cast.referents[reference.referents[0]].country
    return other is not None and other != home


def _is_joined(cast: Cast, reference: Reference) -> bool:
    """Whether somebody is named behind "and": with somebody of the dateline's country, it may be one of another."""
    return cast.word_before(reference) in ("and", "with")


def _is_guest(cast: Cast, reference: Reference) -> bool:
    return cast.word_before(reference) in _GUESTS
