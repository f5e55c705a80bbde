"""The queue: there for every job that is not done, however the store came to be."""

from __future__ import annotations

from sqlalchemy import Connection, text

from app.settings import shipped
from app.store import job_tasks, jobs
from app.store.copying import Copy
from app.store.database import Database
from tests import postgres

RECORDS = job_tasks.RECORDS * 2 + 1


def take_in(connection: Connection) -> int:
    pk, _ = jobs.open_job(connection)
    jobs.add_records(connection, pk, [(2 * n, b"{}") for n in range(1, RECORDS + 1)])
    jobs.queue_job(connection, pk)
    return pk


def lines_in_queue(database: Database) -> list[int]:
    """How many records of each task are still there."""
    query = """SELECT (SELECT count(*) FROM job_records WHERE job_pk = (args->>'job')::bigint
        AND line BETWEEN (args->>'first')::bigint AND (args->>'last')::bigint) FROM procrastinate_jobs ORDER BY id"""
    with database.read() as connection:
        return list(connection.scalars(text(query)))


SHARED = [job_tasks.RECORDS, job_tasks.RECORDS, 1]


def test_every_record_is_in_one_task(postgres_server: postgres.Server) -> None:
    database = Database(postgres_server.fresh(), shipped("migrations"))
    with database.write() as connection:
        take_in(connection)
    assert lines_in_queue(database) == SHARED
    database.close()


def test_jobs_of_a_store_from_before_the_queue_are_put_into_it(postgres_server: postgres.Server) -> None:
    database = Database(postgres_server.fresh(), shipped("migrations"))
    with database.write() as connection:
        take_in(connection)
        jobs.open_job(connection)  # still being sent
    database.downgrade("0007")
    database.migrate()
    assert lines_in_queue(database) == SHARED
    database.close()


def test_jobs_that_are_not_done_go_on_in_a_copy(database: Database, postgres_server: postgres.Server) -> None:
    with database.write() as connection:
        take_in(connection)
    copied = Database(postgres_server.empty(), shipped("migrations"))
    Copy(database, copied, lambda *_: None).run()
    assert lines_in_queue(copied) == SHARED
    copied.close()
