from __future__ import annotations

import pytest

from app.domain.entity import EntityType, MentionForm
from app.language.gazetteer import gazetteer, known_bodies
from app.language.leaders import leader_body, leader_country
from app.language.names import find_names
from app.language.pipeline import read

PERSON, ORGANIZATION, COUNTRY = EntityType.PERSON, EntityType.ORGANIZATION, EntityType.COUNTRY


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


def test_every_gazetteer_entry_begins_with_its_key() -> None:
    for first, entries in gazetteer().items():
        assert all(words[0] == first for words, _ in entries)
        lengths = [len(words) for words, _ in entries]
        assert lengths == sorted(lengths, reverse=True)
