"""Bulk extraction, piece by piece as the actors of a cluster do it, and its results on their way into a store."""

from __future__ import annotations

import io
import multiprocessing
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from app.extraction.extractor import EntenteExtractor
from app.ingest import bulk_inputs
from app.ingest.bulk import ARTICLES, RESULTS, InputForm, Tally, load_inputs
from app.ingest.bulk_extraction import BulkExtraction, Reading, Report, Standing, extract_piece
from app.ingest.bulk_inputs import NoInputs, Piece, find_inputs, look
from app.ingest.files import RawRecord, read_files, read_raw
from app.ingest.records import UnreadableFile
from app.ingest.result_folders import result_files, result_records
from app.ingest.workers import Staff, Workers
from app.settings import shipped
from app.store.database import Database
from tests.client import Client
from tests.ingest.readers import Reader

READING = Reading(Reader(), longest=60)

NEWS = [
    {
        "title": "Tonga asks Samoa for patrol boats",
        "published": "2025-02-11",
        "source": "Reef Times",
        "text": "Tonga's defence minister, Sione Fifita, asked Samoa on Tuesday to lend it two patrol boats.\n\n"
        "“We will train their crews in Apia next month,” said Samoa's police chief, Losa Tuilagi. "
        "She met Fifita in March 2024.",
    },
    {
        "html": "<html lang='en'><head><title>Ghana and Togo</title></head><body><article><h1>Ghana and Togo</h1><p>"
        "Ghana and Togo signed an agreement on joint border patrols in Accra. The foreign minister of Togo, Kossi "
        "Mensah, invited his Ghanaian counterpart to Lomé.</p></article></body></html>",
        "url": "https://coast.example/togo",
    },
    {"title": "Rain", "text": "It rained in the hills for three days. The rivers rose, and the roads were closed."},
    {"title": "Regen", "text": "Der Minister hat gesagt, dass der Vertrag über den Hafen bald unterschrieben wird."},
]


def text(number: int) -> str:
    return f"The envoy of Fiji met the minister of Peru for the {number}. time in Suva. They spoke of trade."


def write(path: Path, texts: Sequence[str], group: int = 1000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"text": texts}), path, row_group_size=group)
    return path


def extract(
    source: Path, out: Path, reading: Reading = READING, most: int | None = None
) -> tuple[Standing, list[tuple[Piece, Report]]]:
    """What one process makes of an input; it is stopped after ``most`` pieces."""
    done: list[tuple[Piece, Report]] = []

    def run(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Report]]:
        for piece in pieces[:most]:
            done.append((piece, extract_piece(reading, piece, out)))
            yield done[-1]

    standing = BulkExtraction(out, reading.extractor.name, lambda _: None).run(look(find_inputs(str(source))), run)
    return standing, done


def load(url: str, source: Path, form: InputForm, make: Any = EntenteExtractor) -> Tally:
    database = Database(url, shipped("migrations"))
    database.migrate()
    with closing(database), closing(Workers(Staff(1), url, make)) as workers:
        return load_inputs(database, workers, [source], lambda _: None, form)


def everything_in(url: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, without the times at which it was stored."""
    clock = re.compile(rb'"(ingested|modified)_at":"[^"]*"')
    times = {"ingested_at", "modified_at", "at"}
    found = {}
    with closing(Database(url, shipped("migrations"))) as database, database.read() as connection:
        for table in SQLModel.metadata.sorted_tables:
            rows = connection.execute(select(table).order_by(*table.primary_key)).mappings()
            found[table.name] = [
                {k: clock.sub(b"", v) if isinstance(v, bytes) else v for k, v in row.items() if k not in times}
                for row in rows
            ]
    return found


def articles_in(out: Path) -> list[str]:
    return [row["text"] for file in result_files(out) for row in pq.read_table(file).to_pylist()]


@pytest.mark.stores("sqlite")
def test_results_load_into_the_same_store_as_their_articles(tmp_path: Path, seeded: Client) -> None:
    news = tmp_path / "news.parquet"
    columns = {*NEWS[0], *NEWS[1]}
    pq.write_table(pa.Table.from_pylist([{name: row.get(name) for name in columns} for row in NEWS]), news)
    out, plain, facts = tmp_path / "out", f"sqlite:///{tmp_path}/plain.db", f"sqlite:///{tmp_path}/facts.db"
    standing, _ = extract(news, out, Reading(EntenteExtractor(), longest=60))
    assert (standing.articles, standing.refused) == (4, 0)
    of_articles, of_results = load(plain, news, ARTICLES), load(facts, out, RESULTS, Reader)
    assert (of_articles.new, of_articles.refused) == (of_results.new, of_results.refused) == (3, 1)
    expected = everything_in(plain)
    assert expected["commitments"]
    assert expected["statements"]
    found = everything_in(facts)
    for name, rows in expected.items():
        assert found[name] == rows, name
    for name in ("statements", "commitments"):
        exported = io.BytesIO(seeded.get(f"/{name}?format=parquet").content)
        (written,) = out.glob(f"news/*/{name}.parquet")
        assert pq.read_schema(written) == pq.read_schema(exported)


NO_STATEMENT = {"sentences": 1, "entities": 0, "mentions": 0, "statements": 1, "commitments": 0}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": "No such text."}, "do not agree"),
        ({"text": f"{text(1)}\r\n"}, "not as Entente cleans texts"),
        ({"language": None}, "language"),
        ({"counts": NO_STATEMENT}, "end before the facts"),
    ],
)
def test_results_that_were_changed_are_refused(tmp_path: Path, wrong: dict[str, object], said: str) -> None:
    extract(write(tmp_path / "a.parquet", [text(1)]), tmp_path / "out")
    (changed,) = result_files(tmp_path / "out")
    was = pq.read_table(changed)
    pq.write_table(pa.Table.from_pylist([was.to_pylist()[0] | wrong], was.schema), changed)
    (raw,) = result_records(changed)
    found = read_raw(raw) if isinstance(raw, RawRecord) else raw
    assert isinstance(found, UnreadableFile)
    assert said in found.reason


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of at most ten rows."""
    monkeypatch.setattr(bulk_inputs, "PIECE_ROWS", 10)


@pytest.mark.usefixtures("small_pieces")
def test_every_row_is_read_once_in_order(tmp_path: Path) -> None:
    texts = [text(n) for n in range(23)]
    write(tmp_path / "news" / "a.parquet", texts[:22], group=15)
    write(tmp_path / "news" / "b" / "c.parquet", texts[22:])
    standing, done = extract(tmp_path / "news", tmp_path / "out")
    assert (standing.files, standing.articles, standing.rows_in_all) == (2, 23, 23)
    assert [piece.count for piece, _ in done] == [10, 5, 7, 1]
    assert articles_in(tmp_path / "out") == texts


@pytest.mark.usefixtures("small_pieces")
def test_stopped_extraction_goes_on_and_done_files_are_passed_over(tmp_path: Path) -> None:
    news, out = tmp_path / "news", tmp_path / "out"
    texts = [text(n) for n in range(16)]
    write(news / "a.parquet", texts[:1])
    write(news / "b.parquet", texts[1:], group=5)
    extract(news, out, most=2)
    assert articles_in(out) == texts[:1]
    begun = {path.stat().st_mtime_ns for path in out.rglob("articles.parquet")}
    assert len(begun) == 2
    standing, _ = extract(news, out)
    assert (standing.files, standing.done_before, standing.articles) == (1, 1, 15)
    assert articles_in(out) == texts
    assert begun <= {path.stat().st_mtime_ns for path in out.rglob("articles.parquet")}
    assert not list(out.rglob(".*"))
    write(news / "a.parquet", texts)
    standing, done = extract(news, out)
    assert not done
    assert "remove" in standing.faults[0]


def test_rows_and_files_that_cannot_be_read_are_named_and_cost_no_other(tmp_path: Path) -> None:
    news, out = tmp_path / "news", tmp_path / "out"
    news.mkdir()
    rows = [
        {"text": text(1), "published": "2025-03-01"},
        {"text": text(2), "published": "soon"},
        {"text": "", "published": ""},
    ]
    pq.write_table(pa.Table.from_pylist(rows), news / "a.parquet")
    (news / "b.parquet").write_bytes(b"PAR1 not really")
    pq.write_table(pa.table({"body": ["x"]}), news / "c.parquet")
    standing, _ = extract(news, out)
    assert (standing.files, standing.articles, standing.refused) == (1, 1, 2)
    assert sorted(fault.removeprefix(f"{news}/")[:11] for fault in standing.faults) == [
        "a.parquet:2",
        "a.parquet:3",
        "b.parquet: ",
        "c.parquet: ",
    ]
    (beside,) = out.glob("a/*/articles.failures.jsonl")
    beside.write_text(beside.read_text().replace('"soon"', '"2025-03-02"'))
    mended = [found.article.text for found in read_files(beside) if not isinstance(found, UnreadableFile)]
    assert mended == [text(2)]


@pytest.mark.parametrize("trouble", ["kills its reader", pytest.param("holds its reader up", marks=pytest.mark.slow)])
def test_row_over_which_readers_die_is_refused_by_the_third(tmp_path: Path, trouble: str) -> None:
    texts = [text(n) for n in range(5)]
    texts[3] = f"The minister wrote a text that {trouble}. So it was."
    news, out = write(tmp_path / "a.parquet", texts), tmp_path / "out"
    ((piece,),) = [looked.pieces for looked in look(find_inputs(str(news)))]
    task = partial(extract_piece, Reading(Reader(), longest=10), piece, out)
    ends = []
    for _ in range(3):
        process = multiprocessing.get_context("spawn").Process(target=task)
        process.start()
        process.join()
        ends.append(process.exitcode == 0)
    assert ends == [False, False, True]
    report = extract_piece(READING, piece, out)
    assert (report.articles, report.refused) == (4, 1)
    (beside,) = out.glob(".a.part/0*/articles.failures.jsonl")
    assert '"line":4' in beside.read_text()


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("", ["2024/a", "2024/b", "c"]),
        ("/*.parquet", ["c"]),
        ("/**/*.parquet", ["2024/a", "2024/b", "c"]),
        ("/2024/*.parquet", ["a", "b"]),
        ("/2024/a.parquet", ["a"]),
        ("/*/b*", ["2024/b"]),
    ],
)
@pytest.mark.parametrize("scheme", ["", "file://"])
def test_inputs_are_a_file_a_folder_or_a_pattern(tmp_path: Path, scheme: str, pattern: str, names: list[str]) -> None:
    for name in ("c", "2024/a", "2024/b", "2024/.hidden", ".old/d"):
        write(tmp_path / f"{name}.parquet", [text(1)])
    (tmp_path / "2024" / "notes.txt").write_text("no news")
    assert [found.name for found in find_inputs(f"{scheme}{tmp_path}{pattern}")] == names


@pytest.mark.parametrize("pattern", ["/none", "/none/*.parquet", "/*.csv"])
def test_where_nothing_is_found_is_told(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(NoInputs, match=re.escape(str(tmp_path) + pattern)):
        find_inputs(f"{tmp_path}{pattern}")
