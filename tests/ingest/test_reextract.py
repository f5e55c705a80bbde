"""Facts found anew take the place of the old ones, whatever happens to their articles meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.domain.article import Article, Source
from app.domain.entity import EntityType
from app.domain.facts import Facts
from app.extraction.extractor import ExtractionFailed
from app.ingest.reextract import Outcome, reextract
from app.ingest.workers import Staff, Workers
from app.store import tables
from app.store.database import Database
from app.store.queries import document
from app.store.reextraction import ArticleChanged, Scope, Turnover, count_in, replace_facts, stored_article
from app.store.write import UnknownArticle, add_sources, delete_article, put, replace_article
from tests.making import PACT, FactsOf, an_article, pact_facts


class SecondHand:
    """Finds in every article on the pact what it held first, but nothing that is said; fails where it is torn."""

    name = "by hand 2"

    def warm(self) -> None:
        pass

    def extract(self, article: Article) -> Facts:
        if "torn" in article.text:
            raise ExtractionFailed("the page is torn")
        return replace(pact_facts(article), extractor=self.name, statements=())

    def extract_many(self, articles: Iterable[Article]) -> Iterator[Facts]:
        return map(self.extract, articles)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(Staff(1), "sqlite:///nowhere.db", SecondHand)
    yield made
    made.close()


def titled(title: str, text: str = PACT) -> Article:
    return an_article(f"{text} {title}.", title, published=None)


def store(database: Database, *articles: Article) -> list[str]:
    with database.write() as connection:
        return [put(connection, article, pact_facts(article)).id for article in articles]


def of(database: Database, article: str, kind: str) -> list[dict[str, Any]]:
    table = getattr(tables, kind)
    with database.read() as connection:
        pk = select(tables.articles.c.pk).where(tables.articles.c.id == article).scalar_subquery()
        documents = select(table.c.document).where(table.c.article_pk == pk).order_by(table.c.position)
        return [orjson.loads(found) for found in connection.scalars(documents)]


def test_facts_that_did_not_change_keep_their_ids_and_have_the_new_name(database: Database, workers: Workers) -> None:
    (article,) = store(database, titled("A"))
    (before,), entities = of(database, article, "commitments"), of(database, article, "appearances")
    assert list(reextract(database, workers, Scope())) == [Outcome(article, Turnover(kept=1, gone=1))]
    (after,) = of(database, article, "commitments")
    assert after == before | {"extractor": "by hand 2"}
    assert of(database, article, "appearances") == entities
    assert of(database, article, "statements") == []


def test_only_what_another_extractor_found_is_stale(database: Database, workers: Workers) -> None:
    articles = store(database, titled("A"), titled("B"), titled("C"))
    with database.write() as connection:
        replace_article(connection, articles[1], titled("B"), SecondHand().extract(titled("B")))
    scope = Scope(current="by hand 2")
    with database.read() as connection:
        assert count_in(connection, scope) == 2
    assert [outcome.article for outcome in reextract(database, workers, scope)] == [articles[0], articles[2]]
    assert list(reextract(database, workers, scope)) == []


def test_work_goes_on_behind_the_article_named(database: Database, workers: Workers) -> None:
    articles = store(database, titled("A"), titled("B"), titled("C"))
    done = reextract(database, workers, Scope(after=articles[0]))
    assert [outcome.article for outcome in done] == articles[1:]


def test_article_that_cannot_be_read_keeps_its_facts_and_stops_no_other(database: Database, workers: Workers) -> None:
    torn, whole = store(database, titled("A torn"), titled("B"))
    before = of(database, torn, "commitments")
    outcomes = list(reextract(database, workers, Scope()))
    assert [(o.article, str(o.failed)) for o in outcomes] == [(torn, "the page is torn"), (whole, "None")]
    assert of(database, torn, "commitments") == before


def test_articles_corrected_and_deleted_meanwhile_stay_so(database: Database, workers: Workers) -> None:
    first, corrected, deleted = store(database, titled("A"), titled("B"), titled("C"))
    at_work = reextract(database, workers, Scope())
    assert next(at_work).article == first
    words = an_article(f"{PACT} Or so they say.", "B")
    with database.write() as connection:
        replace_article(connection, corrected, words, pact_facts(words))
        delete_article(connection, deleted)
    assert [(o.article, o.failed) for o in at_work] == [(corrected, None), (deleted, None)]
    with database.read() as connection:
        assert stored_article(connection, corrected) == words
        assert stored_article(connection, deleted) is None
    assert of(database, corrected, "commitments")[0]["extractor"] == "by hand 2"


def test_facts_of_other_words_are_refused_and_new_sources_stay(database: Database) -> None:
    (article,) = store(database, titled("A"))
    facts = SecondHand().extract(titled("A"))
    other = Source("Coast Post", url="https://coast.invalid/1")
    with database.write() as connection:
        add_sources(connection, article, [other])
        replace_facts(connection, article, titled("A"), facts)
        assert (stored_article(connection, article) or titled("")).sources[1:] == (other,)
        for changed in (titled("B"), replace(titled("A"), title="B")):
            with pytest.raises(ArticleChanged):
                replace_facts(connection, article, changed, facts)
        with pytest.raises(UnknownArticle):
            replace_facts(connection, "no-such", titled("A"), facts)


def test_entity_keeps_the_id_that_its_article_had_for_it(database: Database) -> None:
    def of_person(text: str, country: str) -> tuple[Article, Facts]:
        article = an_article(text, text[:20])
        return article, FactsOf(article).names("Ana Silva", EntityType.PERSON, country).made()

    first, second = of_person("Ana Silva met us.", "BR"), of_person("Ana Silva left us.", "PT")
    with database.write() as connection:
        ids = [put(connection, *each).id for each in (first, second)]
        delete_article(connection, ids[0])
        replace_facts(connection, ids[1], *second)
        assert document(connection, tables.entities, "ana-silva-pt")
        assert document(connection, tables.entities, "ana-silva") is None
