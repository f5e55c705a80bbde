"""Why something was not fetched."""

from __future__ import annotations


class FetchError(Exception):
    """Something was not fetched: the address, and the reason in words."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)  # all that it is made of, so that it goes from process to process
        self.url = url
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.url}: {self.reason}"


class FetchRefused(FetchError):
    """It may not be fetched from here, now or later: what is asked for is not public, or its host forbids it."""


class FetchFailed(FetchError):
    """It could not be fetched this time; ``retry_after`` is for how many seconds not to ask again, where known."""

    def __init__(self, url: str, reason: str, retry_after: float | None = None) -> None:
        super().__init__(url, reason)
        self.args = (url, reason, retry_after)
        self.retry_after = retry_after
