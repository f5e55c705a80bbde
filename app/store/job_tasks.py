"""The queue on PostgreSQL, kept by procrastinate: tasks to work off, each a range of a job's records.

A task is put in by the transaction that takes its records in, and only points at them: the whole queue can be made
anew from the jobs and their records. SQLite has no queue; there one worker at a time has a job (`jobs.lease_job`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, text

from app.store.tables import jobs

QUEUE = "entente_jobs"
TASK = "work_off"
"""What procrastinate calls our queue, and the kind of task in it."""

PREFIX = "procrastinate_"
"""What the names of its tables, types and functions begin with."""

RECORDS = 16
"""Records of a task: some seconds' work, so that workers share a job, and little is done again for one killed."""

_PUT = text("""
    SELECT procrastinate_defer_jobs_v1(array_agg(ROW(
        CAST(:queue AS varchar), CAST(:task AS varchar), 0, NULL, NULL,
        jsonb_build_object('job', CAST(:pk AS bigint), 'first', first, 'last', last), NULL
    )::procrastinate_job_to_defer_v1 ORDER BY first))
    FROM (
        SELECT min(line) AS first, max(line) AS last FROM (
            SELECT line, (row_number() OVER (ORDER BY line) - 1) / :records AS part
            FROM job_records WHERE job_pk = :pk
        ) AS numbered GROUP BY part
    ) AS ranges
""")

_REMOVE = """
DO $$
DECLARE found record;
BEGIN
    DROP TABLE IF EXISTS procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers
        CASCADE;
    FOR found IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, 'procrastinate_')
    LOOP EXECUTE 'DROP FUNCTION ' || found.name || ' CASCADE'; END LOOP;
    FOR found IN SELECT oid::regtype AS name FROM pg_type
        WHERE typnamespace = current_schema()::regnamespace AND starts_with(typname, 'procrastinate_')
            AND typtype IN ('c', 'e')
    LOOP EXECUTE 'DROP TYPE ' || found.name || ' CASCADE'; END LOOP;
END $$
"""


def put_tasks(connection: Connection, job_pk: int) -> None:
    """Have the records of a job worked off, as soon as this transaction is over."""
    if connection.dialect.name == "postgresql":
        connection.execute(_PUT, {"queue": QUEUE, "task": TASK, "pk": job_pk, "records": RECORDS})


def put_all_tasks(connection: Connection) -> None:
    """Have the records of every job worked off that is not done, where the queue holds nothing yet."""
    not_done = select(jobs.c.pk).where(jobs.c.state.in_(("queued", "running")))
    for pk in connection.scalars(not_done.order_by(jobs.c.pk)).all():
        put_tasks(connection, pk)


def install(connection: Connection) -> None:
    """Make the queue, empty, as the installed procrastinate has it; what there was of an older one goes."""
    from procrastinate.schema import SchemaManager

    remove(connection)
    driver: Any = connection.connection.driver_connection  # many statements at once, whose % mean themselves
    driver.execute(SchemaManager.get_schema())


def remove(connection: Connection) -> None:
    """Take the queue away."""
    connection.exec_driver_sql(_REMOVE)
