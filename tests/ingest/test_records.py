import pickle
from datetime import date
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.article import Source
from app.ingest.records import Record, UnreadableRecord, read_record, read_records

TEXT = "Norway and Latvia opened a range near the coast on Monday."


def read(*lines: bytes) -> list[Record | UnreadableRecord]:
    return list(read_records(lines, "input.jsonl"))


def article(*lines: bytes) -> Record:
    (record,) = read(*lines)
    assert isinstance(record, Record)
    return record


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_text_is_taken_character_for_character(text: str) -> None:
    assert article(orjson.dumps({"text": text})).article.text == text


def test_furniture_and_invisible_characters_stay_where_offsets_count_them() -> None:
    text = "Read time2 min\r\n\r\n\r\n  Ice\u00adland\u200b signs. \n"
    assert article(orjson.dumps({"text": text, "title": "Iceland  signs"})).article.text == text


def test_the_fields_say_what_the_article_is() -> None:
    line = orjson.dumps(
        {"id": "a-1", "title": "A range", "text": TEXT, "published": "2019-03-04", "source": "Nordic Post",
         "url": "https://post.example/1", "language": "en-GB", "sentences": [], "commitments": None}
    )  # fmt: skip
    record = article(line)
    assert (record.id, record.line) == ("a-1", 1)
    assert record.article.title == "A range"
    assert record.article.published == date(2019, 3, 4)
    assert record.article.sources == (Source("Nordic Post"),)
    assert record.article.language == "en-GB"


@pytest.mark.parametrize("identifier", ["", " a ", "Ä\u200b", 7, None])
def test_the_id_is_unchanged(identifier: str | int | None) -> None:
    assert article(orjson.dumps({"id": identifier, "text": TEXT})).id == identifier


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (TEXT, "en"),
        ("", "en"),
        ("Oslo.", "en"),
        ("Il ministro ha detto che il trattato sarà firmato a Roma domani mattina.", "und"),
    ],
)
def test_no_text_is_refused_for_its_length_or_language(text: str, language: str) -> None:
    assert article(orjson.dumps({"text": text})).article.language == language


@pytest.mark.parametrize("published", ["2019-03-04", "2019-03-04T10:15:00Z", " 2019-03-04 10:15:00+02:00"])
def test_a_point_in_time_gives_its_day(published: str) -> None:
    assert article(orjson.dumps({"text": TEXT, "published": published})).article.published == date(2019, 3, 4)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not JSON"),
        (b'{"text": "\\ud800"}', "not JSON"),
        (b'{"text": "\xff"}', "not JSON"),
        (b"[]", "the record is not a JSON object"),
        (b'"text"', "the record is not a JSON object"),
        (b"{}", "text is missing"),
        (b'{"text": null}', "text is missing"),
        (b'{"text": 5}', "text must be a string"),
        (b'{"text": "a", "id": {}}', "id must be"),
        (b'{"text": "a", "id": true}', "id must be"),
        (b'{"text": "a", "title": 5}', "title must be a string, not int"),
        (b'{"text": "a", "published": "soon"}', "published is 'soon'; a day such as 2024-08-08 is wanted"),
        (b'{"text": "a", "published": 2024}', "published must be a string"),
        (b'{"text": "a", "language": "?"}', "language is"),
        (b'{"html": 5}', "html must be a string"),
        (b'{"html": ""}', "no running text"),
    ],
)
def test_a_record_that_cannot_be_read_is_named_and_the_rest_goes_on(line: bytes, reason: str) -> None:
    good = orjson.dumps({"id": "good", "text": TEXT})
    before, broken, after = read(good + b"\n", line + b"\n", good)
    assert isinstance(before, Record)
    assert isinstance(after, Record)
    assert isinstance(broken, UnreadableRecord)
    assert str(broken).startswith("input.jsonl:2: ")
    assert reason in broken.reason
    assert broken.record == line


def test_blank_lines_count_and_are_no_records() -> None:
    (record,) = read(b"\xef\xbb\xbf\n", b"  \n", orjson.dumps({"text": TEXT}))
    assert isinstance(record, Record)
    assert record.line == 3


def test_a_page_may_stand_for_the_text() -> None:
    line = orjson.dumps({"html": f"<article><h1>A range</h1><p>{TEXT}</p></article>", "url": "https://post.example/1"})
    assert article(line).article.text == TEXT
    assert article(line).article.sources[0].name == "post.example"


@pytest.mark.parametrize("url", ["http://[1/", "file:///etc", 5])
def test_an_address_that_is_none_costs_no_facts_but_is_not_loaded(url: object) -> None:
    line = orjson.dumps({"text": TEXT, "url": url})
    assert article(line).article.text == TEXT
    refusal = read_record(line, Path("a"), 1)
    assert isinstance(refusal, UnreadableRecord)
    assert refusal.reason.startswith("url ")


def test_for_loading_the_text_is_cleaned() -> None:
    record = read_record(
        orjson.dumps({"title": "A range", "text": f"A range\r\n\r\n4 March 2019\r\n\r\n{TEXT}"}), Path("a"), 1
    )
    assert isinstance(record, Record)
    assert (record.article.text, record.article.published) == (TEXT, date(2019, 3, 4))
    refusal = read_record(b'{"text": "Short."}', Path("a"), 3)
    assert isinstance(refusal, UnreadableRecord)
    assert str(refusal) == "a:3: the body is too short: 'Short.' is no sentence"


def test_a_refusal_travels_between_processes_with_its_record() -> None:
    refusal = pickle.loads(pickle.dumps(UnreadableRecord(Path("a"), 3, "not JSON", b"{")))
    assert (str(refusal), refusal.record) == ("a:3: not JSON", b"{")
