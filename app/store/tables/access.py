"""Keys and sessions that let somebody in, and what they asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime
from sqlmodel import Field, SQLModel

from app.store.tables.columns import of, table_of
from app.store.types import KEY


class KeyRow(SQLModel, table=True):
    """A key that lets its holder in: the SHA-256 of the whole, and the ``prefix`` that anyone may see."""

    __tablename__ = "access_keys"

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    prefix: str = Field(unique=True)
    digest: bytes
    scope: str
    name: str
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    expires_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class SessionRow(SQLModel, table=True):
    """A browser that somebody logged in with a key; ``digest`` is that of what its cookie holds."""

    __tablename__ = "access_sessions"

    digest: bytes = Field(primary_key=True)
    key_pk: int = of("access_keys")
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))


class AuditRow(SQLModel, table=True):
    """A write that somebody who was let in asked for, and what it came to."""

    __tablename__ = "audit_entries"

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    at: datetime = Field(sa_type=DateTime(timezone=True))
    who: str
    address: str
    action: str
    target: str
    status: int
    request_id: str


access_keys = table_of(KeyRow)
access_sessions = table_of(SessionRow)
audit_entries = table_of(AuditRow)
