"""Whatever a text holds, it is stored faithfully, and every fact's words stand where the fact says."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.extraction.extractor import extract
from app.ingest.prepared import Prepared, store_all
from app.ingest.records import article_of
from app.ingest.same_story import signature
from app.ingest.text import NotAnArticle
from app.settings import shipped
from app.store import queries, tables
from app.store.database import Database

SENTENCES = [
    "Fiji and Peru agreed to train their navies together.",
    "“We will deepen military cooperation with Ghana,” President Zoë Brûlé of Togo said.",
    "The minister of Kenya invited General José Núñez to visit Nairobi on Friday.",
    "İstanbul’s mayor met envoys of Côte d’Ivoire and the Åland Islands.",
]
ODD = [
    "\u200f",  # right-to-left mark
    "\u202b\u202c",  # embedding and its end
    "\u2067\u2069",  # isolate and its end
    "\u200c",  # zero-width non-joiner
    "\u200d",  # zero-width joiner
    "\u200b",  # zero-width space
    "\u00ad",  # soft hyphen
    "\ufeff",
    "e\u0301",  # to be composed
    "\u0344",  # a mark that normalises to two
    "ﬁ",
    "🤝🏽",
    "𝔉",
    "\u00a0",
    "\u2028",
    "\t",
    "\r\n",
    "\x00",
    "می‌خواهد",
]
TEXTS = st.lists(
    st.one_of(st.sampled_from(SENTENCES), st.sampled_from(ODD), st.text(max_size=12), st.just("\n\n")),
    min_size=1,
    max_size=14,
).map(" ".join)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    made = Database(f"sqlite:///{tmp_path_factory.mktemp('faithful') / 'store.db'}", shipped("migrations"))
    made.migrate()
    return made


def stored(database: Database, text: str) -> tuple[str, list[dict[str, Any]]]:
    """The text as it is stored, and every span of its facts as their documents have them."""
    article = article_of({"text": text, "title": "A title"})
    with database.write() as connection:
        (put,) = store_all(connection, [Prepared(article, extract(article), signature(article.text))])
        assert put
        row = connection.execute(select(tables.articles).where(tables.articles.c.id == put.id)).one()
        answered = queries.document(connection, tables.articles, put.id)
        documents = [
            json.loads(document)
            for table in (tables.appearances, tables.statements, tables.commitments)
            for document in connection.scalars(select(table.c.document).where(table.c.article_pk == row.pk))
        ]
    assert answered
    assert json.loads(answered.body)["text"] == row.text
    assert row.text == article.text or not put.created  # known is a text with other white space too
    return row.text, [span for document in documents for span in spans(document)]


def spans(value: Any) -> list[dict[str, Any]]:
    """Every object with offsets, at any depth."""
    if isinstance(value, list):
        return [span for each in value for span in spans(each)]
    if not isinstance(value, dict):
        return []
    own = [value] if isinstance(value.get("start"), int) and "end" in value else []
    return own + [span for each in value.values() for span in spans(each)]


def assert_exact(text: str, found: list[dict[str, Any]]) -> None:
    for span in found:
        assert text[span["start"] : span["end"]] == span.get("quote", span.get("text")), span


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_text_comes_out_as_it_was_normalised_and_evidence_is_exact(database: Database, text: str) -> None:
    try:
        kept, found = stored(database, text)
    except NotAnArticle:
        return
    assert_exact(kept, found)
    assert unicodedata.is_normalized("NFC", kept)
    visible = [character for character in unicodedata.normalize("NFC", text) if character.isalnum()]
    assert [character for character in kept if character.isalnum()] == visible or "\x00" in text or "A title" in text


def test_marks_that_spelling_needs_stay_and_those_that_split_words_go(database: Database) -> None:
    kept, found = stored(
        database,
        "Fi\u00adji and Pe\u200bru agreed to train na\u200cvies \u2067together\u2069. Cafe\u0301 talks followed.",
    )
    assert kept == "Fiji and Peru agreed to train na\u200cvies \u2067together\u2069. Café talks followed."
    assert {"Fiji", "Peru"} <= {span.get("text") for span in found}
    assert_exact(kept, found)


@pytest.mark.parametrize(
    "text",
    [
        "Fiji and Peru agreed to train their navies together. " + "The ships of both lay in port for weeks. " * 25_000,
        "\n\n".join(f"Minister {n} of Ghana met envoy {n} of Togo in town {n}." for n in range(10_000)),
    ],
    ids=["a paragraph of a megabyte", "ten thousand sentences"],
)
@pytest.mark.slow
def test_very_long_texts_are_stored_with_exact_evidence(database: Database, text: str) -> None:
    kept, found = stored(database, text)
    assert len(kept) >= len(text.strip())
    assert found
    assert_exact(kept, found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_are_read_in_the_encodings_that_say_which_they_are(tmp_path: Path, encoding: str) -> None:
    from app.ingest.files import read_markdown

    (tmp_path / "a.md").write_bytes(f"---\ntitle: Café\n---\n{SENTENCES[3]}\n".encode(encoding))
    article = read_markdown(tmp_path / "a.md")
    assert (article.title, article.text) == ("Café", SENTENCES[3])
