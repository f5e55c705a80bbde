from __future__ import annotations

import pytest

from app.domain.article import Article
from app.extraction.extractor import extract


def who(text: str, words: str, title: str = "") -> set[str]:
    """The entities that a mention of these words belongs to."""
    entities = extract(Article(text, title=title)).entities
    return {entity.id for entity in entities for mention in entity.mentions if mention.span.text == words}


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Kenya met Uganda. The two countries agreed.", "The two countries", {"kenya", "uganda"}),
        ("Kenya met Uganda. Both nations agreed.", "Both nations", {"kenya", "uganda"}),
        ("Kenya met Uganda. The two sides agreed.", "The two sides", {"kenya", "uganda"}),
        ("Peru, Chile and Cuba praised their pact.", "their", {"peru", "chile", "cuba"}),
        (
            "Kenyan minister Ana Ruiz met Thai minister Chai Dee. Fijian and Lao boys sang. Both ministers smiled.",
            "Both ministers",
            {"ana-ruiz", "chai-dee"},
        ),
        ("Kenya said it would help.", "it", {"kenya"}),
        ("Ana Ruiz spoke. She left.", "She", {"ana-ruiz"}),
        ("The death of Juan Soto shook Ana Ruiz. Ana Ruiz spoke. She left.", "She", {"ana-ruiz"}),
        ("Kenyan minister Ana Ruiz praised his country in May.", "his country", {"kenya"}),
        (
            "Kenyan minister Ana Ruiz left. “I am glad that we have friends,” Ruiz said.",
            "I",
            {"ana-ruiz"},
        ),
        (
            "Kenyan minister Ana Ruiz left. “I am glad that we have friends,” Ruiz said.",
            "we",
            {"kenya"},
        ),
        (
            "Queen Ana Ruiz met King Omar Hadi. She smiled.",
            "She",
            {"ana-ruiz"},
        ),
        (
            "Peruvian President Ana Ruiz met Thai President Chai Dee. The Thai president smiled.",
            "The Thai president",
            {"chai-dee"},
        ),
        ("Ministers from Peru, Chile and Cuba met in May. They agreed.", "They", {"peru", "chile", "cuba"}),
        ("Fiji and Tonga left. Thai ministers said they would stay.", "they", {"thailand"}),
        (
            "Kenyan President Ana Ruiz and her Thai counterpart, Chai Dee, spoke. The two presidents agreed.",
            "The two presidents",
            {"ana-ruiz", "chai-dee"},
        ),
        (
            "Queen Ana Ruiz of Tonga and King Omar Hadi of Oman spoke. The leaders left.",
            "The leaders",
            {"ana-ruiz", "omar-hadi"},
        ),
        (
            "Kenya's foreign minister met his Thai counterpart in Oslo. The foreign ministers left.",
            "The foreign ministers",
            {"kenya", "thailand"},
        ),
        (
            "Norway praised Malawi and Peru. Oslo sent tents to the East African country.",
            "the East African country",
            {"malawi"},
        ),
        ("Norway, Malawi and Peru met. Ministers praised the kingdom.", "the kingdom", {"norway"}),
        ("Kenya and Uganda agreed. Neither side left.", "Neither side", {"kenya", "uganda"}),
        ("Kenya and Uganda agreed. The two armies left.", "The two armies", {"kenya", "uganda"}),
        ("Kenya and Uganda agreed. The two powers left.", "The two powers", {"kenya", "uganda"}),
        ("Kenya and Tonga spoke to NATO. They praised the alliance.", "the alliance", {"nato"}),
        ("NATO and the European Union met. The 27-nation bloc agreed.", "The 27-nation bloc", {"european-union"}),
    ],
)
def test_words_refer_to_those_named_before(text: str, words: str, expected: set[str]) -> None:
    assert who(text, words) == expected


def test_a_title_finds_its_holder_named_further_down() -> None:
    text = "The commander of the Peruvian Navy spoke.\n\nAdmiral Ana Ruiz, the commander of the Peruvian Navy, left."
    assert who(text, "The commander of the Peruvian Navy") == {"ana-ruiz"}


def test_the_headline_gives_the_pair_in_play() -> None:
    assert who("The two countries agreed.", "The two countries", title="Fiji and Samoa agree") == {"fiji", "samoa"}


@pytest.mark.parametrize("words", ["She", "The two countries", "it"])
def test_nobody_named_nobody_meant(words: str) -> None:
    assert who(f"{words} left.", words) == set()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Kenyan minister Ana Ruiz left. We do not know why.", "We"),
        ("“I am glad,” a passer-by said. Kenya won.", "I"),
        ("King Omar Hadi left. She smiled.", "She"),
        ("Kenya and Uganda met. Thousands of nurses waited. They sang.", "They"),
        ("Norway praised Peru. The East African country is far off.", "The East African country"),
        ("Kenya and Uganda met. The union leaders sang.", "The union leaders"),
        ("Kenya left. Each country is free.", "Each country"),
        ("Kenya and Uganda met and gave nine ships each", "each"),
        ("NATO left. The alliance of farmers and fishermen sang.", "The alliance"),
    ],
)
def test_who_cannot_be_meant_is_not(text: str, words: str) -> None:
    assert who(text, words) == set()


def test_a_format_of_talks_means_those_who_take_part() -> None:
    assert who("Kenya praised the six-party talks.", "six-party") == {
        "north-korea", "south-korea", "china", "japan", "russia", "united-states",
    }  # fmt: skip
    assert who("Kenya praised the six-hour talks.", "six-hour") == set()


def test_a_body_is_called_by_what_it_is() -> None:
    assert who("The Fijian Fishing Council met. The Council will meet again.", "Council") == {"fijian-fishing-council"}
    assert "fijian-fishing-council" not in who("The Fijian Fishing Council met. A Council of elders sat.", "Council")
    assert "fijian-fishing-council" not in who("The Fijian Fishing Council met. The Board sat.", "Board")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chad is dry. Norway plans to help the country.", {"chad"}),
        ("Chad is dry. Norway plans to help the country's farmers.", {"norway"}),
        ("Chad is dry. Norway will hold elections in the country.", {"norway"}),
        ("Norway is wet. Norway plans to help the country.", {"norway"}),
    ],
)
def test_a_state_that_acts_is_not_the_country_that_it_acts_on(text: str, expected: set[str]) -> None:
    words = "the country"
    assert who(text, words) == expected
