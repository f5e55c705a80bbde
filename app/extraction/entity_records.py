"""Referents as entities: their ids, their mentions, the names they go by."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import chain, count

from app.domain.article import Article
from app.domain.entity import Entity, EntityType, Mention
from app.domain.evidence import Span
from app.extraction.entities import Cast, Referent
from app.extraction.spelling import sound
from app.language.leaders import leader_names


def entities(cast: Cast, article: Article) -> tuple[dict[int, str], tuple[Entity, ...]]:
    """The ids of referents by number, and the entities in the order of their first mention."""
    ids = _ids(cast, article)
    mentions: dict[int, list[Mention]] = {}
    tokens = cast.reading.tokens
    seen: set[tuple[int, int, int]] = set()
    for reference in cast.references:
        span = Span.of(article.text, tokens[reference.first].start, tokens[reference.last - 1].end)
        for number in reference.referents:
            if (number, span.start, span.end) not in seen:
                seen.add((number, span.start, span.end))
                mentions.setdefault(number, []).append(Mention(span, reference.form))
    order = sorted(
        cast.referents,
        key=lambda r: (
            mentions[r.number][0].span if r.number in mentions else Span(len(article.text), 0, ""),
            r.number,
        ),
    )
    return ids, tuple(
        Entity(
            ids[r.number],
            r.name,
            r.type,
            r.country,
            _aliases(r),
            tuple(r.roles) if r.type is EntityType.PERSON else (),
            tuple(mentions.get(r.number, ())),
        )
        for r in order
    )


def _aliases(referent: Referent) -> tuple[str, ...]:
    """Other names seen, and the acronym by which a body is known."""
    acronym = [referent.known.acronym] if referent.known and referent.known.acronym else []
    return tuple(alias for alias in dict.fromkeys([*referent.aliases, *acronym]) if alias != referent.name)


def _ids(cast: Cast, article: Article) -> dict[int, str]:
    taken: dict[str, int] = {}
    ids: dict[int, str] = {}
    for referent in cast.referents:
        base = slug(_first_spelling(referent)) or "entity"
        if referent.type is EntityType.PERSON and len(referent.words) == 1:
            base = f"{base}-{article.content_hash[:6]}"
        own = [f"{base}-{referent.country.lower()}"] if referent.country else []
        numbered = (f"{base}-{referent.type}-{number}" for number in count(2))
        wanted = next(candidate for candidate in chain([base], own, numbered) if candidate not in taken)
        taken[wanted] = referent.number
        ids[referent.number] = wanted
    return ids


def _first_spelling(referent: Referent) -> str:
    """The name; of a well-known person whose name only sounds like one of leaders.tsv, that one.

    So "Sergey Lavrov" and "Sergei Lavrov" of two articles are one entity, whichever is read first.
    """
    if referent.type is not EntityType.PERSON or not referent.country or len(referent.words) == 1:
        return referent.name
    heard = referent.country, tuple(sound(word) for word in referent.words)
    return _leaders_by_sound().get(heard, referent.name)


@cache
def _leaders_by_sound() -> dict[tuple[str, tuple[str, ...]], str]:
    found: dict[tuple[str, tuple[str, ...]], str] = {}
    for country, names in leader_names():
        for name in names:
            found.setdefault((country, tuple(sound(word) for word in name.split())), name)
    return found


def slug(name: str) -> str:
    """Lower-case ASCII letters and digits joined by hyphens."""
    special = (
        name.replace("ø", "o")
        .replace("Ø", "O")
        .replace("ł", "l")
        .replace("Ł", "L")
        .replace("ß", "ss")
        .replace("đ", "d")
        .replace("ı", "i")
    )
    plain = unicodedata.normalize("NFKD", special).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:80]
