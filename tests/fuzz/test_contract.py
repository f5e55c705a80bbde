"""The service keeps to its specification, whatever is asked of it."""

from __future__ import annotations

import pytest

from tests.fuzz.contract import SCHEMATHESIS, ask_everything

pytestmark = pytest.mark.slow

SECONDS = 40
SEED = 20240808


@pytest.mark.skipif(not SCHEMATHESIS.exists(), reason="no Schemathesis: make check-slow installs it")
def test_every_answer_is_as_the_specification_has_it_and_none_is_an_error_of_ours() -> None:
    asked = ask_everything(SECONDS, SEED)
    assert asked.is_sound, asked.said
    assert asked.server_errors == 0
    assert asked.answered > 1000
