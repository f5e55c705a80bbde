"""Who belongs to the country that an article is written from."""

from __future__ import annotations

import pytest

from app.domain.article import Article
from app.extraction.extractor import extract


def countries(text: str) -> dict[str, str | None]:
    return {entity.name: entity.country for entity in extract(Article(text)).entities}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SUVA, June 3 (AP) -- Prime Minister Jone Waqa spoke on Monday.", "Jone Waqa"),
        ("SUVA - Colonel Tomasi Rabuka, an army spokesman, spoke on Monday.", "Tomasi Rabuka"),
        ("SUVA - Foreign Ministry Spokesman Ambassador Jone Waqa spoke on Monday.", "Jone Waqa"),
        ("NADI, Fiji — It rained. Later the Ministry of Fisheries spoke.", "Ministry of Fisheries"),
        ("SUVA - Peru was far away. Fiji was near. Defence Minister Jone Waqa spoke.", "Jone Waqa"),
        ("SUVA - Ships went to Peru. Defence Minister Jone Waqa spoke.", "Jone Waqa"),
    ],
)
def test_offices_and_bodies_of_state_without_a_country_are_of_the_datelines(text: str, name: str) -> None:
    assert countries(text)[name] == "FJ"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Prime Minister Jone Waqa spoke in Suva on Monday.", "Jone Waqa"),
        ("SUVA - Tonga refused. Foreign Minister Siaosi Lolo spoke.", "Siaosi Lolo"),
        ("SUVA - The visiting Foreign Minister Siaosi Lolo spoke.", "Siaosi Lolo"),
        ("SUVA - Ambassador Ada Holm spoke on Monday.", "Ada Holm"),
        ("SUVA - Shopkeeper Jone Waqa spoke on Monday.", "Jone Waqa"),
        ("SUVA - Officials of Tonga saw General Jone Waqa and General Siaosi Lolo.", "Siaosi Lolo"),
        ("GENEVA (AP) — Foreign Minister Siaosi Lolo spoke.", "Siaosi Lolo"),
        ("SUVA, June 3 (Yonhap) -- Vice Minister Lee Tae-min spoke.", "Lee Tae-min"),
    ],
)
def test_nobody_is_given_a_country_where_another_may_be_meant(text: str, name: str) -> None:
    assert countries(text)[name] is None


def test_the_city_of_a_dateline_is_a_place_and_no_side() -> None:
    facts = extract(Article("LIMA, June 3 (AP) -- Fiji and Tonga signed a fishing agreement."))
    assert next((e.name, e.type.value, e.country) for e in facts.entities) == ("Lima", "place", "PE")
    assert {party.country for c in facts.commitments for party in c.parties} == {"FJ", "TO"}


def test_a_minister_of_the_dateline_is_a_side() -> None:
    facts = extract(Article("SUVA, June 3 (AP) -- Defence Minister Jone Waqa met the president of Tonga on Monday."))
    (met,) = facts.commitments
    assert {party.country for party in met.parties} == {"FJ", "TO"}
