"""Templates to pages: what all of them know, and the headers that keep a page to what comes from here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.domain.commitment import Form, Stage
from app.domain.entity import EntityType
from app.language.geography import short_name, short_names
from app.reader.addresses import commitments_address, is_state, month_filter, pair_filter
from app.reader.fields import chips, named

FOLDER = Path(__file__).parent
STATIC = "/static"

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'none'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",
    "Vary": "Accept",
}

SIGNS = {Stage.PROPOSED: "○", Stage.INTENDED: "◔", Stage.AGREED: "◕", Stage.ENACTED: "●"}
"""How firm, without colour: the moon fills."""

LETTERS = {
    Form.CONSULTATION: "C",
    Form.DIPLOMATIC: "D",
    Form.MILITARY: "M",
    Form.ECONOMIC: "E",
    Form.AID: "A",
    Form.OTHER: "O",
}

STAGE_MEANINGS = {
    Stage.PROPOSED: "urged or offered",
    Stage.INTENDED: "wanted or promised",
    Stage.AGREED: "signed or mutual",
    Stage.ENACTED: "carried out",
}


def day(given: date | None) -> str:
    """A day in words."""
    return f"{given.day} {given:%B %Y}" if given else "undated"


def country_name(code: str) -> str:
    """The country of an ISO code; what is no code stays as it is."""
    return short_name(code) if code in short_names() else code


def percent(share: float) -> str:
    """A share of one."""
    return f"{round(share * 100)} %"


def number(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def query_with(given: Sequence[tuple[str, str]], *changes: tuple[str, str | None]) -> str:
    """A query with some parameters set anew, or gone where the value is None; the list begins at its start again."""
    gone = {name for name, _ in changes} | {"cursor"}
    kept = [(name, value) for name, value in given if name not in gone]
    return urlencode([*kept, *((name, value) for name, value in changes if value is not None)], safe=",")


def query_without(given: Sequence[tuple[str, str]], name: str, value: str) -> str:
    """A query without one value of a parameter."""
    return urlencode([pair for pair in given if pair != (name, value) and pair[0] != "cursor"], safe=",")


@cache
def address_of(name: str) -> str:
    """The address of a static file, another one as soon as the file is another."""
    digest = hashlib.blake2b((FOLDER / "static" / name).read_bytes(), digest_size=5).hexdigest()
    return f"{STATIC}/{name}?v={digest}"


class Static(StaticFiles):
    """Style sheet, script and icon. An address that names the file's version may be kept for good."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER / "static")

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file with its headers."""
        response = await super().get_response(path, scope)
        is_version = f"{STATIC}/{path}?{scope['query_string'].decode('latin-1')}" == address_of(path)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_version else "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(day=day, country=country_name, percent=percent)
    made.globals.update(
        number=number,
        static=address_of,
        address=commitments_address,
        is_state=is_state,
        month_filter=month_filter,
        pair_filter=pair_filter,
        query_with=query_with,
        query_without=query_without,
        chips=chips,
        named=named,
        signs=SIGNS,
        letters=LETTERS,
        stages=STAGE_MEANINGS,
        types=list(EntityType),
    )
    return made


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **shown: object,
) -> HTMLResponse:
    """The page that a template makes of what is shown."""
    given = [pair for pair in request.query_params.multi_items() if pair[0] != "cursor"]
    takes_in = request.app.state.takes_in
    access = request.app.state.service.access
    key = request.scope["state"].get("key")
    wants_key = bool(key) or not (access.anonymous_read and access.anonymous_write)
    standing = {"takes_in": takes_in, "key": key, "wants_key": wants_key}
    known = {**standing, "path": request.url.path, "query": request.url.query, "given": given, "fields": ()}
    body = _environment().get_template(template).render({**known, **shown})
    private = {"Cache-Control": "private, no-cache", "Vary": "Accept, Cookie"} if wants_key else {}
    return HTMLResponse(body, status, {**HEADERS, **private, **(headers or {})})
