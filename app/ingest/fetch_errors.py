"""Why something was not fetched."""

from __future__ import annotations


class FetchError(Exception):
    """Something was not fetched: the address, and the reason in words."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class FetchRefused(FetchError):
    """It may not be fetched from here, now or later: what is asked for is not public, or its host forbids it."""


class FetchFailed(FetchError):
    """It could not be fetched this time; ``retry_after`` is for how many seconds not to ask again, where known."""

    def __init__(self, url: str, reason: str, retry_after: float | None = None) -> None:
        super().__init__(url, reason)
        self.retry_after = retry_after
