"""Questions to an OpenAI-compatible chat endpoint that are answered in JSON, within limits of time, size and patience.

The interface is that of ``POST /chat/completions`` with ``response_format`` of type ``json_schema``, which OpenAI,
vLLM, llama.cpp, Ollama, LM Studio and others serve.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
import orjson

from app.extraction.extractor import ExtractionFailed

AnswerT = TypeVar("AnswerT")

AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Statuses that say that the same question may be answered later (529: overloaded, as some endpoints put it)."""

SHOWN = 200
"""Characters of an endpoint's message that are passed on."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask, up to and including ``/v1``; which model; and the key that is sent as a bearer token."""

    url: str
    model: str
    key: str | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        """What questions are posted to."""
        return self.url.rstrip("/").removesuffix("/chat/completions") + "/chat/completions"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how large, how often."""

    seconds: float = 180.0
    """For a question with all its repetitions."""
    size: int = 1024 * 1024
    """Bytes of an answer."""
    attempts: int = 4
    first_wait: float = 1.0
    """Seconds before the second attempt; each further wait is twice as long."""
    longest_wait: float = 60.0
    """Seconds that an endpoint may ask to wait."""


class NotReadable(ValueError):
    """An answer that cannot be used; asked again, the endpoint may give another."""


class _Later(Exception):
    """An attempt failed and another may not; ``wait`` is what the endpoint asked for, in seconds."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Question:
    """Instructions, what they are about, and the JSON schema of the answer."""

    instructions: str
    about: str
    schema: Mapping[str, Any]

    def body(self, model: str) -> bytes:
        """What is posted. Temperature 0, so that the same article gives the same facts as far as the model can."""
        messages = [{"role": "system", "content": self.instructions}, {"role": "user", "content": self.about}]
        wanted = {"name": "facts", "strict": True, "schema": self.schema}
        response_format = {"type": "json_schema", "json_schema": wanted}
        return orjson.dumps(
            {"model": model, "messages": messages, "temperature": 0, "response_format": response_format}
        )


def ask(endpoint: Endpoint, question: Question, read: Callable[[str], AnswerT], limits: Limits) -> AnswerT:
    """Put the question until ``read`` accepts the answer; it raises `NotReadable` for one that it cannot use.

    Blocks, and may not be called where an event loop runs. Raises `ExtractionFailed`, which says what is wrong.
    """
    return asyncio.run(_ask(endpoint, question, read, limits))


async def _ask(endpoint: Endpoint, question: Question, read: Callable[[str], AnswerT], limits: Limits) -> AnswerT:
    # Unpacked, a small answer can be a huge one; so that none is to be packed.
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    body = question.body(endpoint.model)
    try:
        async with (
            asyncio.timeout(limits.seconds),
            httpx.AsyncClient(headers=headers, timeout=None, trust_env=False) as client,  # noqa: S113 (the line above)
        ):
            return await _patiently(client, endpoint, body, read, limits)
    except TimeoutError:
        raise ExtractionFailed(f"{endpoint.address} gave no answer within {limits.seconds:g} seconds") from None


async def _patiently(
    client: httpx.AsyncClient, endpoint: Endpoint, body: bytes, read: Callable[[str], AnswerT], limits: Limits
) -> AnswerT:
    wait = limits.first_wait
    for attempt in range(1, limits.attempts + 1):
        try:
            return read(_content(await _once(client, endpoint, body, limits)))
        except NotReadable as fault:
            later = _Later(str(fault))
        except httpx.RequestError as fault:
            later = _Later(str(fault) or type(fault).__name__)
        except _Later as fault:
            later = fault
        if later.wait is not None and later.wait > limits.longest_wait:
            raise ExtractionFailed(f"{endpoint.address}: {later}, and asks to wait {later.wait:.0f} seconds")
        if attempt < limits.attempts:
            await asyncio.sleep(wait if later.wait is None else later.wait)
            wait *= 2
    raise ExtractionFailed(f"{endpoint.address}: {later} ({limits.attempts} attempts)")


async def _once(client: httpx.AsyncClient, endpoint: Endpoint, body: bytes, limits: Limits) -> bytes:
    """One answer's bytes. Raises `_Later`, `ExtractionFailed`, or what httpx does of a connection that fails."""
    async with client.stream("POST", endpoint.address, content=body) as response:
        content = bytearray()
        async for chunk in response.aiter_raw():
            content += chunk
            if len(content) > limits.size:
                raise ExtractionFailed(f"{endpoint.address}: the answer is longer than {limits.size} bytes")
    if response.status_code == httpx.codes.OK:
        return bytes(content)
    reason = f"status {response.status_code}{_said(bytes(content), endpoint.key)}"
    if response.status_code in AGAIN:
        raise _Later(reason, _retry_after(response.headers.get("retry-after")))
    raise ExtractionFailed(f"{endpoint.address}: {reason}")


def _content(body: bytes) -> str:
    """The words of the first choice. Raises `NotReadable`, and `ExtractionFailed` where asking again is of no use."""
    try:
        choice = orjson.loads(body)["choices"][0]
        content, finished = choice["message"].get("content"), choice.get("finish_reason")
    except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError):
        raise NotReadable("the answer is no chat completion") from None
    if finished == "length":
        raise ExtractionFailed("the answer was cut short: the model gives no longer one")
    if not isinstance(content, str):
        raise ExtractionFailed("the model refused to answer")
    return content


def _said(body: bytes, key: str | None) -> str:
    """The endpoint's own words about an error, on one line and without the key, which some endpoints repeat."""
    try:
        error = orjson.loads(body)["error"]
        message = error["message"] if isinstance(error, dict) else error
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return ""
    line = " ".join(str(message).split())
    return f": {line.replace(key, '…') if key else line}"[:SHOWN]


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, of either form of the header (RFC 9110, section 10.2.3); None where it says nothing."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
