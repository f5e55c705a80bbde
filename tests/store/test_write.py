"""Articles and their facts go in whole, once, and come out again whole."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlmodel import SQLModel

from app.domain.article import Article, Source
from app.domain.entity import EntityType, Mention, MentionForm, Role
from app.domain.evidence import EvidenceError, Span
from app.domain.facts import Facts
from app.ingest.same_story import signature
from app.store import tables
from app.store.database import Database
from app.store.near_duplicates import same_story
from app.store.queries import document
from app.store.write import SameText, UnknownArticle, delete_article, put, replace_article
from tests.making import FactsOf, an_article, pact_facts, span

ALL_TABLES = [table for table in SQLModel.metadata.sorted_tables if table.name != "changes"]


def store(database: Database, article: Article, facts: Facts | None = None) -> str:
    with database.write() as connection:
        return put(connection, article, facts or pact_facts(article)).id


def entity(database: Database, entity_id: str) -> dict[str, Any] | None:
    with database.read() as connection:
        found = document(connection, tables.entities, entity_id)
    return json.loads(found.body) if found else None


def row_counts(database: Database) -> dict[str, int]:
    with database.read() as connection:
        counts = ((t.name, connection.scalar(select(func.count()).select_from(t))) for t in ALL_TABLES)
        return {name: int(count or 0) for name, count in counts}


def of_person(text: str, name: str, country: str | None, roles: Iterable[Role] = ()) -> tuple[Article, Facts]:
    article = an_article(text, title=text[:20])
    return article, FactsOf(article).names(name, EntityType.PERSON, country, roles).made()


def test_the_same_text_again_adds_nothing_but_its_source(database: Database) -> None:
    first = store(database, an_article())
    again = replace(an_article(), sources=(Source("Harbour News"), Source("Coast Post", url="https://coast.invalid/1")))
    before = row_counts(database)
    assert store(database, again) == first
    assert row_counts(database) == before | {"article_sources": before["article_sources"] + 1}
    with database.read() as connection:
        stored = document(connection, tables.articles, first)
    assert stored
    assert [source["name"] for source in json.loads(stored.body)["sources"]] == ["Harbour News", "Coast Post"]


def test_facts_whose_evidence_is_wrong_leave_nothing_behind(database: Database) -> None:
    article = an_article()
    wrong = replace(pact_facts(article), sentences=(Span(0, 5, "Chili"),))
    with pytest.raises(EvidenceError):
        store(database, article, wrong)
    assert set(row_counts(database).values()) == {0}


def test_two_articles_of_a_day_and_a_title_have_ids_of_their_own(database: Database) -> None:
    first = an_article()
    second = an_article(first.text + " So be it.")
    ids = [store(database, first), store(database, second)]
    assert ids == ["2025-03-04-pact-at-sea", f"2025-03-04-pact-at-sea-{second.content_hash[:6]}"]


def test_deleting_an_article_takes_its_facts_and_leaves_those_of_others(database: Database) -> None:
    kept = an_article(published=date(2025, 1, 1))
    text = "Rosa Quispe rested in Chile."
    gone = an_article(text, "Rest")
    facts = FactsOf(gone).names("Rosa Quispe", EntityType.PERSON, "PE").names("Chile", EntityType.COUNTRY, "CL").made()
    store(database, kept)
    before, known = row_counts(database), entity(database, "chile")
    gone_id = store(database, gone, facts)
    assert (entity(database, "chile") or {})["article_count"] == 2
    with database.write() as connection:
        delete_article(connection, gone_id)
    assert row_counts(database) == before
    assert entity(database, "chile") == known


def test_deleting_the_only_article_empties_the_store(database: Database) -> None:
    article_id = store(database, an_article())
    with database.write() as connection:
        delete_article(connection, article_id)
    assert set(row_counts(database).values()) == {0}


def test_replacing_an_article_keeps_its_id_and_drops_what_only_it_said(database: Database) -> None:
    article_id = store(database, an_article())
    article, facts = of_person("Juana Mamani rested.", "Juana Mamani", "BO")
    with database.write() as connection:
        replace_article(connection, article_id, article, facts)
    assert entity(database, "chile") is None
    assert (entity(database, "juana-mamani") or {})["article_count"] == 1
    counts = row_counts(database)
    assert (counts["articles"], counts["entities"], counts["commitments"], counts["statements"]) == (1, 1, 0, 0)


def test_replacing_an_article_by_the_same_facts_changes_no_count(database: Database) -> None:
    article_id = store(database, an_article())
    before, known = row_counts(database), entity(database, "peru")
    with database.write() as connection:
        replace_article(connection, article_id, an_article(), pact_facts(an_article()))
    assert (row_counts(database), entity(database, "peru")) == (before, known)


def test_an_article_cannot_become_another_one(database: Database) -> None:
    other = store(database, an_article())
    article, facts = of_person("Juana Mamani rested.", "Juana Mamani", "BO")
    mine = store(database, article, facts)
    with pytest.raises(SameText, match=other), database.write() as connection:
        replace_article(connection, mine, an_article(), pact_facts(an_article()))
    assert (entity(database, "juana-mamani") or {})["article_count"] == 1


def test_what_is_not_there_cannot_be_deleted(database: Database) -> None:
    with pytest.raises(UnknownArticle), database.write() as connection:
        delete_article(connection, "no-such")


def test_people_of_one_name_and_country_are_one_entity_with_all_their_roles(database: Database) -> None:
    store(database, *of_person("Ana Silva, a mayor, met us.", "Ana Silva", None, [Role("mayor")]))
    store(database, *of_person("Ana Silva, a judge, left us.", "Ana Silva", "BR", [Role("judge"), Role("mayor")]))
    known = entity(database, "ana-silva") or {}
    assert (known["country"], known["article_count"]) == ("BR", 2)
    assert [role["title"] for role in known["roles"]] == ["judge", "mayor"]


def test_people_of_one_name_and_two_countries_are_two_entities(database: Database) -> None:
    store(database, *of_person("Ana Silva met us.", "Ana Silva", "BR"))
    store(database, *of_person("Ana Silva left us.", "Ana Silva", "PT"))
    assert [(entity(database, e) or {}).get("country") for e in ("ana-silva", "ana-silva-pt")] == ["BR", "PT"]


def test_an_id_that_means_something_else_is_not_taken(database: Database) -> None:
    article = an_article("Georgia spoke.", "A")
    store(database, article, FactsOf(article).names("Georgia", EntityType.COUNTRY, "GE").made())
    other, facts = of_person("Georgia sang.", "Georgia", None)
    store(database, other, facts)
    assert (entity(database, "georgia") or {})["type"] == "country"
    assert (entity(database, f"georgia-{other.content_hash[:6]}") or {})["type"] == "person"


def telling(database: Database, article: str) -> list[tuple[str, float]]:
    with database.read() as connection:
        return [(json.loads(t.listing)["id"], t.similarity) for t in same_story(connection, article, 10)]


LONG = " ".join(f"Delegates of district {n} met the minister of port {n * 7}." for n in range(40))


def signed(database: Database, text: str, title: str) -> str:
    article = an_article(text, title)
    with database.write() as connection:
        return put(connection, article, Facts("by hand 1"), signature(text)).id


def test_near_duplicates_are_linked_and_not_merged(database: Database) -> None:
    whole = signed(database, LONG, "Whole")
    signed(database, "Quite another story about a lighthouse and its keeper.", "Other")
    cut = signed(database, LONG[: len(LONG) * 3 // 4], "Cut")
    longer = signed(database, LONG + " More is expected.", "Longer")
    assert [found for found, _ in telling(database, whole)] == [longer, cut]
    assert telling(database, whole)[0][1] > 0.9
    assert [found for found, _ in telling(database, cut)] == [whole, longer]


def test_near_duplicates_follow_corrections_and_removals(database: Database) -> None:
    whole, cut = signed(database, LONG, "Whole"), signed(database, LONG[: len(LONG) * 3 // 4], "Cut")
    with database.write() as connection:
        replace_article(connection, cut, an_article(LONG[: len(LONG) * 3 // 4], "Renamed"), Facts("by hand 2"))
    assert [found for found, _ in telling(database, whole)] == [cut]
    other = "Quite another story about a lighthouse and its keeper."
    with database.write() as connection:
        replace_article(connection, cut, an_article(other), Facts("by hand 2"), signature(other))
    assert telling(database, whole) == []
    again = signed(database, LONG[: len(LONG) * 3 // 4], "Again")
    with database.write() as connection:
        delete_article(connection, again)
    later = signed(database, "A text that takes the row of the one that was removed.", "Later")
    assert telling(database, whole) == telling(database, later) == []


TEXT = "Ana Silva came. Judge Silva sat. Ms Silva stood. Aninha left."


def saying(n: int, names: Iterable[str], offices: Iterable[str]) -> tuple[Article, Facts]:
    """The article number ``n``, which calls one person by these names and gives her these offices."""
    article = an_article(f"{TEXT} {n}.", f"Article {n}", date(2025, 1, 1 + n))
    (person,) = FactsOf(article).names("Ana Silva", EntityType.PERSON, "BR", map(Role, offices)).made().entities
    mentions = tuple(Mention(span(article, name), MentionForm.NAME) for name in ("Ana Silva", *names))
    return article, Facts("by hand 1", entities=(replace(person, aliases=tuple(names), mentions=mentions),))


SAYINGS = st.tuples(
    st.integers(0, 2),
    st.lists(st.sampled_from(["Judge Silva", "Ms Silva", "Aninha"]), unique=True),
    st.lists(st.sampled_from(["judge", "mayor"]), unique=True),
)


@given(st.lists(SAYINGS, min_size=1, max_size=6))
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_is_known_of_an_entity_is_what_its_articles_say_in_the_end(
    database: Database, sayings: list[tuple[int, list[str], list[str]]]
) -> None:
    last = {n: saying(n, names, offices) for n, names, offices in sayings}
    with database.write() as connection:
        for n, names, offices in sayings:
            stored = put(connection, *saying(n, names, offices))
            if not stored.created:
                replace_article(connection, stored.id, *saying(n, names, offices))
        replaced = document(connection, tables.entities, "ana-silva")
        for n in last:
            delete_article(connection, f"2025-01-0{1 + n}-article-{n}")
        assert document(connection, tables.entities, "ana-silva") is None
        for n in sorted(last):
            put(connection, *last[n])
        fresh = document(connection, tables.entities, "ana-silva")
        for n in last:
            delete_article(connection, f"2025-01-0{1 + n}-article-{n}")
    assert replaced
    assert fresh
    assert json.loads(replaced.body) == json.loads(fresh.body)
