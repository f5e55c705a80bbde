"""Nothing acknowledged is lost, nothing is there twice and nothing half-done, whatever strikes the service."""

from __future__ import annotations

import pytest

from tests.faults.chaos import chaos, printed

pytestmark = pytest.mark.slow

FAULTS = 14
SEED = 1


def test_whatever_strikes_the_service_nothing_acknowledged_is_lost() -> None:
    report = chaos(FAULTS, SEED)
    assert not report.wrong, printed(report)
    assert report.acknowledged > FAULTS
