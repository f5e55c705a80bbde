from __future__ import annotations

from dataclasses import fields
from itertools import product

from app.extraction.confidence import Signs, confidence, weights


def test_every_sign_has_a_weight_and_there_is_a_bias() -> None:
    assert {field.name for field in fields(Signs)} | {"bias"} == weights().keys()


def test_confidence_is_a_share() -> None:
    assert all(0 < confidence(Signs(*signs)) < 1 for signs in product((0.0, 1.0), repeat=len(fields(Signs))))


def test_what_the_reader_thinks_counts() -> None:
    sure, unsure = (Signs(acting, 1, 1, 1, 0, 0.9, 1, 0) for acting in (0.9, 0.1))
    assert confidence(sure) > confidence(unsure)
