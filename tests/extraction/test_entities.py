from __future__ import annotations

import pytest

from app.domain.article import Article
from app.domain.entity import Entity, EntityType, Role
from app.extraction.entity_records import slug
from app.extraction.extractor import extract
from app.extraction.spelling import sound


def entities_of(text: str) -> dict[str, Entity]:
    return {entity.id: entity for entity in extract(Article(text)).entities}


def mentions(entity: Entity) -> list[tuple[str, str]]:
    return [(mention.span.text, mention.form.value) for mention in entity.mentions]


def test_name_variants_title_and_pronoun_are_one_person() -> None:
    text = (
        "General Ana Ruiz, the chief commander of the Peruvian Army, visited Chile. General Ruiz met officials. "
        "She said the sea was calm. The army chief left on Friday."
    )
    person = entities_of(text)["ana-ruiz"]
    assert person.country == "PE"
    assert person.roles == (Role("chief commander", "Peruvian Army", "PE"),)
    assert [m for m in mentions(person) if m[1] != "name"] == [
        ("the chief commander of the Peruvian Army", "title"),
        ("She", "pronoun"),
        ("The army chief", "title"),
    ]


@pytest.mark.parametrize(
    ("text", "person", "country", "title"),
    [
        ("Thai Foreign Minister Somchai Dee spoke in Paris.", "somchai-dee", "TH", "Foreign Minister"),
        ("Thailand's deputy prime minister Somchai Dee spoke.", "somchai-dee", "TH", "deputy prime minister"),
        ("Somchai Dee, the president of Thailand, spoke.", "somchai-dee", "TH", "president"),
        ("Ana Ruiz is the ambassador of Peru to Japan.", "ana-ruiz", "PE", "ambassador"),
        ("Foreign Minister Ana Ruiz of Peru spoke.", "ana-ruiz", "PE", "Foreign Minister"),
        ("The Peruvian foreign minister, Ana Ruiz, is in Tonga.", "ana-ruiz", "PE", "foreign minister"),
        ("Lt. Col. Ana Ruiz of the navy spoke.", "ana-ruiz", None, "Lt. Col."),
        ("Speaker of the Fijian Parliament Jone Waqa spoke.", "jone-waqa", "FJ", "Speaker"),
        ("President of Fiji Jone Waqa spoke.", "jone-waqa", "FJ", "President"),
        ("Fijian Ambassador to Peru Jone Waqa spoke.", "jone-waqa", "FJ", "Ambassador"),
        ("Minister of Mines and Energy of Fiji Jone Waqa spoke.", "jone-waqa", "FJ", "Minister of Mines and Energy"),
        ("Jone Waqa, Minister for Foreign Affairs of Fiji, spoke.", "jone-waqa", "FJ", "Minister for Foreign Affairs"),
        (
            "Fijian Deputy Secretary for Defense Adm. Jone Waqa spoke.",
            "jone-waqa",
            "FJ",
            "Deputy Secretary for Defense Adm.",
        ),
        ("Fijian Secretary of State Jone Waqa spoke.", "jone-waqa", "FJ", "Secretary of State"),
        ("Fijian State Councilor Jone Waqa spoke.", "jone-waqa", "FJ", "State Councilor"),
        ("H.E. Jone Waqa, President of Fiji, spoke.", "jone-waqa", "FJ", "President"),
    ],
)
def test_roles_come_from_titles_appositions_and_copulas(
    text: str, person: str, country: str | None, title: str
) -> None:
    entity = entities_of(text)[person]
    assert entity.country == country
    assert [role.title for role in entity.roles] == [title]


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Kenya's minister met his Thai counterpart, Somchai Dee, in Nairobi.", "TH"),
        ("Jone Waqa saw his Lao and Thai counterparts, Khamphan Vong and Somchai Dee, on Monday.", "TH"),
        ("A Thai delegation led by Somchai Dee arrived.", "TH"),
        ("Thai guests left as a group led by Somchai Dee arrived in a bus from the far hills.", None),
        ("The Fijian foreign minister is in Bangkok to meet with Prime Minister Somchai Dee.", "TH"),
        ("Somchai Dee's visit to Fiji follows talks in Tonga.", None),
        ("The Fijian foreign minister is in Bangkok to meet with Somchai Dee.", None),
    ],
)
def test_a_person_belongs_to_a_country_only_where_the_text_says_so(text: str, country: str | None) -> None:
    assert entities_of(text)["somchai-dee"].country == country


def test_who_is_for_a_state_does_not_belong_to_it() -> None:
    assert entities_of("Fiji's pro-Tongan President Ana Ruiz left.")["ana-ruiz"].country == "FJ"


def test_a_name_behind_that_of_a_state_belongs_to_it() -> None:
    assert entities_of("Envoys of Fiji met Norway's Jens Dahl.")["jens-dahl"].country == "NO"


def test_rank_and_title_stay_outside_the_name() -> None:
    entity = entities_of("Brigadier General Sheikh Omar bin Ali Al Said arrived.")["omar-bin-ali-al-said"]
    assert mentions(entity) == [("Omar bin Ali Al Said", "name")]


def test_name_demonym_and_capital_are_one_country() -> None:
    peru = entities_of("Peru and the Republic of Peru agree. Lima and the Peruvian side said so.")["peru"]
    assert peru.type is EntityType.COUNTRY
    assert peru.country == "PE"
    assert [form for _, form in mentions(peru)] == ["name", "name", "name", "demonym"]


def test_a_capital_is_a_place_where_something_is_and_a_government_where_it_acts() -> None:
    found = entities_of("Envoys met in Lima. Lima rejected the plan.")
    assert found["lima"].type is EntityType.PLACE
    assert found["lima"].country == "PE"
    assert [words for words, _ in mentions(found["peru"])] == ["Lima"]


def test_namesakes_with_other_first_names_stay_apart() -> None:
    found = entities_of("Minister Ana Ruiz met General Pedro Ruiz. Carlos Soto and Karla Soto stayed.")
    assert {"ana-ruiz", "pedro-ruiz", "carlos-soto", "karla-soto"} <= set(found)


def test_a_lone_family_name_keeps_an_id_of_its_article() -> None:
    article = Article("President Okonkwo spoke.")
    (person,) = extract(article).entities
    assert person.id == f"okonkwo-{article.content_hash[:6]}"


def test_a_visitor_to_one_of_two_countries_is_of_the_other() -> None:
    text = (
        "Ministers praised the ties of Fiji and Samoa, citing President Tevita Bula's visit to Samoa "
        "and his meeting with Peter Lolo."
    )
    found = entities_of(text)
    assert (found["tevita-bula"].country, found["peter-lolo"].country) == ("FJ", "WS")


def test_an_organisation_and_its_acronym_are_one() -> None:
    found = entities_of("The Peruvian Rail Development Company (PRDC) grew. PRDC has ten trains.")
    assert found["peruvian-rail-development-company"].country == "PE"
    assert "prdc" not in found


def test_two_offices_of_one_person_are_told_apart_from_that_of_the_next() -> None:
    found = entities_of(
        "Jone Waqa, general secretary of the Coral Party and president of Fiji, spoke. "
        "Ana Ruiz, chairman of the Sardine Bank and President Chai Dee of Laos left."
    )
    assert found["jone-waqa"].country == "FJ"
    assert {role.title for role in found["jone-waqa"].roles} == {"general secretary", "president"}
    assert found["ana-ruiz"].country is None


def test_a_counterpart_holds_the_same_office() -> None:
    found = entities_of("Interior Minister Jone Waqa met his Thai counterpart Somchai Dee.")
    assert found["somchai-dee"].roles == (Role("Interior Minister", None, "TH"),)


def test_an_organisation_and_its_short_name_in_brackets_are_one() -> None:
    found = entities_of("The Fijian Fisheries Authority (Fishnat) grew. Fishnat has ten boats, its head (Waqa) said.")
    assert mentions(found["fijian-fisheries-authority"])[1:3] == [("Fishnat", "name"), ("Fishnat", "name")]
    assert "fishnat" not in found


def test_what_else_stands_in_brackets_names_no_body() -> None:
    found = entities_of("The Fijian Fisheries Authority (Suva) grew. Suva is wet.")
    assert "Suva" not in [words for words, _ in mentions(found["fijian-fisheries-authority"])]


def test_parts_of_the_world_are_no_country() -> None:
    found = entities_of("Peru is a South American state, Cuba a Latin American one, and Belize Central American.")
    assert "united-states" not in found


@pytest.mark.parametrize(("one", "other"), [("Mousavi", "Musavi"), ("Hussein", "Husein"), ("Petrenko", "Petrenka")])
def test_transliterations_sound_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("Ivanov", "Ivanova"), ("Hassan", "Hasina"), ("Kim", "Kima")])
def test_other_names_do_not(one: str, other: str) -> None:
    assert sound(one) != sound(other)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Côte d’Ivoire", "cote-divoire"), ("Łukasz Ødegård", "lukasz-odegard"), ("U.S. Navy", "u-s-navy"), ("—", "")],
)
def test_slugs_are_plain(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_a_well_known_person_is_one_entity_however_an_article_spells_the_name() -> None:
    for spelling in ("Volodymyr Zelensky", "Volodymyr Zelenskiy", "Volodimir Zelenskyy"):
        (person,) = [e for e in entities_of(f"Ukrainian President {spelling} left.").values() if e.type == "person"]
        assert (person.id, person.name) == ("volodymyr-zelenskyy", spelling)


def test_a_namesake_of_another_country_is_somebody_else() -> None:
    assert "sergey-lavrov" in entities_of("Bulgarian minister Sergey Lavrov left.")
