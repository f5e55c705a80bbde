"""Whole lists as files, sent while they are read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from app.api.conditional import SHARED_HEADERS
from app.api.filters import Paging
from app.api.formats import FILES, MEDIA_TYPES, WRITERS, Format, accepted
from app.api.problems import Unprocessable
from app.api.service import Service
from app.schemas.base import Wire
from app.schemas.service import Fault
from app.store.queries import Slice, Window

PAGE = 1000
"""Items that are read at once where a list is read page by page."""


def wanted(request: Request, asked: Paging, *others: Format) -> Format:
    """The format asked for, by parameter or else by header. Raises `Unprocessable` for part of a file."""
    chosen = Format(asked.format) if asked.format else accepted(request, *FILES, *others)
    if chosen is not Format.JSON and asked.cursor is not None:
        detail = f"cursor is for pages, and {chosen} is the whole list; ask without it"
        raise Unprocessable(Fault(pointer="query/cursor", detail=detail))
    return chosen


def answer_file(
    service: Service,
    chosen: Format,
    model: type[Wire],
    name: str,
    items: Callable[[], Iterator[bytes]],
) -> StreamingResponse:
    """The whole list as a file, written while it is read."""
    pieces = WRITERS[chosen](map(service.shown, items()), model)
    headers = {**SHARED_HEADERS, "Content-Disposition": f'attachment; filename="{name}.{chosen}"'}
    return StreamingResponse(_off_the_loop(pieces), headers=headers, media_type=MEDIA_TYPES[chosen])


def by_pages(page: Callable[[Window], Slice]) -> Iterator[bytes]:
    """All items of a list, read page by page."""
    found = page(Window(PAGE))
    yield from found.items
    while found.after:
        found = page(Window(PAGE, found.after))
        yield from found.items


async def _off_the_loop(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces, each made in a thread; the connection goes back also where the client goes away."""
    try:
        while (piece := await run_in_threadpool(next, pieces, None)) is not None:
            if piece:
                yield piece
    finally:
        close = getattr(pieces, "close", None)
        if close:
            close()
