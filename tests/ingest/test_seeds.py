"""Loading folders of seeds: once, again, changed, broken."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.article import Article
from app.domain.facts import Facts
from app.ingest.seeds import load_folder
from app.store import tables
from app.store.database import Database
from app.store.write import delete_article

HEAD = "---\ntitle: Harbour talks\nsource: Bay News\npublished: 2025-01-05\n---\n"
TALKS = "Fiji and Peru held talks on trade in Suva."


@dataclass
class Reader:
    """An extractor that finds nothing, and whose version can change."""

    name: str = "reader 1"

    def warm(self) -> None:
        pass

    def extract(self, article: Article) -> Facts:
        return Facts(self.name)

    def extract_many(self, articles):  # type: ignore[no-untyped-def]
        return map(self.extract, articles)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "talks.md").write_text(HEAD + TALKS)
    return folder


def texts(database: Database) -> dict[str, str]:
    with database.read() as connection:
        rows = connection.execute(select(tables.articles.c.id, tables.articles.c.text))
        return {row.id: row.text for row in rows}


def test_second_load_adds_nothing(database: Database, seeds: Path) -> None:
    assert load_folder(database, Reader(), seeds).new == ["2025-01-05-harbour-talks"]
    again = load_folder(database, Reader(), seeds)
    assert (again.new, again.replaced, again.unchanged) == ([], [], 1)


def test_changed_file_replaces_its_article(database: Database, seeds: Path) -> None:
    load_folder(database, Reader(), seeds)
    (seeds / "talks.md").write_text(HEAD + "Fiji and Peru broke off their talks on trade.")
    assert load_folder(database, Reader(), seeds).replaced == ["2025-01-05-harbour-talks"]
    assert texts(database) == {"2025-01-05-harbour-talks": "Fiji and Peru broke off their talks on trade."}


def test_another_version_of_the_extractor_reads_every_file_anew(database: Database, seeds: Path) -> None:
    load_folder(database, Reader(), seeds)
    assert load_folder(database, Reader("reader 2"), seeds).replaced == ["2025-01-05-harbour-talks"]


def test_broken_file_keeps_what_it_gave_before_and_stops_no_other(database: Database, seeds: Path) -> None:
    load_folder(database, Reader(), seeds)
    (seeds / "talks.md").write_text("")
    (seeds / "visit.md").write_text(HEAD.replace("talks", "visit") + "Fiji's president visited Peru on Monday.")
    report = load_folder(database, Reader(), seeds)
    assert [(fault.path.name, fault.line) for fault in report.faults] == [("talks.md", 1)]
    assert len(report.new) == 1
    assert TALKS in texts(database).values()


def test_file_that_takes_the_text_of_another_is_a_fault(database: Database, seeds: Path) -> None:
    (seeds / "visit.md").write_text(HEAD + "Fiji's president visited Peru on Monday.")
    load_folder(database, Reader(), seeds)
    (seeds / "visit.md").write_text(HEAD + TALKS)
    (fault,) = load_folder(database, Reader(), seeds).faults
    assert "2025-01-05-harbour-talks" in fault.reason
    assert len(texts(database)) == 2


def test_article_that_somebody_deleted_does_not_come_back(database: Database, seeds: Path) -> None:
    (article,) = load_folder(database, Reader(), seeds).new
    with database.write() as connection:
        delete_article(connection, article)
    load_folder(database, Reader(), seeds)
    assert texts(database) == {}


def test_folder_that_is_not_there_is_named(database: Database, tmp_path: Path) -> None:
    (fault,) = load_folder(database, Reader(), tmp_path / "sedes").faults
    assert "sedes" in str(fault)
    assert "ENTENTE_SEEDS" in str(fault)
