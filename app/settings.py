"""Every setting of the service: read from ``ENTENTE_*`` variables once, then passed on as one typed object."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.extraction.extractor import ExtractorName
from app.schemas.redaction import ServeText

PREFIX = "ENTENTE_"

SECRET = frozenset({"llm_key", "rate_store"})
"""Settings whose values no message shows."""

PASSWORD = re.compile(r"(://[^/@]*:)[^/@]*@")
"""A password in an address."""


class SettingsError(ValueError):
    """One or more settings that cannot be used; the message names each, its value and what is allowed."""


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """What a log line looks like."""

    JSON = "json"
    LOGFMT = "logfmt"


class AnonymousWrite(StrEnum):
    """Who may write without a key."""

    AUTO = "auto"
    TRUE = "true"
    FALSE = "false"


def shipped(name: str) -> Path:
    """The folder ``name`` that comes with Entente: beside the package in a checkout, inside it once installed."""
    package = Path(__file__).parent
    beside = package.parent / name
    return beside if beside.is_dir() else package / name


def usable_database(url: str) -> str:
    """The address of a database that facts can be kept in. Raises `ValueError`."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("not the URL of a database") from None
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return url
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise ValueError("facts are kept in an SQLite file or in PostgreSQL")
    return url


def _endpoint(url: str | None) -> str | None:
    parts = urlsplit(url or "http://unset")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("an address that begins with http:// or https:// is wanted")
    return url


def _key(key: SecretStr | None) -> SecretStr | None:
    if key and not re.fullmatch(r"[!-~]+", key.get_secret_value()):
        raise ValueError("printable ASCII without spaces is wanted")
    return key


def _listed(given: object) -> object:
    return tuple(filter(None, map(str.strip, given.split(",")))) if isinstance(given, str) else given


def _rate(rate: str) -> str:
    if rate not in ("auto", "none") and not re.fullmatch(r"[1-9]\d{0,8}/(second|minute|hour|day)", rate):
        raise ValueError("a rate such as 600/minute is wanted, or auto, or none")
    return rate


def _origins(given: tuple[str, ...] | None) -> tuple[str, ...] | None:
    for origin in given or ():
        if origin != "*" and not re.fullmatch(r"https?://[^/?#\s]+", origin):
            raise ValueError("origins such as https://desk.example are wanted, without a path, or *")
    return given


def _proxies(given: tuple[str, ...] | None) -> tuple[str, ...] | None:
    for network in given or ():
        ip_network(network, strict=False)
    return given


def _rate_store(given: SecretStr | None) -> SecretStr | None:
    if given and not given.get_secret_value().startswith(("redis://", "rediss://")):
        raise ValueError("an address that begins with redis:// or rediss:// is wanted")
    return given


Listed = Annotated[tuple[str, ...] | None, NoDecode, BeforeValidator(_listed)]
"""Values with commas between them."""

Rate = Annotated[str, AfterValidator(_rate)]


class Settings(BaseSettings):
    """What can be set, its meaning and its default. The README's table is checked against this class."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    database_url: Annotated[str, AfterValidator(usable_database)] = Field(
        "sqlite:///entente.db",
        description="Where the facts are kept: `sqlite:///` and a path (four slashes: from the root of the disk), or "
        "`postgresql://user:password@host/database`.",
    )
    host: str = Field("127.0.0.1", min_length=1, description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on, 0 to 65535; 0 takes a free one.")
    seeds: Path = Field(shipped("seeds"), description="The folder of the articles that are loaded on start.")
    language_model: Path | None = Field(
        None,
        description="The folder of a language model to read with, of the kind that comes with it; that one if empty.",
    )
    log_level: LogLevel = Field(
        LogLevel.INFO, description="How much is logged: `debug`, `info`, `warning` or `error`. Requests are `info`."
    )
    log_format: LogFormat = Field(
        LogFormat.JSON, description="What a log line looks like: `json`, or `logfmt` (`name=value` pairs)."
    )
    traces: Annotated[str | None, AfterValidator(_endpoint)] = Field(
        None,
        description="The address that OpenTelemetry traces are sent to by OTLP over HTTP, such as "
        "`http://127.0.0.1:4318/v1/traces`; takes `entente-news[telemetry]`.",
    )
    traces_share: float = Field(
        1.0, ge=0, le=1, description="The share of requests that are traced where their caller does not decide, 0 to 1."
    )
    fetch: bool = Field(
        True, description="Whether pages and feeds are fetched, from the public internet only: `true` or `false`."
    )
    feed_interval: int = Field(
        30, ge=0, le=10080, description="Minutes after which the service polls a feed again, 0 to 10080; 0: never."
    )
    anonymous_write: AnonymousWrite = Field(
        AnonymousWrite.AUTO,
        description="Whether anyone may write: `true`, `false`, or `auto`: on a loopback address only.",
    )
    expose_anonymous_write: bool = Field(
        False, description="Confirms that anyone may write beyond loopback, which else stops the start."
    )
    serve_workers: int = Field(
        1, ge=1, le=256, description="Processes that serve, 1 to 256, on one address; they share those that extract."
    )
    anonymous_read: bool = Field(
        True, description="Whether anyone may read: `false` asks for a key for everything but `/health`."
    )
    allowed_hosts: Listed = Field(
        None,
        description="Names that the service is reached by, with commas between them, besides IP addresses, `localhost` "
        "and `ENTENTE_HOST`; `*`: any. Other names are refused.",
    )
    trusted_proxies: Annotated[Listed, AfterValidator(_proxies)] = Field(
        None,
        description="Addresses or networks of proxies, with commas between them, whose `X-Forwarded-For` and "
        "`X-Forwarded-Proto` are believed.",
    )
    cors_origins: Annotated[Listed, AfterValidator(_origins)] = Field(
        None,
        description="Origins, with commas between them, whose pages may use the service from a browser; `*`: all.",
    )
    rate_read: Rate = Field(
        "auto",
        description="Requests that read, of one key or address: such as `600/minute` (or `second`, `hour`, `day`), "
        "`none`, or `auto`: no limit on a loopback address, else `1200/minute`.",
    )
    rate_write: Rate = Field("auto", description="The same for requests that write; `auto`: `120/minute`.")
    rate_store: Annotated[SecretStr | None, AfterValidator(_rate_store)] = Field(
        None,
        description="The address of a Redis server (`redis://…`) in which several services count together; else each "
        "counts alone, whatever the number of its processes.",
    )
    slow_seconds: int = Field(
        20,
        ge=1,
        le=3600,
        description="How long a client may take for the head of a request, and for each next kilobyte a second of a "
        "body or an answer on average, in seconds, 1 to 3600; slower ones are cut off.",
    )
    connections: int = Field(
        200,
        ge=0,
        le=100000,
        description="Connections that one address may have open to a process that serves, 0 to 100000; 0: any number. "
        "Trusted proxies may have any.",
    )
    query_seconds: int = Field(
        60,
        ge=1,
        le=3600,
        description="How long the store may look for an answer, in seconds, 1 to 3600; then the request gets a 503. "
        "Whole lists have the time that they take.",
    )
    body_mb: int = Field(
        256, ge=1, le=65536, description="Megabytes of a request's body, at most, 1 to 65536; an article has 16."
    )
    workers: int = Field(
        0, ge=0, le=256, description="Processes that extract facts, 0 to 256; 0: one less than there are cores."
    )
    niceness: int = Field(
        10, ge=0, le=19, description="How far these processes step back behind the one that serves, 0 to 19 (nice)."
    )
    queue: int = Field(
        32, ge=1, le=10000, description="Articles that may wait for extraction, 1 to 10000; further ones get a 503."
    )
    jobs: bool = Field(
        True, description="Whether the service works jobs off: `true`, or `false` to leave that to `entente worker`."
    )
    metrics_port: int = Field(
        0, ge=0, le=65535, description="Port of `ENTENTE_HOST` at which `entente worker` tells its metrics; 0: none."
    )
    extractor: ExtractorName = Field(
        ExtractorName.ENTENTE,
        description="What finds the facts: `entente`, what comes with this package, or `llm`, a language model.",
    )
    llm_url: Annotated[str | None, AfterValidator(_endpoint)] = Field(
        None, description="For `llm`: the address of a chat endpoint like OpenAI's, up to and including `/v1`."
    )
    llm_model: str | None = Field(None, min_length=1, description="For `llm`: the model that is asked.")
    llm_key: Annotated[SecretStr | None, AfterValidator(_key)] = Field(
        None, description="For `llm`: the key that is sent as a bearer token, where the endpoint wants one."
    )
    llm_seconds: int = Field(
        180, ge=1, le=3600, description="For `llm`: how long an article may take, with all attempts, 1 to 3600."
    )
    serve_text: ServeText = Field(
        ServeText.FULL,
        description="How much of the articles' own words leaves the service: `full`, `evidence` (the words that state "
        "facts), or `none` (offsets alone).",
    )
    read_only: bool = Field(
        False,
        description="Whether this process only reads what others store: `true` loads no model and no seeds, and takes "
        "nothing in.",
    )
    cache_mb: int = Field(
        12,
        ge=0,
        le=65536,
        description="Megabytes for answers that are kept until something is written, 0 to 65536; 0: none is kept.",
    )
    notice_seconds: int = Field(
        0,
        ge=0,
        le=600,
        description="How long the service goes on after SIGTERM while `/health/ready` says that it stops, so that a "
        "proxy looks elsewhere, in seconds, 0 to 600.",
    )
    drain_seconds: int = Field(
        10, ge=0, le=600, description="How long a stop waits for requests under way, in seconds, 0 to 600."
    )


def load_settings(**overrides: object) -> Settings:
    """Read the environment; ``overrides`` that are not None win over it. Raises `SettingsError`."""
    chosen = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**chosen)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError("; ".join(_in_words(fault) for fault in error.errors())) from None


def _in_words(fault: object) -> str:
    assert isinstance(fault, dict)
    name = str(fault["loc"][0])
    meaning = (Settings.model_fields[name].description or "").replace("`", "")
    given = "not shown" if name in SECRET else repr(PASSWORD.sub(r"\1***@", str(fault["input"])))
    reason = str(fault["msg"]).removeprefix("Value error, ")
    return f"{PREFIX}{name.upper()} is {given}: {reason}. {meaning}"


def all_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
