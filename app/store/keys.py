"""Keys that let their holders in, and the sessions of browsers that were logged in with one.

A key is `entente_PREFIX_SECRET`. What is kept of it is its prefix, to find and to name it by, and the SHA-256 of the
whole: the secret has 256 random bits, so that nothing is gained by a slow hash, and nothing by knowing the digest.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Row, delete, insert, select, update

from app.store.scopes import Scope
from app.store.tables import access_keys, access_sessions

KEY = re.compile(r"entente_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
SESSION_COOKIE = "entente_session"
SESSION = timedelta(hours=12)
"""How long a browser stays logged in."""

_NOBODY = bytes(32)
"""Compared with where no key has the prefix, so that this takes as long."""


class UnknownKey(LookupError):
    """No key has this prefix."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret."""

    pk: int
    prefix: str
    scope: Scope
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def is_good(self, now: datetime) -> bool:
        """Whether it still lets anyone in."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def create_key(connection: Connection, scope: Scope, name: str, lifetime: timedelta | None, now: datetime) -> str:
    """Make a key and return it: nobody can have it again."""
    prefix = secrets.token_hex(6)
    key = f"entente_{prefix}_{secrets.token_urlsafe(32)}"
    expires_at = now + lifetime if lifetime is not None else None
    row = {"prefix": prefix, "digest": _digest(key), "scope": scope.value, "name": name}
    connection.execute(insert(access_keys).values(**row, created_at=now, expires_at=expires_at))
    return key


def list_keys(connection: Connection) -> list[Key]:
    """Every key, revoked ones included, in the order of their making."""
    return [_key(row) for row in connection.execute(select(access_keys).order_by(access_keys.c.pk))]


def revoke_key(connection: Connection, prefix: str, now: datetime) -> None:
    """Let nobody in with the key any more, nor with a session that it began. Raises `UnknownKey`."""
    pk = connection.scalar(select(access_keys.c.pk).where(access_keys.c.prefix == prefix))
    if pk is None:
        raise UnknownKey(prefix)
    still_good = (access_keys.c.pk == pk) & access_keys.c.revoked_at.is_(None)
    connection.execute(update(access_keys).where(still_good).values(revoked_at=now))
    connection.execute(delete(access_sessions).where(access_sessions.c.key_pk == pk))


def holder_of(connection: Connection, given: str, now: datetime) -> Key | None:
    """The key that was given, if it is one of ours and still good."""
    shape = KEY.fullmatch(given)
    found = connection.execute(select(access_keys).where(access_keys.c.prefix == (shape[1] if shape else ""))).first()
    same = hmac.compare_digest(found.digest if found else _NOBODY, _digest(given))
    return _good(found, now) if same else None


def begin_session(connection: Connection, key: Key, now: datetime) -> str:
    """What the cookie of a browser that is logged in holds."""
    connection.execute(delete(access_sessions).where(access_sessions.c.expires_at <= now))
    token = secrets.token_urlsafe(32)
    connection.execute(insert(access_sessions).values(digest=_digest(token), key_pk=key.pk, expires_at=now + SESSION))
    return token


def session_of(connection: Connection, token: str, now: datetime) -> Key | None:
    """The key that the browser was logged in with, if the session and the key are still good."""
    query = select(access_keys).join(access_sessions, access_sessions.c.key_pk == access_keys.c.pk)
    is_open = (access_sessions.c.digest == _digest(token)) & (access_sessions.c.expires_at > now)
    return _good(connection.execute(query.where(is_open)).first(), now)


def end_session(connection: Connection, token: str) -> None:
    """Log out."""
    connection.execute(delete(access_sessions).where(access_sessions.c.digest == _digest(token)))


def _good(row: Row[tuple[object, ...]] | None, now: datetime) -> Key | None:
    key = _key(row) if row else None
    return key if key and key.is_good(now) else None


def _key(row: Row[tuple[object, ...]]) -> Key:
    times = (_time(row.created_at), _time(row.expires_at), _time(row.revoked_at))
    created_at, expires_at, revoked_at = times
    assert created_at
    return Key(row.pk, row.prefix, Scope(row.scope), row.name, created_at, expires_at, revoked_at)


def _time(stored: datetime | None) -> datetime | None:
    """SQLite keeps no time zones."""
    return stored.replace(tzinfo=UTC) if stored and stored.tzinfo is None else stored


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
