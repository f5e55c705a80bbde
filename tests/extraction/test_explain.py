"""Every fact can be explained, by rows that stand in the tables named."""

from __future__ import annotations

import pytest

from app.domain.article import Article
from app.domain.explanation import Explained
from app.extraction.extractor import EntenteExtractor
from app.extraction.tables import rows
from app.language.tables import rows as language_rows

TEXT = (
    "Kenya's foreign minister Ann Otieno said on Monday that Nairobi wants to deepen military cooperation with Malta. "
    "Malta and the African Union signed a trade agreement in Valletta.\n\n"
    "“We will meet again,” Otieno said. The Maltese president invited her to visit the island."
)


@pytest.fixture(scope="module")
def explained() -> Explained:
    return EntenteExtractor().explain(Article(TEXT))


def test_each_fact_has_one_explanation_and_the_facts_are_those_of_extract(explained: Explained) -> None:
    facts = explained.facts
    assert facts == EntenteExtractor().extract(Article(TEXT))
    ids = [e.id for e in facts.entities] + [s.id for s in facts.statements] + [c.id for c in facts.commitments]
    assert [explanation.fact for explanation in explained.explanations] == ids
    assert facts.statements
    assert facts.commitments


def test_rows_stand_in_the_tables_named(explained: Explained) -> None:
    named = [row for explanation in explained.explanations for row in explanation.rows]
    assert {"triggers.tsv", "coding.tsv", "reporting.tsv", "organizations.tsv"} <= {row.table for row in named}
    for row in named:
        table = language_rows(row.table) if row.table == "organizations.tsv" else rows(row.table)
        assert any(row.cells.items() <= line.items() for line in table), row


def test_clauses_are_words_of_the_text_and_those_of_commitments_their_evidence(explained: Explained) -> None:
    clauses = {explanation.fact: explanation.clause for explanation in explained.explanations}
    for clause in filter(None, clauses.values()):
        clause.check(TEXT)
    for commitment in explained.facts.commitments:
        assert clauses[commitment.id] in [evidence.span for evidence in commitment.evidence]


def test_what_makes_a_wish_a_wish_is_told(explained: Explained) -> None:
    (wish,) = (c for c in explained.facts.commitments if c.action == "deepen")
    (told,) = (explanation for explanation in explained.explanations if explanation.fact == wish.id)
    assert [row.table for row in told.rows] == ["triggers.tsv", "modalities.tsv", "frames.tsv", "coding.tsv"]
    assert told.rows[-1].cells["cameo"] == wish.cameo


def test_text_that_is_not_read_has_nothing_to_explain() -> None:
    assert EntenteExtractor().explain(Article("Der Minister hat das nicht gesagt.", language="de")).explanations == ()
