"""docs/extraction.md is true: what it names is there, and its example is read as it says."""

from __future__ import annotations

import re
from pathlib import Path

from app.domain.article import Article
from app.extraction import acts, confidence
from app.extraction.extractor import EntenteExtractor

ROOT = Path(__file__).parent.parent.parent
GUIDE = (ROOT / "docs" / "extraction.md").read_text(encoding="utf-8")


def test_files_and_tables_that_it_names_are_there() -> None:
    named = set(re.findall(r"`([\w/]+(?:\.py|\.tsv|/))`", GUIDE))
    rooms = (ROOT, ROOT / "app" / "language", ROOT / "app" / "extraction", ROOT / "app" / "extraction" / "lexicon")
    missing = {name for name in named if not any((room / name).exists() for room in rooms)}
    assert len(named) > 30
    assert missing == set()


def test_thresholds_and_signs_are_those_of_the_code() -> None:
    assert f"marks with at least {acts.MARKED}" in GUIDE
    assert re.search(rf"Below\s+{confidence.LEAST} an act is dropped", GUIDE)
    assert len(confidence.Signs.__dataclass_fields__) == 8
    assert "over eight signs" in GUIDE


def test_example_is_read_as_it_says() -> None:
    (sentence,) = re.findall(r"^> (.+)$", GUIDE, re.M)
    explained = EntenteExtractor().explain(Article(sentence))
    (commitment,) = explained.facts.commitments
    assert [party.entity for party in commitment.parties] == ["fiji", "peru"]
    assert (commitment.stage, commitment.form, commitment.negated) == ("intended", "military", False)
    (statement,) = explained.facts.statements
    assert [speaker.entity for speaker in statement.speakers] == ["ana-rojas"]
    (rojas,) = (entity for entity in explained.facts.entities if entity.id == "ana-rojas")
    assert rojas.country == "PE"
    (why,) = (found for found in explained.explanations if found.fact == commitment.id)
    assert [row.table for row in why.rows][:2] == ["triggers.tsv", "modalities.tsv"]
    assert why.rows[0].cells["stage"] == "enacted"
