"""What is known of an entity across articles, from what each article says of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce

from app.schemas.entities import ArticleEntity, EntityLinks, EntityOut, RoleWithSource

Appearance = tuple[ArticleEntity, str, date | None]
"""An entity as an article speaks of it, the article's id, and its date."""


def with_appearance(known: EntityOut | None, appearance: Appearance) -> EntityOut:
    """The entity with one more article; None before the first."""
    seen, article, published = appearance
    names = {seen.name, *seen.aliases} | ({known.name, *known.aliases} if known else set())
    name = max(seen.name, known.name, key=_fullness) if known else seen.name
    days = [day for day in (published, *((known.first_seen, known.last_seen) if known else ())) if day]
    return EntityOut(
        id=seen.id,
        name=name,
        type=seen.type,
        country=(known.country if known else None) or seen.country,
        aliases=sorted(names - {name}),
        roles=_roles([*(known.roles if known else ()), *_said(seen, article)]),
        article_count=(known.article_count if known else 0) + 1,
        mention_count=(known.mention_count if known else 0) + len(seen.mentions),
        first_seen=min(days, default=None),
        last_seen=max(days, default=None),
        links=EntityLinks.of(seen.id),
    )


def with_more_said(known: EntityOut, before: ArticleEntity, now: ArticleEntity, article: str) -> EntityOut | None:
    """The entity when one of its articles says of it all that it said before, and perhaps more.

    None where the article says less: then only all the appearances together can tell what is still known.
    """
    lost = {before.name, *before.aliases} - {now.name, *now.aliases} or set(before.roles) - set(now.roles)
    if lost or before.type != now.type or before.country not in (None, now.country):
        return None
    names = {known.name, *known.aliases, now.name, *now.aliases}
    name = max(known.name, now.name, key=_fullness)
    return known.model_copy(
        update={
            "name": name,
            "country": known.country or now.country,
            "aliases": sorted(names - {name}),
            "roles": _roles([*known.roles, *_said(now, article)]),
            "mention_count": known.mention_count + len(now.mentions) - len(before.mentions),
        }
    )


def of_appearances(appearances: Iterable[Appearance]) -> EntityOut | None:
    """The entity that these appearances are of; None without any."""
    return reduce(with_appearance, appearances, None)


def _fullness(name: str) -> tuple[int, int, str]:
    return len(name.split()), len(name), name


def _said(seen: ArticleEntity, article: str) -> list[RoleWithSource]:
    return [RoleWithSource(**dict(role), article=article) for role in seen.roles]


def _roles(roles: list[RoleWithSource]) -> list[RoleWithSource]:
    """Each office once, with the first article by id, which begins with its date."""
    ordered = sorted(roles, key=lambda r: (r.title, r.organization or "", r.country or "", r.article))
    once = {(r.title.casefold(), r.organization, r.country): r for r in reversed(ordered)}
    return list(reversed(once.values()))
