"""Logging a browser in with a key, and out: the key is sent once, a session stands in the cookie from then on."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.reader import forgery
from app.reader.negotiation import prefers_page
from app.reader.rendering import page
from app.store.database import Database
from app.store.keys import SESSION, SESSION_COOKIE, begin_session, end_session, holder_of

PATH = "/log-in"
OUT = "/log-out"

LONGEST_FIELD = 4096
_LOCAL = re.compile(r"/(?![/\\])[!-~]*")
"""An address of this service, and of no other."""


async def show(request: Request) -> Response:
    """The form; or who is logged in, with the way out."""
    return _form(request, request.query_params.get("next", "/"))


async def log_in(request: Request) -> Response:
    """Begin a session, or say what is wrong with the key."""
    fields = await _fields(request)
    wanted = fields.get("next", "/")
    if not forgery.is_own(request, fields.get(forgery.FIELD, "")):
        return _form(request, wanted, "This form had grown old, or did not come from here. Send it again.", 403)
    key = fields.get("key", "").strip()
    if not key:
        return _form(request, wanted, "Paste your key here.", 422)
    token = await run_in_threadpool(_begin, request.app.state.service.database, key)
    if token is None:
        return _form(request, wanted, "This key is not known here, or no longer good.", 401)
    response = RedirectResponse(_local(wanted), 303, {"Cache-Control": "no-store"})
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(SESSION.total_seconds()),
        httponly=True,
        samesite="lax",  # so that links from elsewhere still lead in; nothing is changed by a GET
        secure=request.url.scheme == "https",
    )
    return response


async def log_out(request: Request) -> Response:
    """End the session, here and in the store."""
    fields = await _fields(request)
    if not forgery.is_own(request, fields.get(forgery.FIELD, "")):
        return _form(request, "/", "This form had grown old, or did not come from here. Send it again.", 403)
    token = request.cookies.get(SESSION_COOKIE, "")
    await run_in_threadpool(_end, request.app.state.service.database, token)
    response = RedirectResponse(PATH, 303, {"Cache-Control": "no-store"})
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return response


def invite(request: Request) -> Response | None:
    """The way to the form for a browser that asks for a page; None for others."""
    if request.app.state.takes_in and prefers_page(",".join(request.headers.getlist("accept"))):
        return redirect(request)
    return None


def redirect(request: Request) -> Response:
    """The way to the form, and from there back."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    headers = {"Vary": "Accept, Cookie", "Cache-Control": "no-store"}
    return RedirectResponse(f"{PATH}?next={quote(asked, safe='/')}", 303, headers)


async def _fields(request: Request) -> dict[str, str]:
    """What was filled in; nothing where that cannot be read."""
    try:
        async with request.form(max_files=0, max_fields=5, max_part_size=LONGEST_FIELD) as form:
            return {name: str(value) for name, value in form.items()}
    except HTTPException:
        return {}


def _begin(database: Database, key: str) -> str | None:
    now = datetime.now(UTC)
    with database.write() as connection:
        holder = holder_of(connection, key, now)
        return begin_session(connection, holder, now) if holder else None


def _end(database: Database, token: str) -> None:
    with database.write() as connection:
        end_session(connection, token)


def _local(address: str) -> str:
    return address if _LOCAL.fullmatch(address) else "/"


def _form(request: Request, wanted: str, error: str | None = None, status: int = 200) -> Response:
    secret = forgery.secret_of(request)
    shown = {"wanted": _local(wanted), "error": error, "token": forgery.token(secret)}
    response = page(request, "log_in.html", status=status, headers={"Cache-Control": "no-store"}, **shown)
    forgery.remember(response, request, secret)
    return response
