"""The entities of a language model's answer, as far as the article mentions them, and who is meant by a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, count

from app.domain.article import Article
from app.domain.entity import Entity, EntityType, Mention, MentionForm, Role
from app.domain.evidence import Span
from app.extraction.answer import SaidEntity, SaidMention
from app.extraction.entity_records import slug
from app.extraction.quotes import Quotes, same_words
from app.language.geography import country_named, short_name, short_names
from app.language.tables import rows


def country_code(code: str | None) -> str | None:
    """The code in upper case where a country has it, else None."""
    upper = (code or "").upper()
    return upper if upper in short_names() else None


@cache
def _bodies() -> dict[str, str]:
    """The names that organisations of organizations.tsv get, by all their spellings."""
    spellings = ((row["name"], [row["name"], *row["aliases"].split("|")]) for row in rows("organizations.tsv"))
    return {same_words(spelling): name for name, all_of_it in spellings for spelling in all_of_it if spelling}


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the answer says of an entity, its country settled."""

    name: str
    type: EntityType
    country: str | None
    mentions: tuple[SaidMention, ...]
    roles: tuple[Role, ...] = ()


class GroundedEntities:
    """Entities by their ids, and by every name they are called by."""

    def __init__(self, article: Article, quotes: Quotes, dropped: Counter[str]) -> None:
        self._article = article
        self._quotes = quotes
        self._dropped = dropped
        self._entities: dict[str, Entity] = {}
        self._by_name: dict[str, str] = {}
        self._taken: set[tuple[int, int]] = set()

    def take(self, said: Iterable[SaidEntity]) -> None:
        """Add those that the article mentions, and count the others as dropped. One that is told twice is one."""
        for entity in said:
            told = self._by_name.get(same_words(entity.name))
            if told and self._entities[told].type is entity.type:
                continue
            country = country_code(entity.country)
            if entity.type is EntityType.COUNTRY:
                country = country or country_named(entity.name)
            roles = tuple(Role(r.title, r.organization, country_code(r.country)) for r in entity.roles)
            if self._add(_Claim(entity.name, entity.type, country, tuple(entity.mentions), roles)) is None:
                self._dropped["entities without a mention of their own in the article"] += 1

    def named(self, name: str) -> str | None:
        """The id of the entity that is called so; a country may be one that the answer did not list."""
        if found := self._by_name.get(same_words(name)):
            return found
        code = country_named(name)
        return self._add(_Claim(name, EntityType.COUNTRY, code, ())) if code else None

    def country_of(self, entity: str) -> str | None:
        """The country that the entity is or belongs to."""
        return self._entities[entity].country

    def records(self) -> tuple[Entity, ...]:
        """All of them, in the order of their first mention."""
        return tuple(sorted(self._entities.values(), key=lambda entity: entity.mentions[0].span))

    def _add(self, claim: _Claim) -> str | None:
        """Add an entity; None where the article nowhere mentions it."""
        mentions = tuple(sorted(self._mentions(claim), key=lambda mention: mention.span))
        if not mentions:
            return None
        names = [m.span.text for m in mentions if m.form is MentionForm.NAME]
        name = _common_name(max(names or [m.span.text for m in mentions], key=len), claim)
        entity_id = self._free_id(name, claim)
        aliases = tuple(alias for alias in dict.fromkeys(names) if alias != name)
        kept = self._roles(claim) if claim.type is EntityType.PERSON else ()
        self._entities[entity_id] = Entity(entity_id, name, claim.type, claim.country, aliases, kept, mentions)
        self._taken.update((m.span.start, m.span.end) for m in mentions)
        for called in (claim.name, name, *(m.span.text for m in mentions)):
            self._by_name.setdefault(same_words(called), entity_id)
        return entity_id

    def _mentions(self, claim: _Claim) -> Iterator[Mention]:
        """Each place that mentions the entity, by its longest wording there; not where another one is meant."""
        whole = SaidMention(quote=claim.name, form="name")
        own: list[Span] = []
        for said in sorted((*claim.mentions, whole), key=lambda mention: -len(mention.quote)):
            for span in self._quotes.every(said.quote):
                if (span.start, span.end) in self._taken or any(o.start < span.end and span.start < o.end for o in own):
                    continue
                own.append(span)
                yield Mention(span, MentionForm(said.form))

    def _roles(self, claim: _Claim) -> tuple[Role, ...]:
        """Those roles whose title the article holds; an organisation that it does not hold is left out."""

        def stands(words: str | None) -> bool:
            return bool(words and self._quotes.every(words))

        told = (r for r in claim.roles if stands(r.title))
        return tuple(dict.fromkeys(r if stands(r.organization) else Role(r.title, None, r.country) for r in told))

    def _free_id(self, name: str, claim: _Claim) -> str:
        """The name's slug; a lone name of a person with digits of the article; where it is taken, with more."""
        base = slug(name) or "entity"
        if claim.type is EntityType.PERSON and " " not in name:
            base = f"{base}-{self._article.content_hash[:6]}"
        with_country = [f"{base}-{claim.country.lower()}"] if claim.country else []
        numbered = (f"{base}-{claim.type}-{number}" for number in count(2))
        return next(found for found in chain([base], with_country, numbered) if found not in self._entities)


def _common_name(fullest: str, claim: _Claim) -> str:
    """What the entity is called whoever finds it: countries and known bodies by the names that the tables give them."""
    if claim.type is EntityType.COUNTRY and claim.country:
        return short_name(claim.country)
    if claim.type is EntityType.ORGANIZATION:
        return _bodies().get(same_words(fullest), fullest)
    return fullest
