"""Whose facts a summary counts."""

from __future__ import annotations

from app.domain.entity import EntityType
from app.store.conditions import Filters
from app.store.database import Database
from app.store.summary import summary
from app.store.write import put
from tests.making import FactsOf, an_article
from tests.store.several import fill


def extractors(database: Database, filters: Filters) -> list[str]:
    with database.read() as connection:
        return summary(connection, filters, 10).extractors


def test_summary_names_every_extractor_whose_facts_it_counts(database: Database) -> None:
    assert extractors(database, []) == []
    fill(database)
    article = an_article("Chile and Malta met.", "Meeting")
    parties = FactsOf(article).names("Chile", EntityType.COUNTRY, "CL").names("Malta", EntityType.COUNTRY, "MT")
    facts = parties.commits("Chile and Malta met", ("chile", "CL"), ("malta", "MT")).made("by hand 2")
    with database.write() as connection:
        put(connection, article, facts)
    assert extractors(database, []) == ["by hand 1", "by hand 2"]
    assert extractors(database, [("country", ("CL",))]) == ["by hand 1", "by hand 2"]
    assert extractors(database, [("country", ("MT",))]) == ["by hand 2"]
    assert extractors(database, [("country", ("KE", "FJ"))]) == ["by hand 1"]
    assert extractors(database, [("extractor", ("by hand 1",))]) == ["by hand 1"]
