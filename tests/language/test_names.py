from __future__ import annotations

import pytest

from app.domain.entity import EntityType, MentionForm
from app.language.gazetteer import gazetteer, known_bodies, members
from app.language.geography import short_names
from app.language.leaders import leader_body, leader_country
from app.language.names import find_names
from app.language.pipeline import read
from app.language.tables import Row, rows

PERSON, ORGANIZATION, COUNTRY = EntityType.PERSON, EntityType.ORGANIZATION, EntityType.COUNTRY
PLACE = EntityType.PLACE


def names_of(text: str) -> list[tuple[str, EntityType]]:
    reading = read(text)
    return [(reading.words(n.first, n.last), n.type) for n in find_names(reading) if n.form is MentionForm.NAME]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("President Ana Ruiz spoke.", [("Ana Ruiz", PERSON)]),
        ("Thai Foreign Minister Chai Dee spoke.", [("Chai Dee", PERSON)]),
        ("He saw Sheikh Omar bin Ali.", [("Omar bin Ali", PERSON)]),
        ("He saw Jean-Marie Le Goff.", [("Jean-Marie Le Goff", PERSON)]),
        ("The Peruvian Army left.", [("Peruvian Army", ORGANIZATION)]),
        (
            "The Ministry of Trade and Industry of Peru spoke.",
            [("Ministry of Trade and Industry of Peru", ORGANIZATION)],
        ),
        ("The Air Force and Air Defense of Peru left.", [("Air Force and Air Defense of Peru", ORGANIZATION)]),
        ("NATO and the U.N. met.", [("NATO", ORGANIZATION), ("U.N.", ORGANIZATION)]),
        ("They met in New Delhi.", [("New Delhi", COUNTRY)]),
        ("They remember the Carnation Revolution.", [("Carnation Revolution", EntityType.EVENT)]),
        ("It flows to the Caspian Sea.", [("Caspian Sea", EntityType.PLACE)]),
        ("Korean firm Dongbu Steel grew.", [("Dongbu Steel", ORGANIZATION)]),
        ("Israeli Defense Minister Dan Bar spoke.", [("Dan Bar", PERSON)]),
        (
            "She joined the Harvest Relief Network (HRN). Later the HRN left.",
            [("Harvest Relief Network", ORGANIZATION), ("HRN", ORGANIZATION), ("HRN", ORGANIZATION)],
        ),
        ("The Lisbon Police arrived.", [("Lisbon Police", ORGANIZATION)]),
        ("He met Kim Dae-jung and Lee Hoi-chang.", [("Kim Dae-jung", PERSON), ("Lee Hoi-chang", PERSON)]),
        ("Gen Okello spoke.", [("Okello", PERSON)]),
        (
            "They work in Washington, D.C., and in Lagos.",
            [("Washington, D.C.", COUNTRY), ("Lagos", EntityType.PLACE)],
        ),
        ("He saw the Minister of Mines and Rural Development Ana Ruiz.", [("Ana Ruiz", PERSON)]),
        (
            "The Department of Mines and Rural Development spoke.",
            [("Department of Mines and Rural Development", ORGANIZATION)],
        ),
        ("Thai State Councillor Chai Dee spoke.", [("Chai Dee", PERSON)]),
        ("The Secretary of State spoke.", []),
        ("The India-Peru Trade Cooperation Dialogue was held.", [("India", COUNTRY), ("Peru", COUNTRY)]),
        ("It rained in southern Peru.", [("Peru", COUNTRY)]),
        ("Southern Peru was quiet.", [("Peru", COUNTRY)]),
        ("South Sudan was quiet.", [("South Sudan", COUNTRY)]),
        ("NATO Secretary-General Ana Ruiz left.", [("NATO", ORGANIZATION), ("Ana Ruiz", PERSON)]),
        ("The ASEAN Secretary-General left.", [("ASEAN", ORGANIZATION)]),
        (
            "His Excellency Chai Dee and H.H. Sheikh Omar bin Ali left.",
            [("Chai Dee", PERSON), ("Omar bin Ali", PERSON)],
        ),
        ("He met his Tongan counterpart, Siaosi Pohiva.", [("Siaosi Pohiva", PERSON)]),
        ("Trade Minister Datuk Seri Azman Said spoke.", [("Azman Said", PERSON)]),
        ("Ombudsman Ana Ruiz spoke.", [("Ana Ruiz", PERSON)]),
        ("The White House declined.", [("White House", ORGANIZATION)]),
        ("The Arab Spring changed Tunisia.", [("Arab Spring", EntityType.EVENT), ("Tunisia", COUNTRY)]),
        ("The African and European markets fell.", []),
        ("The General and the Minister left.", []),
        ("GDP grew, the CEO said.", []),
        ("Reflecting on it, they left on Monday in June.", []),
        ("Yesterday the minister spoke.", []),
    ],
)
def test_names_are_found_and_typed(text: str, expected: list[tuple[str, EntityType]]) -> None:
    assert names_of(text) == expected


def test_title_and_country_of_a_body_are_told() -> None:
    reading = read("Peru's Rail Company praised General Ana Ruiz.")
    company, general = (n for n in find_names(reading) if n.type in (PERSON, ORGANIZATION))
    assert company.country == "PE"
    assert general.title is not None
    assert reading.words(general.title, general.first) == "General"


@pytest.mark.parametrize(
    ("words", "country"),
    [
        (("Xi", "Jinping"), "CN"),
        (("Xi",), "CN"),
        (("Merkel",), "DE"),
        (("Recep", "Erdogan"), "TR"),
        (("Kim",), None),
        (("Nobody", "Known"), None),
    ],
)
def test_well_known_people_have_countries_unless_the_name_is_shared(
    words: tuple[str, ...], country: str | None
) -> None:
    assert leader_country(words) == country


def test_heads_of_bodies_act_for_them() -> None:
    assert leader_body(("Kofi", "Annan")) == "United Nations"
    assert leader_body(("Kofi", "Annan")) in known_bodies()


def test_family_names_of_heads_of_bodies_are_told_only_where_one_bears_them() -> None:
    assert leader_body(("Meshaal",)) == "Hamas"
    assert leader_body(("Kim",)) is None


@pytest.mark.parametrize("row", rows("groups.tsv"), ids=lambda row: row["name"])
def test_a_group_is_found_in_its_example(row: Row) -> None:
    groups = [name.known for name in find_names(read(row["example"])) if name.type is EntityType.GROUP]
    assert [group.name for group in groups if group] == [row["name"]]


def test_a_region_has_the_members_of_its_parts() -> None:
    assert {"KE", "EG", "CM"} <= members("Africa")
    assert members("Kashmir") == frozenset()
    known = set(short_names())
    assert all(members(row["name"]) <= known for row in rows("regions.tsv"))


def test_an_organ_belongs_to_a_known_body() -> None:
    assert {row["organ_of"] for row in rows("organizations.tsv")} - {""} <= known_bodies().keys()


def test_a_known_company_is_no_person_unless_a_person_bears_its_name() -> None:
    assert names_of("Embraer signed a contract with Kenya.")[0] == ("Embraer", ORGANIZATION)
    assert names_of("Premier Doug Ford met Kenyan ministers. Ford spoke of trade.")[-1] == ("Ford", PERSON)


def test_a_country_and_the_region_of_an_envoy_are_two_names() -> None:
    assert names_of("U.S. Middle East envoy Ana Ruiz left.")[:2] == [("U.S.", COUNTRY), ("Middle East", PLACE)]


def test_the_country_of_an_american_region_is_not_the_united_states() -> None:
    (region,) = find_names(read("Aid went to the Central American country."))
    assert (region.type, region.country) == (PLACE, None)


def test_every_gazetteer_entry_begins_with_its_key() -> None:
    for first, entries in gazetteer().items():
        assert all(words[0] == first for words, _ in entries)
        lengths = [len(words) for words, _ in entries]
        assert lengths == sorted(lengths, reverse=True)


def test_one_name_is_of_one_type_throughout() -> None:
    text = (
        "Minister Tunde Bakare visited Ghana. Bakare spoke for an hour. Critics of Bakare stayed away, "
        "and in Bakare's view they were wrong."
    )
    assert {kind for words, kind in names_of(text) if words.endswith("Bakare")} == {PERSON}
    assert sum(words.endswith("Bakare") for words, _ in names_of(text)) == 4


def test_a_seat_of_government_belongs_to_its_country() -> None:
    (kremlin,) = find_names(read("The Kremlin said nothing."))
    assert (kremlin.type, kremlin.country) == (ORGANIZATION, "RU")
