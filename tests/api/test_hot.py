"""Answers that are kept are never older than the store, whoever writes it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from app.api.hot import OVERHEAD, HotAnswers
from app.settings import Settings, shipped
from app.store import queries
from app.store.database import Database, StoreError
from app.store.notifications import SURE
from app.store.points import Points
from app.store.write import count_change, delete_article, put
from tests.client import Client
from tests.making import PACT, an_article, pact_facts
from tests.store.several import fill

Sent = list[dict[str, Any]]


class Counter:
    """An application that answers with the number of times that it was asked."""

    def __init__(self, size: int = 1, status: int = 200, tagged: bool = True) -> None:
        self.asked = 0
        self._size, self._status, self._tagged = size, status, tagged

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        self.asked += 1
        tag = [(b"etag", f'"{self.asked}"'.encode())] if self._tagged else []
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"9"), *tag]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": str(self.asked).encode() * self._size})


class Hot:
    """The layer around a counter, with a store whose state the test sets."""

    def __init__(self, counter: Counter | None = None, capacity: int = 10_000) -> None:
        self.state: int | None = 1
        self.counter = counter or Counter()
        self._layer = HotAnswers(self.counter, lambda: self.state, capacity)

    def get(self, path: str = "/articles/a", query: str = "", method: str = "GET", **headers: str) -> Sent:
        sent: Sent = []

        async def send(message: Any) -> None:
            sent.append(message)

        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http",
            "method": method,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": raw,
        }
        asyncio.run(self._layer(scope, None, send))  # type: ignore[arg-type]
        return sent

    def body(self, path: str = "/articles/a", query: str = "", **headers: str) -> bytes:
        body: bytes = self.get(path, query, **headers)[1]["body"]
        return body


def test_the_same_question_is_answered_once_until_something_is_written() -> None:
    hot = Hot()
    assert [hot.body(), hot.body()] == [b"1", b"1"]
    hot.state = 2
    assert [hot.body(), hot.body()] == [b"2", b"2"]


def test_other_questions_have_other_answers() -> None:
    hot = Hot()
    asked = [hot.body(), hot.body("/articles/b"), hot.body(query="limit=1"), hot.body(accept="text/csv")]
    assert asked == [b"1", b"2", b"3", b"4"]
    assert hot.body(accept="text/csv") == b"4"


def test_who_has_the_answer_gets_its_tag_alone() -> None:
    hot = Hot()
    hot.body()
    for tags in ('"1"', 'W/"1"', '"x", "1"', "*"):
        start, body = hot.get(if_none_match=tags)
        assert (start["status"], body["body"]) == (304, b"")
        assert start["headers"] == [(b"etag", b'"1"')]
    assert hot.body(if_none_match='"other"') == b"1"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/health/ready", {}),
        ("/openapi.json", {}),
        ("/articles/a", {"if_modified_since": "soon"}),
        ("/articles/a", {"range": "bytes=0-1"}),
    ],
)
def test_what_depends_on_more_is_always_asked(path: str, headers: dict[str, str]) -> None:
    hot = Hot()
    assert [hot.body(path, **headers), hot.body(path, **headers)] == [b"1", b"2"]


@pytest.mark.parametrize("counter", [Counter(status=404), Counter(tagged=False), Counter(size=1 << 19)])
def test_errors_untagged_and_large_answers_are_not_kept(counter: Counter) -> None:
    hot = Hot(counter, capacity=1 << 24)
    hot.get()
    hot.get()
    assert counter.asked == 2


def test_nothing_is_kept_while_the_store_cannot_be_read() -> None:
    hot = Hot()
    hot.state = None
    assert [hot.body(), hot.body()] == [b"1", b"2"]


def test_what_was_not_asked_for_longest_goes_first() -> None:
    hot = Hot(capacity=2 * (OVERHEAD + 1))
    hot.body("/articles/a")
    hot.body("/articles/b")
    hot.body("/articles/a")
    hot.body("/articles/c")
    assert [hot.body("/articles/a"), hot.body("/articles/c"), hot.body("/articles/b")] == [b"1", b"3", b"4"]


def test_an_answer_made_while_something_was_written_is_not_kept_for_the_new_state() -> None:
    hot = Hot()

    async def write_meanwhile(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        hot.state = 2
        other: list[Any] = []

        async def note(message: Any) -> None:
            other.append(message)

        await hot._layer({**scope, "raw_path": b"/articles/b"}, receive, note)
        await counter(scope, receive, send)

    counter = hot.counter
    hot._layer._app = _once(write_meanwhile, counter)
    assert hot.body() == b"2"
    assert hot.body() == b"3"


def _once(first: Any, then: Any) -> Any:
    """An application that is another from its second request on."""
    asked: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked.append(1)
        await (first if len(asked) == 1 else then)(scope, receive, send)

    return app


@pytest.fixture
def store(database: Database) -> Database:
    fill(database)
    return database


def reader(url: str, **settings: Any) -> Client:
    return Client(Settings(database_url=url, read_only=True, **settings))


PATHS = (
    "/articles",
    "/commitments?between=PE,CL",
    "/search?q=peru",
    "/summary",
    "/entities/peru",
    "/entities/peru/partners",
)


@pytest.mark.parametrize("cache_mb", [0, 24])
def test_writes_of_another_process_show(store: Database, store_url: str, store_kind: str, cache_mb: int) -> None:
    """At once on SQLite; on PostgreSQL when its notification comes."""
    code = (
        "import sys; from app.settings import shipped; from app.store.database import Database;"
        "from app.store.write import put; from tests.making import PACT, an_article, pact_facts;"
        "database = Database(sys.argv[1], shipped('migrations')); article = an_article(PACT + ' Again.', 'Again');"
        "connection = database.write(); put(connection.__enter__(), article, pact_facts(article));"
        "connection.__exit__(None, None, None)"
    )
    with reader(store_url, cache_mb=cache_mb) as client:
        before = {path: client.get(path).content for path in PATHS}
        assert {path: client.get(path).content for path in PATHS} == before
        subprocess.run([sys.executable, "-c", code, store_url], check=True)
        waited_for(lambda: client.get(PATHS[0]).content != before[PATHS[0]], at_once=store_kind == "sqlite")
        after = {path: client.get(path).content for path in PATHS}
        assert [path for path in PATHS if after[path] == before[path]] == []


def test_kept_answers_are_those_that_are_made_anew(store: Database, store_url: str, store_kind: str) -> None:
    with reader(store_url) as client, reader(store_url, cache_mb=0) as other:
        for n in range(8):
            with store.write() as connection:
                article = an_article(f"{PACT} {n}", f"Pact {n}")
                stored = put(connection, article, pact_facts(article))
                if n % 3 == 2:
                    delete_article(connection, stored.id)
            tag = other.get(PATHS[0]).headers["etag"]
            waited_for(lambda: client.get(PATHS[0]).headers["etag"] == tag, at_once=store_kind == "sqlite")  # noqa: B023
            for path in PATHS:
                kept, made = (client.get(path), client.get(path))[1], other.get(path)
                assert (kept.content, kept.headers["etag"]) == (made.content, made.headers["etag"]), path


def test_reader_reads_and_takes_nothing_in(store: Database, store_url: str) -> None:
    with reader(store_url) as client:
        ready = client.get("/health/ready").json()
        assert (ready["status"], ready["checks"]["model"]) == ("ready", "not needed: this worker only reads")
        assert client.get("/entities/peru").status_code == 200
        assert client.request("POST", "/articles", content=b"{}").status_code == 405
        assert "post" not in client.get("/openapi.json").json()["paths"]["/articles"]


def test_reader_of_an_older_schema_does_not_start(store: Database) -> None:
    store.downgrade("0001")
    with pytest.raises(StoreError, match="schema 0001"):
        store.require_current()
    store.downgrade("base")
    with pytest.raises(StoreError, match="of nothing yet"):
        store.require_current()


def test_state_of_the_store_changes_with_writes_alone(store: Database, store_url: str, store_kind: str) -> None:
    points = Points(store)
    waited_for(lambda: points.state() is not None, at_once=store_kind == "sqlite")
    first = points.state()
    other = Database(store_url, shipped("migrations"))
    with other.write() as connection:
        count_change(connection)
        assert points.state() == first
    waited_for(lambda: points.state() != first, at_once=store_kind == "sqlite")
    other.close()
    points.close()


@pytest.mark.stores("postgresql")
def test_writes_are_noticed_though_the_connection_that_listens_was_lost(store: Database, store_url: str) -> None:
    points, other = Points(store), Database(store_url, shipped("migrations"))
    waited_for(lambda: points.state() is not None, at_once=False)
    first = points.state()
    with other.write() as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}")).all()
        count_change(connection)
    waited_for(lambda: points.state() not in (first, None), at_once=False)
    with store.read() as connection:
        assert queries.change_count(connection) > 0
    other.close()
    points.close()


def waited_for(holds: Callable[[], bool], *, at_once: bool) -> None:
    """It holds, at the latest in the time after which a store that is a server is asked again."""
    until = time.monotonic() + (0 if at_once else SURE)
    while not (held := holds()) and time.monotonic() < until:
        time.sleep(0.01)
    assert held
