"""Short articles made up for benchmarks, each different, and an extractor that has their facts ready-made."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from app.domain.article import Article
from app.domain.commitment import Commitment, Form, Party, PartyRole, Plover, Stage
from app.domain.entity import Entity, EntityType, Mention, MentionForm
from app.domain.evidence import Evidence, Span
from app.domain.facts import Facts, commitment_id, statement_id
from app.domain.statement import Speaker, Statement, StatementForm

COUNTRIES = {
    "Belgium": "BE",
    "Brazil": "BR",
    "Chile": "CL",
    "Egypt": "EG",
    "Fiji": "FJ",
    "Ghana": "GH",
    "Japan": "JP",
    "Kenya": "KE",
    "Latvia": "LV",
    "Norway": "NO",
    "Oman": "OM",
    "Peru": "PE",
    "Poland": "PL",
    "Spain": "ES",
}
FIRST = ("Amara", "Boris", "Chiara", "Dalia", "Emil", "Farid", "Greta", "Hassan", "Irina", "Jonas", "Kofi", "Lena")
LAST = ("Abara", "Brandt", "Castillo", "Dimov", "Eriksen", "Farouk", "Gupta", "Haddad", "Ivanova", "Jansen", "Kovac")
PACTS = ("train their navies together", "open a joint port", "share weather data", "protect fishing grounds")
FIRST_DAY = date(2010, 1, 1)
DAYS = 5475
PLACES = ("harbour", "border", "airfield", "railway", "lighthouse", "market", "river", "embassy", "bridge", "island")


def record(number: int, share: float | None = None) -> dict[str, str]:
    """An article of about 70 words; the same number gives the same one.

    Its day is one of fifteen years: by chance, or when that ``share`` of them had gone by.
    """
    chance = random.Random(number)
    one, other = chance.sample(sorted(COUNTRIES), 2)
    pact, person = chance.choice(PACTS), f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    text = (
        f"{one} and {other} agreed to {pact} under plan {number}. "
        f"{person}, the foreign minister of {one}, said that the plan would last. "
        + " ".join(
            f"Work at the {chance.choice(PLACES)} of district {chance.randrange(10**6)} begins in month "
            f"{chance.randrange(1, 13)}, and {chance.randrange(10**4)} people will be needed there."
            for _ in range(3)
        )
    )
    share = chance.random() if share is None else share
    day = str(FIRST_DAY + timedelta(days=int(share * DAYS)))
    return {"title": f"{one} and {other} agree {number}", "text": text, "source": "Bench News", "published": day}


def write_records(path: Path, numbers: Sequence[int], *, in_order: bool = True) -> None:
    """Write articles as JSON Lines: in the order of their days, as an archive has them, or in one by chance."""
    with path.open("w", encoding="utf-8") as stream:
        for place, number in enumerate(numbers):
            share = place / len(numbers) if in_order else None
            stream.write(json.dumps(record(number, share)) + "\n")


class ReadyMade:
    """Knows the facts of these articles by their make: what remains is reading, signing and storing."""

    name = "ready-made 1"

    _SHAPE = re.compile(
        r"(?P<one>\w+) and (?P<other>\w+) (?P<act>agreed to [^.]+)\. "
        r"(?P<person>\w+ \w+), [^.]*?, (?P<cue>said) that (?P<said>[^.]+)\."
    )

    def warm(self) -> None:
        """Nothing needs loading."""

    def extract(self, article: Article) -> Facts:
        """Three entities, one statement, one commitment."""
        found = self._SHAPE.match(article.text)
        if not found:
            return Facts(self.name)

        def span(group: str) -> Span:
            return Span.of(article.text, *found.span(group))

        def entity(group: str, kind: EntityType, country: str | None) -> Entity:
            mention = Mention(span(group), MentionForm.NAME)
            slug = found[group].lower().replace(" ", "-")
            return Entity(slug, found[group], kind, country, mentions=(mention,))

        entities = (
            entity("one", EntityType.COUNTRY, COUNTRIES[found["one"]]),
            entity("other", EntityType.COUNTRY, COUNTRIES[found["other"]]),
            entity("person", EntityType.PERSON, COUNTRIES[found["one"]]),
        )
        evidence = (Evidence(0, span("act")),)
        parties = tuple(Party(e.id, e.country, PartyRole.PARTY) for e in entities[:2])
        made = commitment_id(article, evidence, Form.MILITARY, Stage.AGREED, parties)
        commitment = Commitment(
            made, Stage.AGREED, Form.MILITARY, Plover.AGREE, "057", parties, "agree", None, 0.9, evidence
        )
        cue, said = (span("cue"),), (span("said"),)
        speakers = (Speaker(span("person"), entities[2].id),)
        statement = Statement(statement_id(article, cue, said), StatementForm.INDIRECT, speakers, cue, said)
        sentences = tuple(
            Span.of(article.text, m.start(), m.end()) for m in re.finditer(r"[^.]+\.", article.text) if m[0].strip()
        )
        return Facts(self.name, sentences, entities, (statement,), (commitment,))

    def extract_many(self, articles: Iterable[Article]) -> Iterator[Facts]:
        """The facts of each article, in order."""
        return map(self.extract, articles)
