"""Workers: a bounded queue, and one that dies or hangs is replaced."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pebble import ProcessPool

from app.domain.article import Article
from app.ingest.pool import Pool
from app.ingest.prepared import prepare
from app.ingest.records import article_of
from app.ingest.text import NotAnArticle
from app.ingest.workers import Staff, TaskFailed, TooManyTasks, Workers
from app.store.database import Database
from tests.ingest.readers import Reader

pytestmark = pytest.mark.anyio
TEXT = "The envoy of Fiji met the minister of Peru in Suva."


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def workers(database: Database) -> Iterator[Workers]:
    made = Workers(Staff(1, most_waiting=3, longest=20), database.location, Reader)
    yield made
    made.close()


def test_a_worker_computes_on_one_core(workers: Workers) -> None:
    assert workers.submit(os.getenv, "OPENBLAS_NUM_THREADS").result(timeout=60) == "1"


async def test_who_comes_when_the_queue_is_full_is_told_when_to_come_again(workers: Workers) -> None:
    take = partial(article_of, {"text": TEXT})
    answers = await asyncio.gather(*(workers.do(prepare, take) for _ in range(8)), return_exceptions=True)
    turned_away = [answer for answer in answers if isinstance(answer, TooManyTasks)]
    assert len(turned_away) == 5
    assert all(answer.retry_after >= 1 for answer in turned_away)
    assert (await workers.do(prepare, take)).article.text == TEXT


async def test_refusals_come_back_as_they_were_raised(workers: Workers) -> None:
    with pytest.raises(NotAnArticle, match="not in English"):
        await workers.do(prepare, partial(article_of, {"text": TEXT, "language": "de"}))


async def test_workers_that_are_killed_cost_no_task(workers: Workers) -> None:
    take = partial(article_of, {"text": TEXT})
    workers.warm()
    for _ in range(3):
        for child in multiprocessing.active_children():
            child.kill()
        assert (await workers.do(prepare, take)).article.text == TEXT
        assert workers.extract(Article(TEXT)).extractor == "reader 1"


async def test_worker_that_dies_is_replaced(workers: Workers) -> None:
    deadly = Article("The minister wrote a text that kills its reader. So it was.")
    with pytest.raises(TaskFailed, match="broke down"):
        workers.extract(deadly)
    assert workers.extract(Article(TEXT)).extractor == "reader 1"


async def test_clock_that_is_set_ahead_costs_no_task(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead, now = [0.0], time.time
    monkeypatch.setattr("pebble.pool.process.time", SimpleNamespace(time=lambda: now() + ahead[0], sleep=time.sleep))
    workers.warm()
    under_way = asyncio.create_task(workers.do(prepare, partial(_slowly, TEXT)))
    await asyncio.sleep(1)
    ahead[0] = 400 * 86400
    assert (await under_way).article.text == TEXT


def _slowly(text: str) -> Article:
    time.sleep(3)
    return article_of({"text": text})


@pytest.mark.slow
async def test_text_that_holds_its_reader_up_is_given_up_and_the_next_is_read(workers: Workers) -> None:
    endless = partial(article_of, {"text": "The minister wrote a text that holds its reader up. So it was, in Suva."})
    long_one = asyncio.create_task(workers.do(prepare, endless))
    await asyncio.sleep(0)
    assert (await workers.do(prepare, partial(article_of, {"text": TEXT}))).article.text == TEXT
    with pytest.raises(TaskFailed, match="within the seconds that it may take"):
        await long_one


class BreaksAsItEnds:
    """A pool of which a thread gives up its task as it is ended, as Pebble's does where a process dies just then."""

    active = True

    def __init__(self) -> None:
        self._task: Future[Any] = Future()

    def schedule(self, task: object, timeout: float) -> Future[Any]:
        return self._task

    def stop(self) -> None:
        error = BrokenProcessPool("all workers expired")
        self._giving_up = threading.Thread(target=self._task.set_exception, args=(error,), daemon=True)

    def join(self) -> None:
        self._giving_up.start()
        self._giving_up.join()


def test_pool_that_breaks_as_it_is_closed_is_closed() -> None:
    pool = Pool(lambda: cast(ProcessPool, BreaksAsItEnds()), stalled=60)
    under_way = pool.schedule(int, 60)
    closing = threading.Thread(target=pool.close, daemon=True)
    closing.start()
    closing.join(30)
    assert not closing.is_alive()
    assert isinstance(under_way.exception(), BrokenProcessPool)


async def test_who_comes_when_the_workers_have_ended_is_told(workers: Workers) -> None:
    workers.close()
    with pytest.raises(TaskFailed, match="being stopped"):
        workers.extract(Article(TEXT))
