"""Before anything is answered: whom the request names, which page sent it, whose it is, and how often they asked.

Pure ASGI, outside of the answers that are kept; where nothing is set it costs one look at the headers.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import Request, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.access import CHALLENGE, Access, may, same_origin
from app.api.at_once import Whole, at_once_of
from app.api.identity import Keys
from app.api.limits import Limits
from app.api.problems import problem
from app.settings import Settings
from app.store.database import StoreError
from app.store.keys import SESSION_COOKIE, Key
from app.store.scopes import Scope as KeyScope

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, section 9.2.1)."""

ALWAYS_OPEN = ("/health/", "/static/")
"""What is answered to anyone, whoever may read."""

LOG_IN = ("/log-in", "/log-out")

INVALID = {"WWW-Authenticate": f'{CHALLENGE["WWW-Authenticate"]}, error="invalid_token"'}
"""RFC 6750, section 3.1."""

Invite = Callable[[Request], Response | None]
"""What a browser gets instead of a 401, if anything."""


@dataclass(slots=True)
class Asked:
    """What the headers say of who asks, and from where."""

    hosts: list[bytes]
    origin: bytes | None = None
    site: bytes | None = None
    authorization: bytes | None = None
    cookie: bytes | None = None


class Gate:
    """Lets requests in."""

    def __init__(
        self, app: ASGIApp, settings: Settings, access: Access, keys: Keys, limits: Limits | None, invite: Invite
    ) -> None:
        self._app = app
        self._inner = at_once_of(app)
        self._access = access
        self._keys = keys
        self._limits = limits
        self._invite = invite
        named = [host.lower() for host in settings.allowed_hosts or ()]
        self._any_host = "*" in named
        self._hosts = {"localhost", settings.host.lower(), *named}
        self._seen: set[bytes] = set()
        self._origins = frozenset(settings.cors_origins or ())
        self._longest = settings.body_mb << 20
        self._is_open = access.anonymous_read and limits is None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "GET" and self._lets_in(scope):
            await self._app(scope, receive, send)
            return
        asked = _asked(scope["headers"])
        is_safe = scope["method"] in SAFE
        refusal = self._misdirected(scope, asked) or (None if is_safe else self._foreign(scope, asked))
        if refusal:
            await refusal(scope, receive, send)
            return
        if asked.authorization or asked.cookie or self._limits or not self._access.anonymous_read:
            refusal, send = await self._known(scope, asked, send, is_safe=is_safe)
            if refusal:
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive if is_safe else _Bounded(receive, self._longest), send)

    def at_once(self, scope: Scope) -> Whole | None:
        """See `app.api.at_once`."""
        return self._inner(scope) if self._lets_in(scope) else None

    def _lets_in(self, scope: Scope) -> bool:
        """Whether anyone may read, and nothing is to be heeded but one Host, which is known to be the service's own."""
        if not self._is_open:
            return False
        hosts = 0
        for name, value in scope["headers"]:
            if name == b"host":
                if value not in self._seen:
                    return False
                hosts += 1
            elif name == b"authorization" or name == b"cookie":
                return False
        return hosts == 1

    def _misdirected(self, scope: Scope, asked: Asked) -> Response | None:
        """A refusal of names that are not the service's own: some page's, that resolves to here (DNS rebinding)."""
        if len(asked.hosts) > 1:
            return problem(Request(scope), 400, "a request names one Host")
        if not asked.hosts or asked.hosts[0] in self._seen or self._is_own(asked.hosts[0]):
            return None  # without a Host come the checks of proxies in HTTP/1.0, and no browser
        host = asked.hosts[0].decode("latin-1")
        detail = f"the service is not known as {host!r}; ENTENTE_ALLOWED_HOSTS lists the names that it is reached by"
        return problem(Request(scope), 421, detail)

    def _is_own(self, host: bytes) -> bool:
        name = _without_port(host.decode("latin-1")).lower()
        is_own = self._any_host or name in self._hosts or _is_address(name)
        if is_own and len(self._seen) < 100:
            self._seen.add(host)
        return is_own

    def _foreign(self, scope: Scope, asked: Asked) -> Response | None:
        """A refusal of a write that a browser sends for a page of another site."""
        if asked.origin is None:
            if asked.site in (None, b"same-origin", b"none"):
                return None
            return problem(Request(scope), 403, "this was sent by a page of another site")
        origin = asked.origin.decode("latin-1")
        host = asked.hosts[0].decode("latin-1") if asked.hosts else ""
        if same_origin(origin, host) or origin in self._origins:
            return None
        if "*" in self._origins and asked.authorization:
            return None
        detail = f"pages of {origin!r} may not write here; ENTENTE_CORS_ORIGINS lists those that may"
        return problem(Request(scope), 403, detail)

    async def _known(self, scope: Scope, asked: Asked, send: Send, *, is_safe: bool) -> tuple[Response | None, Send]:
        """Find out whose request it is. A refusal of one that may not even read, or asks too often."""
        path = scope["path"]
        if path.startswith(ALWAYS_OPEN):
            return None, send
        refusal = None
        try:
            key = await self._key(asked)
        except _BadKey as error:
            key, refusal = None, problem(Request(scope), 401, str(error), headers=INVALID)
        except StoreError:
            detail = "the store cannot be used at the moment"
            return problem(Request(scope), 503, detail, headers={"Retry-After": "5"}), send
        scope.setdefault("state", {})["key"] = key
        kind = "read" if is_safe else "write"
        if self._limits and self._limits.limits(kind):
            client = scope.get("client")
            standing = await self._limits.count(kind, f"key {key.prefix}" if key else client[0] if client else "")
            send = _Telling(send, standing.headers)
            if standing.wait:
                detail = f"that was too often; try again in {standing.wait} s"
                return problem(Request(scope), 429, detail, headers={"Retry-After": str(standing.wait)}), send
        if refusal or path in LOG_IN:
            return refusal, send
        if not may(self._access, scope, KeyScope.READ):
            detail = "who reads here needs a key: send one as `Authorization: Bearer …`"
            page = self._invite(Request(scope)) if is_safe else None
            return page or problem(Request(scope), 401, detail, headers=CHALLENGE), send
        return None, send if self._access.anonymous_read else _Telling(send, [], private=True)

    async def _key(self, asked: Asked) -> Key | None:
        """The key, None without one. Raises `_BadKey` for one that is not good, and `StoreError`."""
        if asked.authorization is not None:
            scheme, _, given = asked.authorization.decode("latin-1").partition(" ")
            if scheme.lower() != "bearer":
                raise _BadKey("keys are sent as `Authorization: Bearer …`")
            if key := await self._keys.holder(given.strip()):
                return key
            raise _BadKey("this key is not known here, or no longer good")
        token = _cookie(asked.cookie) if asked.cookie else None
        return await self._keys.session(token) if token else None


class _BadKey(Exception):
    """What was sent is no key that lets anyone in."""


class _Bounded:
    """The body of a request, no longer than is taken at all."""

    def __init__(self, receive: Receive, longest: int) -> None:
        self._receive = receive
        self._left = longest
        self._longest = longest

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise HTTPException(413, f"the body is longer than {self._longest} bytes")
        return message


class _Telling:
    """Sends an answer on with more headers."""

    def __init__(self, send: Send, headers: Sequence[tuple[bytes, bytes]], *, private: bool = False) -> None:
        self._send = send
        self._headers = headers
        self._private = private

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = message["headers"]
            if self._private:  # what needs a key is for no cache that others share
                headers = [*(h for h in headers if h[0] != b"cache-control"), (b"cache-control", b"private, no-cache")]
            message = {**message, "headers": [*headers, *self._headers]}
        await self._send(message)


def _asked(headers: Sequence[tuple[bytes, bytes]]) -> Asked:
    asked = Asked([])
    for name, value in headers:
        if name == b"host":
            asked.hosts.append(value)
        elif name == b"origin":
            asked.origin = value
        elif name == b"sec-fetch-site":
            asked.site = value
        elif name == b"authorization":
            asked.authorization = value
        elif name == b"cookie":
            asked.cookie = value
    return asked


def _cookie(header: bytes) -> str | None:
    for part in header.decode("latin-1").split(";"):
        name, _, value = part.strip().partition("=")
        if name == SESSION_COOKIE:
            return value
    return None


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name.strip("[]") if colon and port.isdecimal() and not name.endswith(":") else host.strip("[]")


def _is_address(name: str) -> bool:
    """Names can be made to point to here by anyone; addresses cannot."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
