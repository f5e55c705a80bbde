"""`entente extract` and `entente parse`: what is found in articles, and how their text is read. No database is used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.outcomes import UNREADABLE, Faults, Refusal
from app.cli.progress import with_progress
from app.extraction.extractor import ExtractionFailed, ExtractorName

if TYPE_CHECKING:
    from app.ingest.records import Record, UnreadableFile


def extract(
    paths: Annotated[
        list[Path], typer.Argument(help="Files or folders of articles; - reads JSON Lines from standard input.")
    ],
    extractor: Annotated[
        ExtractorName | None, typer.Option(help="What finds the facts; else ENTENTE_EXTRACTOR.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add what made each fact: the rule, the clause and the rows of tables.")
    ] = False,
) -> None:
    """Print the facts of articles as JSON Lines, in the order of the input. No database is used."""
    from app.ingest.extractors import extractor_maker
    from app.ingest.files import UnreadableFile
    from app.schemas.documents import explained_article, extracted_article, to_bytes
    from app.settings import load_settings

    finding = extractor_maker(load_settings(), extractor)()
    faults = Faults()
    for found in with_progress(_records(paths), "Extracting"):
        if isinstance(found, UnreadableFile):
            faults.unreadable(found)
            continue
        article = found.article
        record_id = article.slug if found.id is None else found.id
        try:
            if explain:
                line = to_bytes(explained_article(record_id, article, finding.explain(article)))
            else:
                line = to_bytes(extracted_article(record_id, article, finding.extract(article)))
        except ExtractionFailed as failure:
            faults.unextracted(record_id, failure)
            continue
        faults.in_a_row = 0
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
    if faults.count:
        raise typer.Exit(UNREADABLE)


def _records(paths: list[Path]) -> Iterator[Record | UnreadableFile]:
    """The articles of files; those of JSON Lines exactly as given, character for character."""
    import gzip

    from app.ingest.files import files_under, read_files
    from app.ingest.records import read_records

    for path in paths:
        if path == Path("-"):
            yield from read_records(sys.stdin.buffer, "standard input")
            continue
        for file in files_under(path):
            if file.name.endswith((".jsonl", ".jsonl.gz")) and file.is_file():
                with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
                    yield from read_records(stream, file)
            else:
                yield from read_files(file)


def parse(
    file: Annotated[Path, typer.Argument(help="A text file; - reads standard input.")],
    pretokenized: Annotated[bool, typer.Option(help="The input is CoNLL-U: keep its words and sentences.")] = False,
) -> None:
    """Print how a text is read, as CoNLL-U: words, tags, lemmas, heads, and names in the last column."""
    from app.language.conllu import NotCoNLLU, parsed_lines, text_lines
    from app.language.pipeline import load_pipeline
    from app.settings import load_settings

    try:
        pipeline = load_pipeline(load_settings().language_model)
        raw = sys.stdin.buffer.read() if file == Path("-") else file.read_bytes()
        text = raw.decode("utf-8")
        for line in parsed_lines(pipeline, text.splitlines()) if pretokenized else text_lines(pipeline, text):
            sys.stdout.write(line + "\n")
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror or error}") from None
    except (UnicodeDecodeError, NotCoNLLU) as error:
        raise Refusal(f"{file}: {error}") from None
