"""Loading many files: all of it, once, and what was refused beside it, to be mended and loaded again."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from app.ingest.bulk import Tally, load_inputs
from app.ingest.workers import Staff, Workers
from app.settings import shipped
from app.store import tables
from app.store.database import Database
from app.store.write import delete_article
from tests.ingest.readers import Reader


def text(number: int) -> str:
    return f"The envoy of Fiji met the minister of Peru for the {number}. time in Suva. They spoke of trade and ports."


def page(number: int) -> str:
    return f"<html lang='en'><head><title>Visit {number}</title></head><body><article><h1>Visit {number}</h1><p>{text(number)}</p></article></body></html>"  # noqa: E501


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bulk") / "store.db"


@pytest.fixture(scope="module")
def workers(store: Path) -> Iterator[Workers]:
    """Two workers, shared; the store that they look into is emptied before each test."""
    made = Workers(Staff(2), f"sqlite:///{store}", Reader)
    yield made
    made.close()


@pytest.fixture
def database(store: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{store}", shipped("migrations"))
    made.migrate()
    for article in stored(made):
        with made.write() as connection:
            delete_article(connection, article)
    yield made
    made.close()


def stored(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return {r.id: r.text for r in connection.execute(select(tables.articles.c.id, tables.articles.c.text))}


def load(database: Database, workers: Workers, *inputs: Path) -> Tally:
    return load_inputs(database, workers, inputs, lambda _: None)


def lines(*records: object) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def failures(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_every_format_is_loaded_each_text_once(database: Database, workers: Workers, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    (folder / "below").mkdir(parents=True)
    (folder / "1.md").write_text(f"---\ntitle: Visit 1\npublished: 2025-01-05\n---\n{text(1)}")
    (folder / "2.txt").write_text(f"Visit 2\n\n{text(2)}")
    (folder / "below" / "3.html").write_text(page(3))
    (folder / "4.json").write_bytes(json.dumps([{"text": text(4)}, {"text": text(1)}]).encode())
    (folder / "5.jsonl").write_bytes(lines({"text": text(5)}, {"html": page(6), "url": "https://bay.example/6"}))
    (folder / "7.jsonl.gz").write_bytes(gzip.compress(lines({"text": text(7)})))
    pq.write_table(pa.Table.from_pylist([{"title": "Visit 8", "text": text(8)}]), folder / "8.parquet")
    packed = io.BytesIO()
    writer = WARCWriter(packed, gzip=True)
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    writer.write_record(
        writer.create_warc_record("https://bay.example/9", "response", io.BytesIO(page(9).encode()), http_headers=head)
    )
    (folder / "9.warc.gz").write_bytes(packed.getvalue())
    tally = load(database, workers, folder)
    assert sorted(stored(database).values()) == [text(number) for number in range(1, 10)]
    assert (tally.new, tally.known, tally.refused) == (9, 1, 0)
    assert tally.bytes == tally.bytes_in_all
    assert not (tmp_path / "news.failures.jsonl").exists()


def test_loading_again_changes_nothing_and_loads_what_is_missing(
    database: Database, workers: Workers, tmp_path: Path
) -> None:
    source = tmp_path / "visits.jsonl"
    source.write_bytes(lines(*({"text": text(n)} for n in range(300))))
    assert load(database, workers, source).new == 300
    before = stored(database)
    with database.write() as connection:
        delete_article(connection, next(iter(before)))
    again = load(database, workers, source)
    assert (again.new, again.known) == (1, 299)
    assert set(stored(database).values()) == set(before.values())


def test_what_is_refused_can_be_mended_and_loaded(database: Database, workers: Workers, tmp_path: Path) -> None:
    source = tmp_path / "mixed.jsonl"
    good, day = {"text": text(1)}, {"id": "x", "text": text(2), "published": "8 August"}
    german = {"text": "Der Minister hat gesagt, dass der Vertrag bald unterschrieben wird.", "note": "kept"}
    source.write_bytes(lines(good, day) + b'{"text": \n' + lines(german))
    tally = load(database, workers, source)
    assert (tally.new, tally.refused) == (1, 3)
    (beside,) = tally.failures
    assert beside == tmp_path / "mixed.jsonl.failures.jsonl"
    refused = failures(beside)
    assert [(f["line"], f["file"]) for f in refused] == [(n, str(source)) for n in (2, 3, 4)]
    assert [str(f["reason"]).split(":")[0] for f in refused] == [
        "published is '8 August'; a day such as 2024-08-08 is wanted",
        "not JSON",
        "the text is not in English, and facts are read from English texts only",
    ]
    assert refused[1]["record"] == '{"text":'
    assert refused[2]["note"] == "kept"
    unmended = load(database, workers, beside)
    assert (unmended.new, unmended.refused) == (0, 3)
    beside.write_bytes(lines({**refused[0], "published": "2024-08-08"}, {**refused[2], "text": text(3)}))
    assert load(database, workers, beside).new == 2
    assert sorted(stored(database).values()) == [text(1), text(2), text(3)]


def test_whole_files_that_are_refused_are_kept_whole(database: Database, workers: Workers, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.md").write_text(f"---\ntitle: Visit\npublished: soon\n---\n{text(1)}")
    (folder / "b.html").write_text(
        "<html><body><p>We use cookies to remember you. Manage your consent.</p></body></html>"
    )
    (folder / "c.jsonl.gz").write_bytes(gzip.compress(lines({"text": text(2)}) * 50)[:-20])
    (folder / "d.parquet").write_bytes(b"PAR1 not really")
    tally = load(database, workers, folder)
    beside = tmp_path / "news.failures.jsonl"
    assert tally.failures == [beside]
    refused = {Path(str(f["file"])).name: f for f in failures(beside)}
    assert set(refused) == {"a.md", "b.html", "c.jsonl.gz", "d.parquet"}
    assert (refused["a.md"]["line"], "cookie wall" in str(refused["b.html"]["reason"])) == (3, True)
    again = load(database, workers, beside)
    assert (again.new, again.refused) == (0, 4)
    mended = str(refused["a.md"]["document"]).replace("soon", "2025-01-05")
    beside.write_bytes(lines({**refused["a.md"], "document": mended}))
    assert load(database, workers, beside).new == 1
    assert "2025-01-05-visit" in stored(database)
    (folder / "a.md").unlink()
    (folder / "b.html").unlink()
    (folder / "c.jsonl.gz").unlink()
    (folder / "d.parquet").unlink()
    load(database, workers, folder)
    assert not beside.exists()


def test_text_that_kills_its_reader_costs_no_other_text(database: Database, workers: Workers, tmp_path: Path) -> None:
    source = tmp_path / "hard.jsonl"
    texts = [text(n) for n in range(20)]
    texts[3] = "The minister wrote a text that kills its reader. So it was."
    source.write_bytes(lines(*({"text": each} for each in texts)))
    tally = load(database, workers, source)
    assert (tally.new, tally.refused) == (19, 1)
    assert [f["line"] for f in failures(tally.failures[0])] == [4]


@pytest.mark.slow
def test_text_that_holds_its_reader_up_is_given_up(database: Database, store: Path, tmp_path: Path) -> None:
    source = tmp_path / "hard.jsonl"
    texts = [text(n) for n in range(4)]  # a batch may take the longest task's time for each text in it
    texts[2] = "The minister wrote a text that holds its reader up. So it was."
    source.write_bytes(lines(*({"text": each} for each in texts)))
    hasty = Workers(Staff(2, longest=15), f"sqlite:///{store}", Reader)
    tally = load(database, hasty, source)
    hasty.close()
    assert (tally.new, tally.refused) == (3, 1)
    assert [f["line"] for f in failures(tally.failures[0])] == [3]
