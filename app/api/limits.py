"""How often one key or address may ask: sliding windows, counted here or in a Redis that several processes share.

Answers say how much is left after draft-ietf-httpapi-ratelimit-headers.
"""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from app.api.access import is_loopback
from app.api.logs import ROOT
from app.settings import Settings, SettingsError

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

    def __init__(self, rates: dict[str, RateLimitItem], shared: SlidingWindowCounterRateLimiter | None) -> None:
        self._rates = rates
        self._shared = shared
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._silent_until = 0.0

    @classmethod
    def of(cls, settings: Settings) -> Limits | None:
        """What the settings ask for; None where nothing is limited. Raises `SettingsError`."""
        chosen = {"read": settings.rate_read, "write": settings.rate_write}
        if is_loopback(settings.host):
            chosen = {kind: "none" if rate == "auto" else rate for kind, rate in chosen.items()}
        chosen = {kind: BEYOND_LOOPBACK[kind] if rate == "auto" else rate for kind, rate in chosen.items()}
        rates = {kind: parse(rate) for kind, rate in chosen.items() if rate != "none"}
        if not rates:
            return None
        address = settings.rate_store.get_secret_value() if settings.rate_store else None
        return cls(rates, _redis(address) if address else None)

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
                log.warning("rates are counted by each process alone", extra={"fields": {"reason": str(error)}})
        return await self._count(self._own, kind, who)

    async def _count(self, counter: SlidingWindowCounterRateLimiter, kind: str, who: str) -> Standing:
        rate = self._rates[kind]
        is_within = await counter.hit(rate, kind, who)
        reset, remaining = await counter.get_window_stats(rate, kind, who)
        wait = max(1, math.ceil(reset - time.time()))
        headers = [
            (b"ratelimit-policy", f'"{kind}";q={rate.amount};w={rate.get_expiry()}'.encode()),
            (b"ratelimit", f'"{kind}";r={remaining if is_within else 0};t={wait}'.encode()),
        ]
        return Standing(headers, None if is_within else wait)


def _redis(address: str) -> SlidingWindowCounterRateLimiter:
    from limits.aio.storage import RedisStorage
    from limits.errors import ConfigurationError

    try:
        storage = RedisStorage(
            f"async+{address}",
            implementation="redispy",
            key_prefix="entente",
            socket_timeout=0.5,
            socket_connect_timeout=0.5,
        )
    except ConfigurationError:
        raise SettingsError("ENTENTE_RATE_STORE needs the extra `redis`: pip install 'entente-news[redis]'") from None
    return SlidingWindowCounterRateLimiter(storage)
