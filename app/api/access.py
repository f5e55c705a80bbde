"""Who may write: the one place that decides it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from app.api.service import Injected
from app.settings import AnonymousWrite, Settings, SettingsError


@dataclass(frozen=True, slots=True)
class Access:
    """Whether anyone may write, and whether only to addresses of this machine itself."""

    anonymous_write: bool
    by_loopback_only: bool

    @classmethod
    def of(cls, settings: Settings) -> Access:
        """What the settings allow. Raises `SettingsError` where they open the service to writers from outside."""
        loopback = is_loopback(settings.host)
        if settings.anonymous_write is AnonymousWrite.AUTO:
            return cls(anonymous_write=loopback, by_loopback_only=True)
        allowed = settings.anonymous_write is AnonymousWrite.TRUE
        if allowed and not loopback and not settings.expose_anonymous_write:
            raise SettingsError(
                f"ENTENTE_ANONYMOUS_WRITE is 'true' and ENTENTE_HOST is {settings.host!r}, so that whoever reaches "
                "that address could change what is stored; set ENTENTE_EXPOSE_ANONYMOUS_WRITE=true if that is meant"
            )
        return cls(anonymous_write=allowed, by_loopback_only=False)


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine itself."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


async def require_write(request: Request, service: Injected) -> None:
    """Raise unless who asks may write.

    Behind a loopback address the request must also be addressed to one: a page on the web that makes its reader's
    browser write here under a name of its own (DNS rebinding), and a proxy that opens the service to others, are not
    "anyone on this machine".
    """
    access = service.access
    if not access.anonymous_write:
        raise HTTPException(
            401,
            "who writes here needs a key; or bind the service to 127.0.0.1, from where anyone on the machine may write",
            {"WWW-Authenticate": "Bearer"},
        )
    if access.by_loopback_only and not is_loopback(request.url.hostname or ""):
        raise HTTPException(
            403,
            f"writes are taken on loopback addresses only, and this one is addressed to {request.url.hostname!r}; "
            "ENTENTE_ANONYMOUS_WRITE=true lifts that",
        )


WritersOnly = Depends(require_write)
"""A dependency of every route that changes something."""

MayWrite = Annotated[None, WritersOnly]
