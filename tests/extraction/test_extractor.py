from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.article import Article
from app.domain.facts import Facts
from app.extraction.extractor import EntenteExtractor, extract

NEWS = """Kenya met the Ugandan president and Somalia's minister General Ana Ruiz said that he the two countries will
sign an agreement with NATO to invited , . " “ ” ’s - : according U.S. his its not talks visit deepen ties aid on Monday
Al-Amin bin"""
WORDS = [*NEWS.split(), "\n\n"]


def assert_sound(article: Article, facts: Facts) -> None:
    facts.check(article.text)
    ends = [0, *(sentence.end for sentence in facts.sentences)]
    assert all(sentence.start >= end for sentence, end in zip(facts.sentences, ends, strict=False))
    assert all(sentence.text == sentence.text.strip() for sentence in facts.sentences)
    for found in (facts.entities, facts.statements, facts.commitments):
        assert len({fact.id for fact in found}) == len(found)


@given(st.text(st.characters(codec=None), max_size=300))
@settings(deadline=None)
def test_evidence_is_exact_for_any_text(text: str) -> None:
    article = Article(text)
    assert_sound(article, extract(article))


@given(st.lists(st.sampled_from(WORDS), max_size=60))
@settings(deadline=None, max_examples=300)
def test_evidence_is_exact_for_shuffled_news(words: list[str]) -> None:
    article = Article(" ".join(words))
    facts = extract(article)
    assert_sound(article, facts)
    assert facts == extract(article)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n ",
        "\x00",
        "Kenya met \x00 Uganda.",
        "\ud800 Kenya met Uganda. \udfff",
        "\u202eKenya\u202c met \u200fUganda.",
    ],
)
def test_odd_characters_are_read(text: str) -> None:
    assert_sound(Article(text), extract(Article(text)))


@pytest.mark.parametrize(
    "piece", ["(", "a", "the two countries met ", "He said ", ". ", '" ', "Kenya-", "the President of "]
)
def test_long_paragraphs_are_read(piece: str) -> None:
    article = Article(piece * (100_000 // len(piece)))
    assert_sound(article, extract(article))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "Der Präsident von Kenia hat am Montag in Nairobi den Präsidenten von Uganda zu Gesprächen empfangen.",
            "en",
        ),
        ("Kenya's president met Uganda's president.", "fr"),
        (
            "Le président du Kenya a rencontré lundi à Nairobi son homologue ougandais pour parler du commerce.",
            "en-GB",
        ),
    ],
)
def test_other_languages_give_sentences_and_a_warning(text: str, language: str) -> None:
    facts = extract(Article(text, language=language))
    assert len(facts.sentences) == 1
    assert not facts.entities
    assert not facts.commitments
    assert len(facts.warnings) == 1
    assert "English" in facts.warnings[0]


def test_a_blank_line_ends_a_sentence() -> None:
    facts = extract(Article("Kenya met Uganda\n\nand Somalia"))
    assert [sentence.text for sentence in facts.sentences] == ["Kenya met Uganda", "and Somalia"]


def test_many_articles_give_the_facts_of_each_in_order() -> None:
    articles = [Article("Kenya's president met Uganda's president."), Article("Nothing here.")]
    assert list(EntenteExtractor().extract_many(articles)) == [extract(article) for article in articles]


def test_the_name_tells_the_version() -> None:
    name, version = EntenteExtractor().name.split()
    assert name == "entente"
    assert version[0].isdigit()


def test_importing_the_extractor_does_not_import_spacy() -> None:
    check = "import app.extraction.extractor, sys; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
