"""Evidence is exact, references are whole, and ids stay what they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.article import Article
from app.domain.commitment import Stage
from app.domain.evidence import EvidenceError, Span
from app.domain.facts import FactsError, commitment_id
from tests.making import PACT, an_article, pact_facts


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (2, 2), (3, 2), (0, 99)])
def test_span_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(EvidenceError):
        Span.of("Chile", start, end)


def test_offsets_count_code_points() -> None:
    assert Span.of("🇨🇱 Chile", 3, 8).text == "Chile"


@pytest.mark.parametrize("wrong", [Span(0, 5, "Chilé"), Span(0, 0, ""), Span(80, 200, PACT[80:])])
def test_span_whose_words_are_not_those_of_the_text_is_found_out(wrong: Span) -> None:
    with pytest.raises(EvidenceError):
        wrong.check(PACT)


def test_facts_that_speak_of_an_unknown_entity_are_found_out() -> None:
    facts = pact_facts(an_article())
    with pytest.raises(FactsError, match="chile"):
        replace(facts, entities=facts.entities[1:]).check(PACT)


def test_commitment_that_names_an_unknown_statement_is_found_out() -> None:
    facts = pact_facts(an_article())
    loose = replace(facts.commitments[0], statement="s-000000000000")
    with pytest.raises(FactsError, match="s-0"):
        replace(facts, commitments=(loose,)).check(PACT)


def test_id_of_a_commitment_depends_on_its_stage_and_not_on_the_order_of_parties() -> None:
    article = an_article()
    held = pact_facts(article).commitments[0]

    def named(stage: Stage, *, turned: bool) -> str:
        parties = held.parties[::-1] if turned else held.parties
        return commitment_id(article, held.evidence, held.form, stage, parties)

    assert named(held.stage, turned=True) == held.id
    assert named(Stage.PROPOSED, turned=False) != held.id


def test_same_words_in_other_lines_are_the_same_content() -> None:
    assert Article("Oslo  met\nRiga. ").content_hash == Article("Oslo met Riga.").content_hash
    assert Article("Oslo met Riga.").content_hash != Article("Riga met Oslo.").content_hash


@pytest.mark.parametrize(
    ("title", "published", "slug"),
    [
        ("Chile and Peru sign a pact on fishing", date(2025, 3, 4), "2025-03-04-chile-and-peru-sign-a-pact-on"),
        ("Ankara’s “İzmir” forum", None, "ankaras-izmir-forum"),
        ("合作", date(2025, 3, 4), "2025-03-04"),
    ],
)
def test_slug_is_the_date_and_whole_words_of_the_title(title: str, published: date | None, slug: str) -> None:
    assert Article("x", title, published=published).slug == slug


def test_article_without_date_and_title_is_called_by_its_content() -> None:
    article = Article("Oslo met Riga.")
    assert article.slug == f"article-{article.content_hash[:6]}"


def test_renamed_facts_are_whole() -> None:
    renamed = pact_facts(an_article()).renamed({"chile": "chile-cl"})
    renamed.check(PACT)
    assert [party.entity for party in renamed.commitments[0].parties] == ["chile-cl", "peru"]
