"""The form that takes an article in: pasted, fetched from an address, or out of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.domain.article import Article
from app.ingest.files import RawRecord, UnreadableFile, read_raw
from app.reader import forgery, log_in
from app.reader.asking import Refused, send
from app.reader.rendering import page

PATH = "/hand-in"

LARGEST_FIELD = 8 * 1024 * 1024
"""Bytes of the text or the file: as much as of a page that is fetched."""

WORDS = ("text", "url", "title", "source", "published")
"""Fields of the form, by the names that the interface has for them."""

CONTENT = ("text", "file", "url")
"""What an article can be made of; the first that is filled in says which field is at fault where a text is."""

FORMATS = {".md": "markdown", ".txt": "text", ".html": "html", ".htm": "html"}


@dataclass(slots=True)
class Filled:
    """What was filled in, and what is wrong with which field; ``problem`` is about none of them."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    problem: str | None = None


async def show(request: Request) -> Response:
    """The empty form, for those who may hand in."""
    if not request.app.state.service.access.anonymous_write and request.scope["state"].get("key") is None:
        return log_in.redirect(request)
    return _form(request, Filled())


async def take(request: Request) -> Response:
    """Hand the article in and show it with its facts, or the form again with what is wrong."""
    try:
        async with request.form(max_files=1, max_fields=20, max_part_size=LARGEST_FIELD) as form:
            return await _taken(request, form)
    except HTTPException as refusal:
        return _form(request, Filled(problem=f"The form could not be read: {refusal.detail}"), refusal.status_code)


async def _taken(request: Request, form: FormData) -> Response:
    filled = Filled({name: str(form.get(name, "")).strip() for name in WORDS})
    if not forgery.is_own(request, str(form.get(forgery.FIELD, ""))):
        filled.problem = "This form had grown old, or did not come from here. Nothing was stored; send it again."
        return _form(request, filled, 403)
    article = await _fields(filled, form.get("file"))
    if filled.errors:
        return _form(request, filled, 422)
    try:
        answer = await send(request, "/articles", orjson.dumps(article))
    except Refused as refusal:
        _blame(filled, refusal, article)
        return _form(request, filled, refusal.problem.status)
    return RedirectResponse(answer.headers["location"], 303)


async def _fields(filled: Filled, file: object) -> dict[str, str]:
    """The article as the interface takes it; what cannot be used is among the errors."""
    given = {name: value for name, value in filled.values.items() if value}
    has_file = isinstance(file, UploadFile) and bool(file.filename)
    if "text" in given and has_file:
        filled.errors["file"] = "There is a text already: hand in either the text or a file."
    elif has_file:
        assert isinstance(file, UploadFile)
        filled.values["file"] = str(file.filename)
        read = await _read(file)
        if isinstance(read, str):
            filled.errors["file"] = read
        else:
            given = {**read, **given}
    elif "text" not in given and "url" not in given:
        filled.errors["text"] = "Paste a text here, or give an address or a file below."
    return given


async def _read(file: UploadFile) -> dict[str, str] | str:
    """What a file says of its article, or why it cannot be used."""
    name = Path(file.filename or "")
    kind = FORMATS.get(name.suffix.lower())
    if kind is None:
        return f"{name.name} is of no kind that is read here: {', '.join(FORMATS)}."
    content = await file.read(LARGEST_FIELD + 1)
    if len(content) > LARGEST_FIELD:
        return f"{name.name} is longer than {LARGEST_FIELD >> 20} MB."
    if kind == "html":
        from app.ingest.page_markup import decoded  # half a second that other requests need not wait for

        return {"html": await run_in_threadpool(decoded, content)}
    read = await run_in_threadpool(read_raw, RawRecord(name, 1, kind, content))
    if isinstance(read, UnreadableFile):
        return f"{name.name}, line {read.line}: {read.reason}."
    return _said(read.article)


def _said(article: Article) -> dict[str, str]:
    said = {"title": article.title, "text": article.text}
    if article.published:
        said["published"] = article.published.isoformat()
    for source in article.sources[:1]:
        said |= {"source": source.name, **({"url": source.url} if source.url else {})}
    return said


def _blame(filled: Filled, refusal: Refused, article: dict[str, str]) -> None:
    """Put what the interface says beside the field that it is about."""
    content = next((n for n in CONTENT if filled.values.get(n)), "file")
    for fault in refusal.problem.errors or ():
        name = fault.pointer.removeprefix("body/")
        name = content if name in ("text", "html", "body") or (name == "url" and "url" not in filled.values) else name
        filled.errors[name if name in (*WORDS, "file") else content] = fault.detail
    if not filled.errors:
        is_about_content = refusal.problem.status in (413, 422, 502)
        if is_about_content:
            filled.errors[content] = refusal.problem.detail
        else:
            filled.problem = refusal.problem.detail


def _form(request: Request, filled: Filled, status: int = 200) -> Response:
    secret = forgery.secret_of(request)
    response = page(
        request,
        "hand_in.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        filled=filled,
        token=forgery.token(secret),
        kinds=", ".join(FORMATS),
    )
    forgery.remember(response, request, secret)
    return response
