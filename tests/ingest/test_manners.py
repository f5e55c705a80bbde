from datetime import UTC, datetime

import pytest

from app.ingest.manners import HOSTS_REMEMBERED, LONGEST_BACK_OFF, Host, Manners, retry_after
from tests.ingest.site import Clock

pytestmark = pytest.mark.anyio
NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None), ("120", 120.0), (" 5 ", 5.0), ("Wed, 01 May 2024 12:02:00 GMT", 120.0),
        ("Wed, 01 May 2024 11:00:00 GMT", 0.0), ("soon", None), ("-5", None), ("1e9", None), ("", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


def test_no_host_is_left_alone_for_more_than_a_day() -> None:
    manners = Manners(Clock())
    assert manners.back_off(Host(), 10.0**9) == LONGEST_BACK_OFF
    assert manners.back_off(Host(failures=5000), None) == LONGEST_BACK_OFF


async def test_hosts_are_forgotten_once_there_are_too_many() -> None:
    clock = Clock()
    manners = Manners(clock, clock.sleep, pause=0)
    for i in range(HOSTS_REMEMBERED + 50):
        async with manners.turn(f"{i}.example"):
            pass
    assert len(manners.hosts) == HOSTS_REMEMBERED
    assert "0.example" not in manners.hosts
