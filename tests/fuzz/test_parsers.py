"""No bytes from outside make a parser fail in any other way than by its own words."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.inputs import changed
from tests.fuzz.targets import TARGETS, Target

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
"""For each parser; `make fuzz` asks for more."""


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=st.data())
def test_any_bytes_are_read_or_refused(target: Target, chosen: st.DataObject) -> None:
    target.parse(chosen.draw(changed(target.examples)))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_well_formed_inputs_are_taken(target: Target) -> None:
    for example in target.examples:
        target.parse(example)
