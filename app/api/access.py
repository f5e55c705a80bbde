"""Who may do what: the one place that decides it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.exceptions import HTTPException
from starlette.types import Scope as RequestScope

from app.api.service import Injected
from app.settings import AnonymousWrite, Settings, SettingsError
from app.store.keys import Key
from app.store.scopes import Scope

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Entente"'}
FORWARDED = frozenset({b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"})
"""Headers that a proxy adds."""


@dataclass(frozen=True, slots=True)
class Access:
    """What those without a key may do, and whether they may write only from this machine and to its own addresses."""

    anonymous_read: bool
    anonymous_write: bool
    by_loopback_only: bool

    @classmethod
    def of(cls, settings: Settings) -> Access:
        """What the settings allow. Raises `SettingsError` where they open the service to writers from outside."""
        loopback = is_loopback(settings.host)
        if settings.anonymous_write is AnonymousWrite.AUTO:
            return cls(settings.anonymous_read, anonymous_write=loopback, by_loopback_only=True)
        allowed = settings.anonymous_write is AnonymousWrite.TRUE
        if allowed and not loopback and not settings.expose_anonymous_write:
            raise SettingsError(
                f"ENTENTE_ANONYMOUS_WRITE is 'true' and ENTENTE_HOST is {settings.host!r}, so that whoever reaches "
                "that address could change what is stored; set ENTENTE_EXPOSE_ANONYMOUS_WRITE=true if that is meant"
            )
        return cls(settings.anonymous_read, anonymous_write=allowed, by_loopback_only=False)

    def anonymous(self, wanted: Scope) -> bool:
        """Whether those without a key may, in principle."""
        return {Scope.READ: self.anonymous_read, Scope.WRITE: self.anonymous_write}.get(wanted, False)


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine itself."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def key_of(scope: RequestScope) -> Key | None:
    """The key that the request came with, itself or by its session."""
    key: Key | None = scope.get("state", {}).get("key")
    return key


def may(access: Access, scope: RequestScope, wanted: Scope) -> bool:
    """Whether who asks may do what ``wanted`` stands for."""
    try:
        _require(access, Request(scope), wanted)
    except HTTPException:
        return False
    return True


async def require_write(request: Request, service: Injected) -> None:
    """Raise unless who asks may write."""
    _require(service.access, request, Scope.WRITE)


async def require_admin(request: Request, service: Injected) -> None:
    """Raise unless who asks may see what others did."""
    _require(service.access, request, Scope.ADMIN)


def _require(access: Access, request: Request, wanted: Scope) -> None:
    """Raise what becomes 401 without a key that is needed, and 403 where it does not allow this."""
    key = key_of(request.scope)
    if key:
        if not key.scope.covers(wanted):
            raise HTTPException(
                403, f"the key {key.prefix} may {key.scope.value}; this needs one that may {wanted.value}"
            )
        return
    if not access.anonymous(wanted):
        raise HTTPException(401, _needs_key(wanted), CHALLENGE)
    if wanted is Scope.WRITE and access.by_loopback_only:
        _require_this_machine(request)


def _needs_key(wanted: Scope) -> str:
    how = f"send one as `Authorization: Bearer …`; `entente keys create --scope {wanted.value}` makes it"
    if wanted is Scope.WRITE:
        return f"who writes here needs a key: {how}. On 127.0.0.1 alone, anyone on the machine may write"
    return f"this needs a key: {how}"


def _require_this_machine(request: Request) -> None:
    """Raise unless the request comes from this machine and is addressed to it.

    Behind a loopback address, a page on the web that makes its reader's browser write here under a name of its own (DNS
    rebinding), and a proxy that opens the service to others, are not "anyone on this machine".
    """
    if not is_loopback(request.url.hostname or ""):
        raise HTTPException(
            403,
            f"writes are taken on loopback addresses only, and this one is addressed to {request.url.hostname!r}; "
            "send a key, or set ENTENTE_ANONYMOUS_WRITE=true",
        )
    is_forwarded = any(name in FORWARDED for name, _ in request.scope["headers"])
    if is_forwarded or (request.client and not is_loopback(request.client.host)):
        raise HTTPException(403, "writes without a key are taken from this machine itself, and not through a proxy")


def same_origin(origin: str, host: str) -> bool:
    """Whether a page of this origin was had from the host that it now writes to."""
    return urlsplit(origin).netloc.lower() == host.lower() != ""


WritersOnly = Depends(require_write)
"""A dependency of every route that changes something."""

AdminsOnly = Depends(require_admin)
"""A dependency of every route that tells what others did."""
