"""The facts of very many articles, piece by piece: what an actor does with a piece, and how pieces become results.

Every input has a folder of results, every piece a folder in it. Both are written under hidden names and get their own
when they are whole, so that what is there is done, and whoever is killed leaves nothing that looks so. Results need a
folder that all machines of a cluster share.
"""

from __future__ import annotations

import faulthandler
import os
import shutil
import time
import uuid
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from app.domain.article import Article
from app.domain.facts import Facts
from app.extraction.extractor import ExtractionFailed, Extractor
from app.ingest.archives import UnreadableArchive, rows_of_parquet
from app.ingest.bulk_inputs import BulkInput, Looked, Piece, open_input
from app.ingest.failures import FailuresFile
from app.ingest.files import RawRecord, raw_row, read_raw
from app.ingest.prepared import Refused
from app.ingest.records import UnreadableFile
from app.ingest.result_folders import ResultWriter
from app.schemas.results import rows_of

DEATHS = 2
"""How often whoever reads a row may die over it until the row is refused: once may be another's doing."""

AT = "at"
"""In the folder of a piece while it is made: the number of the row that is being read."""

REPORT = "report.json"
"""In the folder of a piece: what became of it."""

DONE = "done.json"
"""In the folder of an input: what it was made of, and what became of it."""


class NotShared(Exception):
    """What an actor wrote is not to be found here."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a piece: counts, and when its work began and ended (seconds since the epoch)."""

    articles: int
    refused: int
    words: int
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What reads a piece, and the seconds that a row may take: the process ends where one takes longer."""

    extractor: Extractor
    longest: float


def extract_piece(reading: Reading, piece: Piece, out: Path) -> Report:
    """Write a piece's results, unless they are there. Rows that give no facts are written with the reason beside them.

    May be done twice, at the same time too: the first to finish is the one that counts. To be done again where the
    process dies: a row over which it died `DEATHS` times is refused. Raises `OSError`.
    """
    place = hidden(out, piece.name) / piece.label
    if place.is_dir():
        return _report(place)
    deadly = _deadly(place)
    own = place.with_name(f".{piece.label}-{uuid.uuid4().hex}")
    own.mkdir(parents=True)
    try:
        report = _write_piece(reading, piece, own, deadly)
        _write_json(own / REPORT, asdict(report))
        try:
            own.rename(place)
        except OSError:
            if not place.is_dir():
                raise
            return _report(place)
        return report
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _deadly(place: Path) -> set[int]:
    """The rows that too many before us were reading when they died, and left their folders behind."""
    died: Counter[str] = Counter()
    for at in place.parent.glob(f".{place.name}-*/{AT}"):
        with suppress(FileNotFoundError):  # it was alive after all, and is done now
            died[at.read_text()] += 1
    return {int(row) for row, times in died.items() if row and times >= DEATHS}


def _write_piece(reading: Reading, piece: Piece, folder: Path, deadly: Container[int]) -> Report:
    began = time.time()
    articles = refused = words = 0
    writer = ResultWriter(folder)
    with FailuresFile(folder / "articles") as failures:
        for raw in _records(piece):
            (folder / AT).write_text(str(raw.line))
            found = Refused(raw.line, "whoever reads it dies") if raw.line in deadly else _extracted(reading, raw)
            if isinstance(found, Refused):
                failures.add(piece.uri, found.line, found.reason, raw)
                refused += 1
            else:
                identifier, article, facts = found
                writer.add(rows_of(identifier, article, facts, datetime.now(UTC)))
                articles, words = articles + 1, words + article.word_count
    writer.close()
    (folder / AT).unlink(missing_ok=True)
    return Report(articles, refused, words, began, time.time())


def _extracted(reading: Reading, raw: RawRecord) -> tuple[str, Article, Facts] | Refused:
    """A record's id, article and facts."""
    faulthandler.dump_traceback_later(reading.longest, exit=True)
    try:
        found = read_raw(raw)
        if isinstance(found, UnreadableFile):
            return Refused(found.line, found.reason)
        article = found.article
        # Nobody sees all ids at once, so that those which nobody gave have digits of the text with them.
        given = f"{article.slug}-{article.content_hash[:6]}" if found.id is None else str(found.id)
        return given, article, reading.extractor.extract(article)
    except ExtractionFailed as failed:
        return Refused(raw.line, f"its facts could not be extracted: {failed}")
    finally:
        faulthandler.cancel_dump_traceback_later()


def _records(piece: Piece) -> Iterator[RawRecord]:
    """The rows of a piece; where reading breaks off, each that is left with the reason why."""
    path, at = Path(piece.name), piece.first
    try:
        with open_input(piece.uri) as stream:
            for row, found in rows_of_parquet(stream, piece.stretch):
                at = row + 1
                yield raw_row(path, row, found)
        reason = "the file has changed: it has fewer rows than before"
    except UnreadableArchive as refusal:
        reason = refusal.reason
    except (pa.ArrowException, OSError) as error:
        reason = f"the file cannot be opened: {error}"
    for row in range(at, piece.first + piece.count):
        yield raw_row(path, row, reason)


@dataclass(slots=True)
class Standing:
    """How far an extraction has come."""

    rows_in_all: int = 0
    files: int = 0
    done_before: int = 0
    articles: int = 0
    refused: int = 0
    words: int = 0
    faults: list[str] = field(default_factory=list)


Run = Callable[[Sequence[Piece]], Iterator[tuple[Piece, Report]]]
"""Has every piece done by `extract_piece`, wherever and in whatever order, and tells of each."""


class BulkExtraction:
    """Brings inputs to results: what is done is passed over, what was begun goes on."""

    def __init__(self, out: Path, extractor: str, watch: Callable[[Standing], None]) -> None:
        """``extractor`` is the name of what finds the facts; ``watch`` is told after every piece."""
        self._out = out
        self._extractor = extractor
        self._watch = watch
        self._open: dict[str, int] = {}
        self.standing = Standing()

    def run(self, looked: Iterable[Looked], run: Run) -> Standing:
        """Do what is to be done. Raises `NotShared`, `OSError` and what ``run`` does."""
        pieces: list[Piece] = []
        for each in looked:
            pieces += self._begin(each)
        for piece, report in run(pieces) if pieces else ():
            self._take(piece, report)
        return self.standing

    def _begin(self, looked: Looked) -> tuple[Piece, ...]:
        given, standing = looked.input, self.standing
        if looked.fault:
            standing.faults.append(f"{given.uri}: {looked.fault}")
            return ()
        made_of = self._made_of_now(given, looked.pieces)
        if (finished := self._out / given.name / DONE).exists():
            return self._pass_over(given, made_of, finished)
        begun = hidden(self._out, given.name)
        if _read_json(begun / DONE) != made_of:  # begun by another version, or of another file
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir(parents=True)
            _write_json(begun / DONE, made_of)
        _clear(begun)
        self._open[given.name] = len(looked.pieces)
        standing.rows_in_all += sum(piece.count for piece in looked.pieces)
        if not looked.pieces:
            self._finish(given.name)
        return looked.pieces

    def _made_of_now(self, given: BulkInput, pieces: Sequence[Piece]) -> dict[str, object]:
        labels = [piece.label for piece in pieces]
        return {"input": given.uri, "size": given.size, "extractor": self._extractor, "pieces": labels}

    def _pass_over(self, given: BulkInput, made_of: dict[str, object], finished: Path) -> tuple[Piece, ...]:
        was = _read_json(finished)
        if all(was.get(name) == made_of[name] for name in ("size", "extractor")):
            self.standing.done_before += 1
        else:
            told = f"{was.get('size')} bytes by {was.get('extractor')}"
            self.standing.faults.append(
                f"{given.uri}: its results were made of {told}, and it is not read again while they are there; "
                f"remove {finished.parent} to have it read"
            )
        return ()

    def _take(self, piece: Piece, report: Report) -> None:
        standing = self.standing
        place = hidden(self._out, piece.name) / piece.label
        if not (place / REPORT).exists():
            raise NotShared(f"{place} was written by a machine of the cluster and is not here: --out must be shared")
        standing.articles += report.articles
        standing.refused += report.refused
        standing.words += report.words
        standing.faults += _told(FailuresFile(place / "articles").path)
        self._open[piece.name] -= 1
        if not self._open[piece.name]:
            self._finish(piece.name)
        self._watch(standing)

    def _finish(self, name: str) -> None:
        begun = hidden(self._out, name)
        _clear(begun)
        begun.rename(self._out / name)
        self.standing.files += 1


def hidden(out: Path, name: str) -> Path:
    """Where the results of an input are until all of them are there."""
    place = out / name
    return place.with_name(f".{place.name}.part")


def _clear(begun: Path) -> None:
    """Remove what actors left that were killed."""
    for left in begun.glob(".*"):
        shutil.rmtree(left, ignore_errors=True)


def _told(failures: Path) -> Iterator[str]:
    if failures.exists():
        for line in failures.read_bytes().splitlines():
            said = orjson.loads(line)
            yield f"{said['file']}:{said['line']}: {said['reason']}"


def _report(place: Path) -> Report:
    return Report(**_read_json(place / REPORT))


def _write_json(path: Path, content: object) -> None:
    with path.open("wb") as stream:
        stream.write(orjson.dumps(content))
        stream.flush()
        os.fsync(stream.fileno())


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(orjson.loads(path.read_bytes()))
    except FileNotFoundError:
        return {}
