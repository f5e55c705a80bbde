"""What a question to the store may take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Integer, bindparam, func, literal, select, text

from app.settings import shipped
from app.store.database import Database, TookTooLong
from app.store.questions import Question
from tests.conftest import NewStore

ENDLESS = text("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
SLOW = text("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) FROM n")


@pytest.fixture
def hasty(new_store: NewStore) -> Iterator[Database]:
    """A store that gives a question a fraction of a second."""
    with closing(Database(new_store(), shipped("migrations"), longest=0.2)) as made:
        made.migrate()
        yield made


def test_endless_question_is_given_up_and_the_next_is_answered(hasty: Database) -> None:
    for _ in range(3):
        with pytest.raises(TookTooLong), hasty.read() as connection:
            connection.execute(ENDLESS)
        with hasty.read() as connection:
            assert connection.scalar(text("SELECT 1")) == 1


def test_writes_take_what_they_need(hasty: Database) -> None:
    with hasty.write() as connection:
        assert connection.scalar(SLOW) == 3000000
    with pytest.raises(TookTooLong), hasty.read() as connection:
        connection.execute(SLOW)


def test_streamed_lists_take_what_they_need(hasty: Database) -> None:
    each = text("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT i FROM n")
    with hasty.read() as connection:
        found = connection.execution_options(yield_per=1000).execute(each)
        assert sum(1 for _ in found) == 1000000


def counting_to_most() -> Question:
    """A question that is asked past SQLAlchemy, and takes as long as it is told to."""
    numbers = select(literal(1).label("i")).cte("numbers", recursive=True)
    more = select(numbers.c.i + 1).where(numbers.c.i < bindparam("most", type_=Integer))
    return Question(select(func.count()).select_from(numbers.union_all(more)))


def test_prepared_questions_have_their_time_whatever_was_asked_before(hasty: Database) -> None:
    question = counting_to_most()
    for _ in range(2):
        with pytest.raises(TookTooLong), hasty.read() as connection:
            connection.execute(ENDLESS)
        with hasty.read() as connection:
            assert [tuple(row) for row in question.rows(connection, most=100_000)] == [(100_000,)]
    with pytest.raises(TookTooLong), hasty.read() as connection:
        question.rows(connection, most=2_000_000_000)
