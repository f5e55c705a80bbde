"""What the recipe makes of corpora before it trains; the training itself needs what is installed for it alone."""

from __future__ import annotations

import pytest

from app.language.reader import lemma_by, lemma_rule_of
from training.labels import lemma_rule


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("ministers", "minister"),
        ("Countries", "country"),
        ("was", "be"),
        ("n't", "not"),
        ("Oslo", "Oslo"),
        ("NATO", "NATO"),
        ("Talks", "talk"),
        ("better", "good"),
    ],
)
def test_a_lemma_comes_back_from_its_rule(form: str, lemma: str) -> None:
    assert lemma_by(form, *lemma_rule_of(lemma_rule(form, lemma))) == lemma


def test_a_rule_serves_other_words() -> None:
    assert lemma_by("envoys", *lemma_rule_of(lemma_rule("ministers", "minister"))) == "envoy"
