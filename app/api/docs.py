"""OpenAPI and its pages. The assets are served from here, and the examples are the service's own answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastapi_offline
import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from pydantic import BaseModel
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Send
from starlette.types import Scope as RequestScope

from app.api.access import Access
from app.api.conditional import answer_document
from app.api.formats import FILES, MEDIA_TYPES, Format
from app.api.problems import documented
from app.api.service import Injected
from app.schemas.service import Fault, Problem
from app.store.keys import SESSION_COOKIE
from app.store.loaded import first_loaded
from app.store.scopes import Scope

if TYPE_CHECKING:
    import httpx

ASSETS = "/docs/assets"

SECURITY_SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "A key that `entente keys create` made."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "A browser that was logged in with a key at `/log-in`.",
    },
}

router = APIRouter(include_in_schema=False)


def install(app: FastAPI) -> None:
    """Serve `/openapi.json`, `/docs` and `/redoc`."""
    app.mount(ASSETS, StaticFiles(directory=Path(fastapi_offline.__file__).parent / "static"))
    app.include_router(router)


@router.get("/openapi.json")
async def get_openapi(request: Request, service: Injected) -> Response:
    """The specification; its examples are added as soon as the seeds are there."""
    state = request.app.state
    if not hasattr(state, "specification") and service.start_up.is_ready:
        with service.database.read() as connection:
            article = first_loaded(connection)
        if article is not None:
            state.specification = orjson.dumps(await _with_examples(request, article))
    return answer_document(request, getattr(state, "specification", None) or orjson.dumps(_specification(request.app)))


@router.get("/docs")
async def get_docs() -> HTMLResponse:
    """The page to try requests on."""
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Entente: try it",
        swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{ASSETS}/favicon.png",
    )


@router.get("/redoc")
async def get_redoc() -> HTMLResponse:
    """The page to read."""
    return get_redoc_html(
        openapi_url="/openapi.json",
        title="Entente: reference",
        redoc_js_url=f"{ASSETS}/redoc.standalone.js",
        redoc_favicon_url=f"{ASSETS}/favicon.png",
        with_google_fonts=False,
    )


def _specification(app: FastAPI) -> dict[str, Any]:
    """What FastAPI reads off the routes, and what holds for all of them: errors, tags, forms, descriptions of ids."""
    specification: dict[str, Any] = orjson.loads(orjson.dumps(app.openapi()))
    specification["servers"] = [{"url": "/", "description": "Where this document was had from."}]
    schemas = specification["components"]["schemas"]
    schemas.update((model.__name__, _schema(model)) for model in (Fault, Problem))
    specification["components"]["securitySchemes"] = SECURITY_SCHEMES
    access: Access = app.state.service.access
    for path, item in specification["paths"].items():
        for method, operation in item.items():
            _complete(method, operation)
            if not path.startswith("/health/"):
                _secure(operation, is_open=access.anonymous(_needed(path, method)))
    return specification


def _needed(path: str, method: str) -> Scope:
    if path == "/audit":
        return Scope.ADMIN
    return Scope.READ if method == "get" else Scope.WRITE


def _secure(operation: dict[str, Any], *, is_open: bool) -> None:
    """A key that is wrong is a 401 also where none is needed."""
    operation["security"] = [*([{}] if is_open else []), {"key": []}, {"session": []}]
    operation["responses"].update({str(status): answer for status, answer in documented(401, 414, 421, 429).items()})


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    return schema


def _complete(method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.update({str(status): answer for status, answer in documented(500).items()})
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["description"] = f"Id of the {parameter['name']}."
    if method != "get":
        return
    if operation["tags"] != ["service"]:
        responses["304"] = {"description": "What the client has, by `If-None-Match`, is what would be sent."}
    forms = {form for p in operation.get("parameters", ()) if p["name"] == "format" for form in _choices(p["schema"])}
    for form in FILES:
        if form in forms:
            file = {"type": "string"} if form is not Format.PARQUET else {"type": "string", "format": "binary"}
            responses["200"]["content"][MEDIA_TYPES[form]] = {"schema": file}
    if Format.JSONLD in forms:
        responses["200"]["content"][MEDIA_TYPES[Format.JSONLD]] = {"schema": {"type": "object"}}


def _choices(schema: dict[str, Any]) -> list[str]:
    """The values of an optional parameter."""
    return [value for choice in schema.get("anyOf", [schema]) for value in choice.get("enum", ())]


class _Within:
    """The routes alone: whose request it is, and how often they ask, was decided for the request that asks in turn."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def __call__(self, scope: RequestScope, receive: Receive, send: Send) -> None:
        held = {name: value for name, value in self._request.scope.items() if name not in ("route", "endpoint")}
        await self._request.app.router({**held, **scope, "path_params": {}}, receive, send)


async def _with_examples(request: Request, article: str) -> dict[str, Any]:
    """The specification with the answer that each GET gives for the article and its first commitment."""
    import httpx  # few ask for the specification

    specification = _specification(request.app)
    transport = httpx.ASGITransport(_Within(request))
    async with httpx.AsyncClient(transport=transport, base_url="http://examples.invalid") as client:
        ids = await _example_ids(client, article)
        operations = [(path, item["get"]) for path, item in specification["paths"].items() if "get" in item]
        await asyncio.gather(*(_add_example(client, path, operation, ids) for path, operation in operations))
    _share_examples(specification)
    return specification


def _share_examples(specification: dict[str, Any]) -> None:
    """What writes answer is shown by the example of a GET that answers the same."""
    answers = [
        content
        for item in specification["paths"].values()
        for operation in item.values()
        for response in operation["responses"].values()
        if (content := response.get("content", {}).get("application/json"))
    ]
    examples = {content["schema"].get("$ref"): content["example"] for content in answers if "example" in content}
    for content in answers:
        if example := examples.get(content["schema"].get("$ref")):
            content.setdefault("example", example)


async def _example_ids(client: httpx.AsyncClient, article: str) -> Mapping[str, str]:
    """The article, a commitment that somebody in it states, one of its parties, the statement, and a word of it."""
    items = (await client.get(f"/articles/{article}/commitments")).json()["items"]
    chosen = next((item for item in items if item["statement"]), None)
    if chosen is None:
        return {"article": article}
    party = chosen["parties"][0]["id"]
    ids = {"article": article, "commitment": chosen["id"], "entity": party, "statement": chosen["statement"]}
    return {**ids, "q": chosen["action"]}


async def _add_example(client: httpx.AsyncClient, path: str, operation: dict[str, Any], ids: Mapping[str, str]) -> None:
    parameters = operation.get("parameters", ())
    names = {p["name"] for p in parameters if p.get("required")}
    if not names <= ids.keys():
        return
    taken = {p["name"] for p in parameters}
    asked = {name: value for name, value in {"limit": "1", "q": ids.get("q")}.items() if name in taken}
    response = await client.get(path.format(**ids), params=asked)
    if response.status_code != 200:  # what only some may see is shown by an example of its own
        return
    for parameter in parameters:
        if parameter["in"] == "path" or parameter.get("required"):
            parameter["example"] = ids[parameter["name"]]
    content = operation["responses"]["200"]["content"]
    if "application/json" in content:
        content["application/json"]["example"] = response.json()
    elif "text/plain" in content:
        content["text/plain"]["example"] = response.text.partition("\n# HELP process_")[0]
