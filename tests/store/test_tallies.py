"""Counts that are kept: they tell what counting tells, whatever was stored, replaced and taken out."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.article import Article
from app.domain.commitment import Form, Stage
from app.domain.entity import EntityType
from app.domain.facts import Facts
from app.store.conditions import Filters
from app.store.database import Database
from app.store.partners import partners
from app.store.queries import Window
from app.store.summary import summary
from app.store.tables import month_tallies, pair_tallies, pair_totals, state_tallies
from app.store.write import delete_article, put, replace_article
from tests.making import FactsOf

SIDES = {"Chile": "CL", "Peru": "PE", "Fiji": "FJ", "Kenya": "KE", "Reef League": None}
DAYS = (date(2025, 3, 4), date(2025, 3, 30), date(2025, 4, 1), None)

OF_ALL: Filters = [("min_confidence", (0.0,))]
"""Lets everything through, and is nothing that counts are kept by."""

FILTERS: tuple[Filters, ...] = (
    [],
    [("country", ("PE",))],
    [("country", ("TV",))],
    [("stage", ("agreed", "enacted"))],
    [("country", ("PE",)), ("stage", ("agreed", "enacted"))],
    [("country", ("PE",)), ("form", ("aid", "military", "other")), ("negated", (True,))],
    [("negated", (False,))],
    [("negated", (True,))],
    [("published_from", (date(2025, 3, 5),)), ("negated", (False,))],
)


def made_up(chance: random.Random, number: int) -> tuple[Article, Facts]:
    """An article of some commitments, each of one to four sides."""
    acts = [chance.sample(sorted(SIDES), chance.randint(1, 4)) for _ in range(chance.randint(0, 3))]
    lines = [f"{' and '.join(sides)} met for the time {number}-{n}." for n, sides in enumerate(acts)]
    article = Article(
        " ".join([f"Much happened {number}.", *lines]), f"Meeting {number}", published=chance.choice(DAYS)
    )
    facts = FactsOf(article)
    for name in sorted({name for sides in acts for name in sides}):
        facts.names(name, EntityType.COUNTRY if SIDES[name] else EntityType.ORGANIZATION, SIDES[name])
    for n, sides in enumerate(acts):
        parties = [(name.lower().replace(" ", "-"), SIDES[name]) for name in sides]
        kind: dict[str, Any] = {"stage": chance.choice(list(Stage)), "form": chance.choice(list(Form))}
        facts.commits(f"met for the time {number}-{n}", *parties, **kind, negated=chance.random() < 0.3)
    return article, facts.made()


def fill_and_change(database: Database, seed: int) -> list[str]:
    """Put, replace and delete articles by chance; gives the ids of those that are left."""
    chance = random.Random(seed)
    held: list[str] = []
    for number in range(30):
        article, facts = made_up(chance, number)
        with database.write() as connection:
            what = chance.random()
            if held and what < 0.25:
                delete_article(connection, held.pop(chance.randrange(len(held))))
            elif held and what < 0.5:
                replace_article(connection, chance.choice(held), article, facts)
            else:
                held.append(put(connection, article, facts).id)
    return held


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_is_what_counting_gives(database: Database, seed: int) -> None:
    fill_and_change(database, seed)
    with database.read() as connection:
        for filters in FILTERS:
            assert summary(connection, filters, 4) == summary(connection, [*filters, *OF_ALL], 4), filters


def test_partners_of_what_is_kept_are_those_of_counting(database: Database) -> None:
    fill_and_change(database, 7)
    by_hand = ("extractor", ("by hand 1",))
    with database.read() as connection:
        for filters in ([], [("stage", ("agreed", "intended"))], [("negated", (True,))], [("form", ("aid",))]):
            kept = partners(connection, "peru", filters, Window(3))
            assert kept == partners(connection, "peru", [*filters, by_hand], Window(3))
            if kept.after:
                rest = Window(3, kept.after)
                assert partners(connection, "peru", filters, rest) == partners(
                    connection, "peru", [*filters, by_hand], rest
                )


def test_nothing_is_kept_of_what_is_gone(database: Database) -> None:
    for article in fill_and_change(database, 11):
        with database.write() as connection:
            delete_article(connection, article)
    with database.read() as connection:
        for table in (month_tallies, state_tallies, pair_tallies, pair_totals):
            assert connection.scalar(select(func.count()).select_from(table)) == 0


def test_what_an_older_version_stored_is_counted(database: Database) -> None:
    fill_and_change(database, 5)
    with database.read() as connection:
        before = [summary(connection, filters, 4) for filters in FILTERS]
    database.downgrade("0010")
    database.migrate()
    with database.read() as connection:
        assert [summary(connection, filters, 4) for filters in FILTERS] == before
