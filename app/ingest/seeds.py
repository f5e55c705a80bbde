"""The seeds: files that are loaded once; one that has changed takes the place of what it gave before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from app.extraction.extractor import ExtractionFailed, Extractor
from app.ingest.files import UnreadableFile, read_markdown
from app.ingest.same_story import signature
from app.store.database import Database
from app.store.loaded import loaded_digests, mark_loaded, replaced_article
from app.store.write import SameText, put, replace_article


@dataclass(slots=True)
class Loaded:
    """What became of the files: ids of articles that are new, or replaced; files left as they were; and faults."""

    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: int = 0
    faults: list[UnreadableFile] = field(default_factory=list)


def load_folder(database: Database, extractor: Extractor, folder: Path) -> Loaded:
    """Load the articles (`*.md`) of a folder, each file in a transaction of its own. A broken one stops no other.

    A file counts as changed when its bytes do, and when another extractor is to read it.
    """
    if not folder.is_dir():
        return Loaded(faults=[UnreadableFile(folder, 1, "there is no such folder of seeds (ENTENTE_SEEDS)")])
    return load_files(database, extractor, sorted(folder.glob("*.md")), folder)


def load_files(database: Database, extractor: Extractor, paths: Iterable[Path], root: Path) -> Loaded:
    """Load files; the store remembers them by their path below ``root``."""
    report = Loaded()
    with database.read() as connection:
        known = loaded_digests(connection)
    for path in paths:
        name = path.relative_to(root).as_posix()
        try:
            digest = _digest(path, extractor)
            if known.get(name) == digest:
                report.unchanged += 1
            else:
                _load(database, extractor, path, name, digest, report)
        except UnreadableFile as fault:
            report.faults.append(fault)
        except ExtractionFailed as failed:
            report.faults.append(UnreadableFile(path, 1, str(failed)))
    return report


def _load(database: Database, extractor: Extractor, path: Path, name: str, digest: str, report: Loaded) -> None:
    article = read_markdown(path)
    facts, signed = extractor.extract(article), signature(article.text)
    with database.write() as connection:
        if replaced := replaced_article(connection, name):
            try:
                replace_article(connection, replaced, article, facts, signed)
            except SameText as same:
                raise UnreadableFile(path, 1, f"has the text of the article {same.article} now") from None
            report.replaced.append(replaced)
            mark_loaded(connection, name, digest, replaced)
            return
        stored = put(connection, article, facts, signed)
        mark_loaded(connection, name, digest, stored.id)
    if stored.created:
        report.new.append(stored.id)
    else:
        report.unchanged += 1


def _digest(path: Path, extractor: Extractor) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(path, 1, error.strerror or str(error)) from None
    return hashlib.sha256(extractor.name.encode() + b"\n" + content).hexdigest()
