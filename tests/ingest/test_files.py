import pickle
from datetime import date
from pathlib import Path

import pytest

from app.domain.article import Source
from app.ingest.files import UnreadableFile, read_markdown
from app.ingest.furniture import pieces
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
