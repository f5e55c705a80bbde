"""How often one key or address may ask, counted here or, with other processes, in their parent or in a Redis.

Answers say how much is left after draft-ietf-httpapi-ratelimit-headers.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from limits import RateLimitItem, parse

from app.api.access import is_loopback
from app.api.counting import PATIENCE, Counter, Elsewhere, Windows
from app.api.logs import ROOT
from app.settings import Settings, SettingsError

if TYPE_CHECKING:
    from limits.aio.storage import RedisStorage

log = logging.getLogger(f"{ROOT}.limits")

BEYOND_LOOPBACK = {"read": "1200/minute", "write": "120/minute"}
SILENT_SECONDS = 5
"""After a failure, how long the shared counts are not asked."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one who asks stands: what headers say, and how long to wait where the limit is reached."""

    headers: list[tuple[bytes, bytes]]
    wait: int | None


class Limits:
    """Counts requests against the rates that are set."""

    def __init__(self, rates: Mapping[str, RateLimitItem], shared: Counter | None) -> None:
        self._rates = rates
        self._shared = shared
        self._own = Windows(rates)
        self._silent_until = 0.0

    @classmethod
    def of(cls, settings: Settings, counted_at: Path | None = None) -> Limits | None:
        """What the settings ask for; None where nothing is limited. Raises `SettingsError`.

        ``counted_at`` is where another process counts for this one (`counted_here`), unless a Redis is set.
        """
        rates = rates_of(settings)
        if not rates:
            return None
        if settings.rate_store:
            return cls(rates, Windows(rates, _redis(settings.rate_store.get_secret_value())))
        return cls(rates, Elsewhere(counted_at) if counted_at else None)

    def limits(self, kind: str) -> bool:
        """Whether requests that read, or write, are counted."""
        return kind in self._rates

    async def count(self, kind: str, who: str) -> Standing:
        """Count a request of somebody."""
        if self._shared and time.monotonic() >= self._silent_until:
            try:
                return await self._count(self._shared, kind, who)
            except Exception as error:  # whatever the client of Redis raises; what is served must not hang on it
                self._silent_until = time.monotonic() + SILENT_SECONDS
                reason = str(error) or type(error).__name__
                log.warning("rates are counted by each process alone", extra={"fields": {"reason": reason}})
        return await self._count(self._own, kind, who)

    async def _count(self, counter: Counter, kind: str, who: str) -> Standing:
        rate = self._rates[kind]
        found = await counter.count(kind, who)
        wait = max(1, math.ceil(found.reset - time.time()))
        headers = [
            (b"ratelimit-policy", f'"{kind}";q={rate.amount};w={rate.get_expiry()}'.encode()),
            (b"ratelimit", f'"{kind}";r={found.remaining if found.is_within else 0};t={wait}'.encode()),
        ]
        return Standing(headers, None if found.is_within else wait)


def rates_of(settings: Settings) -> dict[str, RateLimitItem]:
    """The rates by kind of request; none of a kind that is not limited."""
    chosen = {"read": settings.rate_read, "write": settings.rate_write}
    if is_loopback(settings.host):
        chosen = {kind: "none" if rate == "auto" else rate for kind, rate in chosen.items()}
    chosen = {kind: BEYOND_LOOPBACK[kind] if rate == "auto" else rate for kind, rate in chosen.items()}
    return {kind: parse(rate) for kind, rate in chosen.items() if rate != "none"}


def _redis(address: str) -> RedisStorage:
    from limits.aio.storage import RedisStorage
    from limits.errors import ConfigurationError

    try:
        return RedisStorage(
            f"async+{address}",
            implementation="redispy",
            key_prefix="entente",
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
        )
    except ConfigurationError:
        raise SettingsError("ENTENTE_RATE_STORE needs the extra `redis`: pip install 'entente-news[redis]'") from None
