from __future__ import annotations

from dataclasses import fields
from itertools import product

from app.domain.article import Article
from app.extraction.confidence import WEIGHTS, Signs, confidence
from app.extraction.extractor import extract


def test_every_sign_has_a_weight() -> None:
    assert {field.name for field in fields(Signs)} == WEIGHTS.keys()


def test_confidence_is_a_share() -> None:
    assert all(0 < confidence(Signs(*signs)) < 1 for signs in product((True, False), repeat=len(WEIGHTS)))


def test_sides_named_outright_count_for_more_than_adjectives() -> None:
    (outright,) = extract(Article("Fiji and Samoa signed a trade agreement.")).commitments
    (adjective,) = extract(Article("Fiji signed a trade agreement with Samoan shops.")).commitments
    assert outright.confidence > adjective.confidence
