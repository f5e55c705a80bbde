"""Which terms are common is counted when it may have changed, and no more often."""

from __future__ import annotations

from app.store.commonness import CommonTerms
from app.store.database import Database
from app.store.words import Words, read_words
from app.store.write import put
from tests.making import FactsOf, an_article
from tests.store.several import fill


def rare(database: Database, common: CommonTerms, typed: str) -> set[str]:
    """The words that are rare."""
    with database.read() as connection:
        found = common.rare(connection, read_words(typed))
    return {" ".join(term.tokens) for term in (found or Words(())).terms}


def grow(database: Database, count: int) -> None:
    for number in range(count):
        article = an_article(f"Chile and Peru signed a pact. Number {number}.", f"Again {number}")
        with database.write() as connection:
            put(connection, article, FactsOf(article).made())


def test_terms_become_common_as_articles_come(database: Database) -> None:
    fill(database)
    common = CommonTerms(3)
    asked = 'peru fishing "fishing pact" nobody pac*'
    assert rare(database, common, asked) == {"fishing", "fishing pact", "nobody", "pac"}
    grow(database, 3)
    assert rare(database, common, asked) == {"fishing", "fishing pact", "nobody"}
    assert rare(database, common, "peru") == set()
