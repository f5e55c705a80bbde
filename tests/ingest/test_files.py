import gzip
import io
import pickle
from datetime import date
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from app.domain.article import Source
from app.ingest.files import FORMATS, UnreadableFile, raw_records, read_files, read_markdown, read_raw
from app.ingest.furniture import pieces
from app.ingest.records import Record, UnreadableRecord
from app.settings import shipped

BODY = "Norway and Latvia opened a range near the coast on Monday."
FRONT = f"---\ntitle: A range opens\n---\n{BODY}\n"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    return tmp_path / "range.md"


def test_front_matter_says_what_the_article_is(article: Path) -> None:
    article.write_text(
        "---\ntitle: 'A range: opened'\nsummary: Crews will train.\nsource: Nordic Post\nhome_page: https://post.example\n"
        f"url: https://post.example/1\npublished: 2019-03-04\nlanguage: en-GB\n---\n\n{BODY}\n\nTags: range\n"
    )
    found = read_markdown(article)
    assert found.title == "A range: opened"
    assert found.summary == "Crews will train."
    assert found.sources == (Source("Nordic Post", "https://post.example", "https://post.example/1"),)
    assert found.published == date(2019, 3, 4)
    assert found.language == "en-GB"
    assert found.text == BODY


def test_a_title_is_all_that_must_be_given(article: Path) -> None:
    article.write_text(FRONT)
    found = read_markdown(article)
    assert (found.title, found.summary, found.published, found.sources) == ("A range opens", None, None, ())
    assert found.language == "en"


def test_the_date_line_stands_in_where_front_matter_gives_no_day(article: Path) -> None:
    article.write_text(f"---\ntitle: A range opens\n---\n4 March 2019\n\n{BODY}\n")
    assert read_markdown(article).published == date(2019, 3, 4)


def test_the_day_in_front_matter_wins(article: Path) -> None:
    article.write_text(f"---\ntitle: A range opens\npublished: 2019-03-05\n---\n4 March 2019\n\n{BODY}\n")
    found = read_markdown(article)
    assert (found.published, found.text) == (date(2019, 3, 5), BODY)


def test_a_source_without_a_name_goes_by_its_host(article: Path) -> None:
    article.write_text(f"---\ntitle: A range opens\nurl: https://post.example/1\n---\n{BODY}\n")
    assert read_markdown(article).sources == (Source("post.example", None, "https://post.example/1"),)


@pytest.mark.parametrize("title", ["No", "2024", "2024-08-08", "null island"])
def test_a_title_stays_the_words_it_is(article: Path, title: str) -> None:
    article.write_text(f"---\ntitle: {title}\n---\n{BODY}\n")
    assert read_markdown(article).title == title


@pytest.mark.parametrize("start", ["\ufeff", ""])
def test_line_ends_and_marks_of_other_systems_change_nothing(article: Path, start: str) -> None:
    article.write_bytes((start + FRONT).replace("\n", "\r\n").encode())
    assert read_markdown(article).text == BODY


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"---\ntitle: A range\n---\nNorway and\nLatvia \xff open.\n", 5, "not UTF-8: byte 0xff"),
        (b"", 1, "empty"),
        (b" \n\n", 1, "empty"),
        (BODY.encode(), 1, "no title"),
        (b"## A part\n\n" + BODY.encode(), 1, "no title"),
        (b"---\ntitle:\n---\nx\n", 1, "no title"),
        (b"---\ntitle: ~\n---\nx\n", 1, "no title"),
        (b"---\ntitle: A range\n\n", 1, "not closed"),
        (b"---\ntitle: A range\nauthor: X\n---\nx\n", 3, "unknown key 'author'; known are title, "),
        (b"---\n\n\ntitle: A range\nauthor: X\n---\nx\n", 5, "unknown key"),
        (b"---\ntitle: A range\npublished: 4 March\n---\nx\n", 3, "published is '4 March'"),
        (b"---\ntitle: A range\npublished: 2019-02-30\n---\nx\n", 3, "published is '2019-02-30'"),
        (b"---\ntitle: A range\nurl: ftp://x\n---\nx\n", 3, "url is 'ftp://x'"),
        (b"---\ntitle: A range\nlanguage: English please\n---\nx\n", 3, "language is"),
        (b"---\ntitle: A range\ntitle: Another\n---\nx\n", 3, "title is given twice"),
        (b"---\ntitle: A range\nsource: [a, b]\n---\nx\n", 3, "source must be one value"),
        (b"---\ntitle: A range\nsource: \"open\n---\nx\n", 4, "front matter: "),
        (b"---\ntitle: A range: opened\n---\nx\n", 2, "front matter: mapping values are not allowed here"),
        (b"---\n- title\n---\nx\n", 2, "lines of `key: value`"),
        (b"---\ntitle: A range\n---\n\n4 March 2019\n", 5, "the body is empty"),
        (b"---\ntitle: A range\n---\n", 4, "the body is empty"),
        (b"---\ntitle: " + b"[" * 5000 + b"\n---\nx\n", 1, "front matter: nested too deeply"),
    ],
)  # fmt: skip
def test_a_broken_file_is_named_with_line_and_reason(article: Path, content: bytes, line: int, reason: str) -> None:
    article.write_bytes(content)
    with pytest.raises(UnreadableFile) as refusal:
        read_markdown(article)
    assert str(refusal.value).startswith(f"{article}:{line}: ")
    assert reason in refusal.value.reason


def test_a_missing_file_is_named(article: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        read_markdown(article)


def test_a_refusal_travels_between_processes() -> None:
    refusal = UnreadableFile(Path("a.md"), 3, "no title")
    assert str(pickle.loads(pickle.dumps(refusal))) == "a.md:3: no title"


def test_every_shipped_seed_is_read_and_its_furniture_told_from_the_text() -> None:
    paths = sorted(shipped("seeds").glob("*.md"))
    assert paths
    for path in paths:
        found = read_markdown(path)
        paragraphs = found.text.split("\n\n")
        assert found.published
        assert found.summary in paragraphs
        assert found.title not in paragraphs
        assert not any(paragraph.startswith(f"{found.sources[0].name}:") for paragraph in paragraphs)
        assert not any(pieces(paragraph, frozenset({"anywhere", "head", "foot"})) for paragraph in paragraphs)


def test_a_first_heading_of_markdown_is_the_title(article: Path) -> None:
    article.write_text(f"# A *range*\n\n{BODY}\n")
    assert (read_markdown(article).title, read_markdown(article).text) == ("A range", BODY)


RECORDS = [{"id": f"a-{i}", "title": f"Range {i}", "text": f"{BODY} It is number {i}."} for i in range(1, 4)]
LINES = b"".join(orjson.dumps(record) + b"\n" for record in RECORDS)
PAGE = f"<html><body><article><h1>Range 1</h1><p>{BODY} It is number 1.</p></article></body></html>".encode()


def texts(path: Path) -> list[str]:
    """The last word of every article, and every refusal."""
    return [
        found.article.text.split()[-1] if isinstance(found, Record) else f"{found.line}: {found.reason}"
        for found in read_files(path)
    ]


def warc(*pages: tuple[str, str, bytes], packed: bool = True) -> bytes:
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=packed)
    for status, kind, content in pages:
        headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
        url = "https://post.example/range"
        writer.write_record(writer.create_warc_record(url, "response", io.BytesIO(content), http_headers=headers))
    return stream.getvalue()


def parquet(records: list[dict[str, object]]) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(records), stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", LINES, ["1.", "2.", "3."]),
        ("a.jsonl.gz", gzip.compress(LINES), ["1.", "2.", "3."]),
        ("A.JSONL", LINES, ["1.", "2.", "3."]),
        ("a.json", orjson.dumps(RECORDS), ["1.", "2.", "3."]),
        ("a.json", orjson.dumps(RECORDS[0]), ["1."]),
        ("a.parquet", parquet([{**record, "published": date(2019, 3, 4)} for record in RECORDS]), ["1.", "2.", "3."]),
        ("a.html", PAGE, ["1."]),
        ("a.warc.gz", warc(("200 OK", "text/html; charset=utf-8", PAGE)), ["1."]),
        ("a.warc", warc(("200 OK", "text/html", PAGE), packed=False), ["1."]),
        ("a.txt", f"Range 1\n\n{BODY} It is number 1.\n".encode(), ["1."]),
        ("a.txt", f"---\ntitle: Range 1\n---\n{BODY} It is number 1.\n".encode(), ["1."]),
        ("a.md", f"# Range 1\n{BODY} It is number 1.\n".encode(), ["1."]),
    ],
)
def test_every_format_is_read(tmp_path: Path, name: str, content: bytes, expected: list[str]) -> None:
    (tmp_path / name).write_bytes(content)
    assert texts(tmp_path / name) == expected
    assert {record.article.title for record in read_files(tmp_path / name) if isinstance(record, Record)} <= {
        "Range 1", "Range 2", "Range 3",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", b"{\n" + LINES, ["1: not JSON: ", "1.", "2.", "3."]),
        ("a.jsonl", b'{"text": "Short."}\n' + LINES, ["1: the body is too short", "1.", "2.", "3."]),
        ("a.jsonl.gz", LINES, ["1: the packed file is damaged or cut short: Not a gzipped file"]),
        ("a.json", b"[1, {", ["1: not JSON"]),
        ("a.json", orjson.dumps([1, RECORDS[0]]), ["1: the record is not a JSON object", "1."]),
        ("a.json", orjson.dumps([]), []),
        ("a.parquet", b"PAR1 and no more", ["1: not readable as Parquet"]),
        ("a.parquet", parquet([{"text": None}, {"text": BODY}]), ["1: text is missing", "Monday."]),
        ("a.warc.gz", b"no archive", ["1: not readable as a web archive"]),
        ("a.warc.gz", warc(("404 Not Found", "text/html", PAGE), ("200 OK", "image/png", PAGE)), []),
        ("a.warc.gz", warc(("200 OK", "text/html", b"<p>x</p>"), ("200 OK", "text/html", PAGE)), ["1: ", "1."]),
        ("a.html", b"", ["1: empty"]),
        ("a.html", b"<p>More soon.</p>", ["1: "]),
        ("a.txt", BODY.encode(), ["1: no title"]),
        ("a.txt", b"\xff", ["1: not UTF-8"]),
        ("a.txt", b"\xff\xfea", ["1: not UTF-16"]),
        ("a.pdf", b"%PDF", [f"1: unknown format; known are {', '.join(FORMATS)}"]),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_goes_on(
    tmp_path: Path, name: str, content: bytes, expected: list[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    found = texts(tmp_path / name)
    assert [answer[: len(start)] for start, answer in zip(expected, found, strict=True)] == expected


def test_what_an_archive_held_before_the_damage_is_read(tmp_path: Path) -> None:
    whole = warc(*[("200 OK", "text/html", PAGE)] * 3)
    (tmp_path / "a.warc.gz").write_bytes(whole[: len(whole) - 60])
    assert texts(tmp_path / "a.warc.gz")[:2] == ["1.", "1."]
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(LINES * 3000)[:-40])
    *read, refusal = texts(tmp_path / "b.jsonl.gz")
    assert len(read) > 6000
    assert refusal.startswith(f"{len(read) + 1}: the packed file is damaged")


def test_a_page_of_an_archive_has_its_address(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(warc(("200 OK", "text/html", PAGE)))
    (record,) = read_files(tmp_path / "a.warc.gz")
    assert isinstance(record, Record)
    assert record.article.sources == (Source("post.example", "https://post.example/", "https://post.example/range"),)


def test_a_page_refused_can_be_handed_in_again_once_mended(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(warc(("200 OK", "text/html", b"<p>x</p>")))
    (refusal,) = read_files(tmp_path / "a.warc.gz")
    assert isinstance(refusal, UnreadableRecord)
    mended = {**orjson.loads(refusal.record), "html": PAGE.decode()}
    (tmp_path / "mended.jsonl").write_bytes(orjson.dumps(mended))
    assert texts(tmp_path / "mended.jsonl") == ["1."]


def test_a_folder_is_read_in_order_without_what_is_hidden_or_failed_before(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a/z.jsonl", ".hidden/c.jsonl", ".c.jsonl", "b.jsonl.failures.jsonl", "notes.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(LINES.splitlines()[name == "b.jsonl"])
    (tmp_path / "folder.jsonl").mkdir()
    assert texts(tmp_path) == ["1.", "2."]


def test_a_file_is_streamed(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINES * 1000)
    records = read_files(tmp_path / "a.jsonl")
    first = next(records)
    assert isinstance(first, Record)
    assert (first.id, first.line) == ("a-1", 1)


def test_records_can_be_read_elsewhere_than_they_were_taken_from(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINES)
    raws = pickle.loads(pickle.dumps(list(raw_records(tmp_path / "a.jsonl"))))
    assert [record.id for raw in raws if isinstance(record := read_raw(raw), Record)] == ["a-1", "a-2", "a-3"]
