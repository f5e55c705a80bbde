"""Jobs: records that were handed in at once and are worked off, whatever happens to the processes that do it.

A record is deleted in the transaction that stores its article, so that it counts once even where two processes worked
on it. Every function works in the caller's transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from app.store.job_tasks import put_tasks
from app.store.tables import job_records, job_refusals, jobs

RECEIVING, QUEUED, RUNNING, DONE = "receiving", "queued", "running", "done"

LEASE = timedelta(seconds=15)
"""How long a job stays with whom it was given to, from the last sign of life."""

STALLED = timedelta(minutes=2)
"""After how long a job that nobody works on is a sign that something is wrong."""

RECEIVED_WITHIN = timedelta(hours=1)
KEPT = timedelta(days=30)
"""After how long a job whose sender vanished, or one that is done, is forgotten."""


@dataclass(frozen=True, slots=True)
class Job:
    """How far a job has come; ``refusals`` are lines and reasons, the first ones."""

    id: str
    state: str
    created_at: datetime
    finished_at: datetime | None
    total: int
    new: int
    known: int
    refused: int
    refusals: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of records."""

    new: int = 0
    known: int = 0
    refused: int = 0


def open_job(connection: Connection) -> tuple[int, str]:
    """Begin a job; gives its row number and its id."""
    job_id = f"j-{uuid.uuid4().hex[:12]}"
    row = {"id": job_id, "state": RECEIVING, "created_at": datetime.now(UTC)}
    pk: int = connection.execute(insert(jobs).values(**row, **_zero()).returning(jobs.c.pk)).scalar_one()
    return pk, job_id


def add_records(connection: Connection, pk: int, records: Sequence[tuple[int, bytes]]) -> None:
    """Add records, each with its line."""
    if records:
        connection.execute(
            insert(job_records), [{"job_pk": pk, "line": line, "content": content} for line, content in records]
        )


def queue_job(connection: Connection, pk: int) -> None:
    """All is there: it may be worked off."""
    total = select(func.count()).where(job_records.c.job_pk == pk).scalar_subquery()
    connection.execute(update(jobs).where(jobs.c.pk == pk).values(state=QUEUED, total=total))
    put_tasks(connection, pk)


def drop_job(connection: Connection, pk: int) -> None:
    """Forget a job and its records."""
    for table in (job_records, job_refusals):
        connection.execute(delete(table).where(table.c.job_pk == pk))
    connection.execute(delete(jobs).where(jobs.c.pk == pk))


def drop_old_jobs(connection: Connection) -> None:
    """Forget what was never sent whole, and what was done long ago."""
    now = datetime.now(UTC)
    unsent = (jobs.c.state == RECEIVING) & (jobs.c.created_at < now - RECEIVED_WITHIN)
    old = (jobs.c.state == DONE) & (jobs.c.finished_at < now - KEPT)
    for pk in connection.scalars(select(jobs.c.pk).where(or_(unsent, old))).all():
        drop_job(connection, pk)


def are_open(connection: Connection) -> bool:
    """Whether there are jobs that are not done."""
    return connection.scalar(select(jobs.c.pk).where(jobs.c.state.in_((QUEUED, RUNNING))).limit(1)) is not None


def are_stalled(connection: Connection) -> bool:
    """Whether there are jobs that are not done, and nobody has worked on any of them for a while."""
    since = datetime.now(UTC) - STALLED
    is_open = jobs.c.state.in_((QUEUED, RUNNING))
    worked_on = select(jobs.c.pk).where(is_open, or_(jobs.c.leased_until > since, jobs.c.created_at > since))
    return are_open(connection) and connection.scalar(worked_on.limit(1)) is None


def lease_job(connection: Connection, owner: str) -> int | None:
    """Give the oldest job that nobody works on to ``owner``; None where there is none."""
    now = datetime.now(UTC)
    # Nobody is given a job for so long: the clock was wrong when that was written.
    odd = jobs.c.leased_until > now + 2 * LEASE
    free = or_(jobs.c.leased_until.is_(None), jobs.c.leased_until < now, odd, jobs.c.leased_by == owner)
    open_jobs = select(jobs.c.pk).where(jobs.c.state.in_((QUEUED, RUNNING)), free)
    pk: int | None = connection.scalar(open_jobs.order_by(jobs.c.pk).limit(1))
    if pk is not None:
        lease = {"state": RUNNING, "leased_by": owner, "leased_until": now + LEASE}
        connection.execute(update(jobs).where(jobs.c.pk == pk).values(lease))
    return pk


def records_after(connection: Connection, pk: int, line: int, last: int, limit: int) -> list[tuple[int, bytes]]:
    """Records that are still to be worked off, from the line after ``line`` to ``last``."""
    query = select(job_records.c.line, job_records.c.content).where(job_records.c.job_pk == pk)
    among = query.where(job_records.c.line > line, job_records.c.line <= last)
    rows = connection.execute(among.order_by(job_records.c.line).limit(limit))
    return [(row.line, row.content) for row in rows]


def take_record(connection: Connection, pk: int, line: int) -> bool:
    """Take a record out; False where somebody else has."""
    mine = (job_records.c.job_pk == pk) & (job_records.c.line == line)
    return connection.execute(delete(job_records).where(mine)).rowcount == 1


def refuse_records(connection: Connection, pk: int, refusals: Iterable[tuple[int, str]]) -> None:
    """Remember which lines gave no article, and why."""
    rows = [{"job_pk": pk, "line": line, "reason": reason} for line, reason in refusals]
    if rows:
        connection.execute(insert(job_refusals), rows)


def count_settled(connection: Connection, pk: int, counts: Counts, owner: str) -> None:
    """Add to a job's counts; without records left it is done, else it stays with its owner for longer."""
    now = datetime.now(UTC)
    left = connection.scalar(select(job_records.c.line).where(job_records.c.job_pk == pk).limit(1))
    done = {"state": DONE, "finished_at": now}
    after = done if left is None else {"state": RUNNING, "leased_by": owner, "leased_until": now + LEASE}
    added = {name: jobs.c[name] + getattr(counts, name) for name in ("new", "known", "refused")}
    connection.execute(update(jobs).where(jobs.c.pk == pk).values(**added, **after))


def find_job(connection: Connection, job: str, most_refusals: int) -> Job | None:
    """The job with this id, if there is one."""
    row = connection.execute(select(jobs).where(jobs.c.id == job, jobs.c.state != RECEIVING)).one_or_none()
    if row is None:
        return None
    query = select(job_refusals.c.line, job_refusals.c.reason).where(job_refusals.c.job_pk == row.pk)
    refusals = connection.execute(query.order_by(job_refusals.c.line).limit(most_refusals))
    return Job(
        id=row.id,
        state=row.state,
        created_at=row.created_at.replace(tzinfo=UTC),
        finished_at=row.finished_at.replace(tzinfo=UTC) if row.finished_at else None,
        total=row.total,
        new=row.new,
        known=row.known,
        refused=row.refused,
        refusals=tuple((refusal.line, refusal.reason) for refusal in refusals),
    )


def _zero() -> dict[str, int]:
    return dict.fromkeys(("total", "new", "known", "refused"), 0)
