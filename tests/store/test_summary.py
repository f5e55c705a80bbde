"""Whose facts a summary counts."""

from __future__ import annotations

import orjson
import pytest

from app.domain.entity import EntityType
from app.store.conditions import Filters
from app.store.database import Database
from app.store.partners import partners
from app.store.queries import Window
from app.store.summary import summary
from app.store.write import put
from tests.making import FactsOf, an_article
from tests.store.several import fill


def extractors(database: Database, filters: Filters) -> list[str]:
    with database.read() as connection:
        return summary(connection, filters, 10).extractors


def fill_twice(database: Database) -> None:
    """The articles of `fill`, and one whose facts another extractor found."""
    fill(database)
    article = an_article("Chile and Malta met.", "Meeting")
    parties = FactsOf(article).names("Chile", EntityType.COUNTRY, "CL").names("Malta", EntityType.COUNTRY, "MT")
    facts = parties.commits("Chile and Malta met", ("chile", "CL"), ("malta", "MT")).made("by hand 2")
    with database.write() as connection:
        put(connection, article, facts)


def test_summary_names_every_extractor_whose_facts_it_counts(database: Database) -> None:
    assert extractors(database, []) == []
    fill_twice(database)
    assert extractors(database, []) == ["by hand 1", "by hand 2"]
    assert extractors(database, [("country", ("CL",))]) == ["by hand 1", "by hand 2"]
    assert extractors(database, [("country", ("MT",))]) == ["by hand 2"]
    assert extractors(database, [("country", ("KE", "FJ"))]) == ["by hand 1"]
    assert extractors(database, [("extractor", ("by hand 1",))]) == ["by hand 1"]


@pytest.mark.parametrize(
    ("names", "partners_of_chile"),
    [
        ((), {"MT", "PE"}),
        (("by hand 1",), {"PE"}),
        (("by hand 2",), {"MT"}),
        (("by hand 1", "by hand 2"), {"MT", "PE"}),
        (("by nobody",), set()),
    ],
)
def test_partners_are_those_of_the_extractors_asked_for(
    database: Database, names: tuple[str, ...], partners_of_chile: set[str]
) -> None:
    fill_twice(database)
    filters: Filters = [("extractor", names), ("negated", (False,))] if names else []
    with database.read() as connection:
        found = partners(connection, "chile", filters, Window(10))
    assert {orjson.loads(item)["side"] for item in found.items} == partners_of_chile
