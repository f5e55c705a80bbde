"""Forms that only our own pages can send: a secret in a cookie, and the same in the form (double submit).

Another site can make a browser send the form with our cookie, but can neither read the cookie nor set it. The form has
the secret masked by random bytes, so that a page that is compressed does not give it away by its length (BREACH).
"""

from __future__ import annotations

import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "entente_form"
FIELD = "token"
LENGTH = 32


def secret_of(request: Request) -> bytes:
    """The secret that the browser has, or a new one."""
    return _read(request.cookies.get(COOKIE, "")) or secrets.token_bytes(LENGTH)


def token(secret: bytes) -> str:
    """What the form says back; another one each time."""
    mask = secrets.token_bytes(LENGTH)
    return (mask + _masked(secret, mask)).hex()


def remember(response: Response, request: Request, secret: bytes) -> None:
    """Give the browser the secret, for its session and for forms that our own pages send."""
    response.set_cookie(COOKIE, secret.hex(), httponly=True, samesite="strict", secure=request.url.scheme == "https")


def is_own(request: Request, given: str) -> bool:
    """Whether the form comes from a page of ours."""
    secret = _read(request.cookies.get(COOKIE, ""))
    found = _read(given, 2 * LENGTH)
    return bool(secret and found) and hmac.compare_digest(_masked(found[LENGTH:], found[:LENGTH]), secret)


def _read(digits: str, length: int = LENGTH) -> bytes:
    try:
        found = bytes.fromhex(digits)
    except ValueError:
        return b""
    return found if len(found) == length else b""


def _masked(secret: bytes, mask: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(secret, mask, strict=True))
