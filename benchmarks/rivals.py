"""What the service is measured beside: a bare ASGI function, and FastAPI with the same bytes as a constant.

Run by uvicorn in processes of their own: ``benchmarks.rivals:bare`` and ``benchmarks.rivals:constant``, which answer
every request with the file that ``BENCH_BODY`` names.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response

BODY = Path(os.environ["BENCH_BODY"]).read_bytes() if "BENCH_BODY" in os.environ else b""
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """As little as ASGI allows."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": BODY})


constant = FastAPI(openapi_url=None)


@constant.get("/articles/{article}")
@constant.get("/articles/{article}/commitments")
async def get_constant(article: str) -> Response:
    """The same bytes, whatever is asked."""
    return Response(BODY, media_type="application/json")
