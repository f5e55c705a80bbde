"""Bulk extraction on a local cluster of two nodes against one process: `make ray-check`.

Extracts made-up articles in this process, with one actor, with two, and with two of which one loses its node on the
way; prints words a second; and exits with 1 unless every record is the same every time.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from app.extraction.extractor import EntenteExtractor
from app.ingest.bulk_extraction import BulkExtraction, Reading, Report, Run, extract_piece
from app.ingest.bulk_inputs import Piece, find_inputs, look
from app.ingest.on_ray import Cluster
from app.ingest.result_folders import result_files
from app.schemas.results import TABLES

FILES = 2
ROWS_OF_PIECE = 10
LONGEST = 120.0

SIDES = (("Fiji", "Suva"), ("Peru", "Lima"), ("Togo", "Lomé"), ("Nepal", "Kathmandu"), ("Ghana", "Accra"))
PARAGRAPHS = (
    "The defence minister of {a} said on Monday that his country wants to buy {n} patrol boats from {b}.",
    "{a} and {b} signed an agreement on the training of {n} officers in {town}, the ministry said.",
    "“We will send {n} engineers to {town} next month,” the president of {a} told reporters after the talks.",
    "Prices of rice rose again in {town}, where {n} shops have closed since the spring.",
    "The foreign minister of {b} invited the delegation of {a} to a second round of talks in {town}.",
)

Row = dict[str, Any]


def main(articles: int) -> int:
    """Run the check and print what it found."""
    os.environ.setdefault("RAY_worker_niceness", "0")  # else its workers give way to all else on this machine
    import ray
    from ray.cluster_utils import Cluster as LocalCluster

    with tempfile.TemporaryDirectory() as folder:
        news = Path(folder) / "news"
        _write_news(news, articles)
        alone = Path(folder) / "alone"
        expected = _extracted(news, alone, partial(_alone, alone), "one process without Ray")
        local = LocalCluster(initialize_head=True, head_node_args={"num_cpus": 1}, connect=True)
        try:
            second = local.add_node(num_cpus=1)
            local.wait_for_nodes()
            same = True
            for actors in (1, 2):
                out = Path(folder) / f"actors-{actors}"
                run = Cluster(out, EntenteExtractor, LONGEST, actors).run
                same &= _agrees(expected, _extracted(news, out, run, f"{actors} workers"))
            out = Path(folder) / "killed"
            kill = partial(local.remove_node, second, allow_graceful=False)
            run = partial(_with_a_node_killed, Cluster(out, EntenteExtractor, LONGEST, 2).run, kill)
            same &= _agrees(expected, _extracted(news, out, run, "2 workers, the node of one killed"))
        finally:
            ray.shutdown()  # else the node that this process is connected to cannot be taken away
            local.shutdown()
    print("every record is the same" if same else "RECORDS DIFFER")
    return 0 if same else 1


def _write_news(folder: Path, articles: int) -> None:
    folder.mkdir()
    texts = []
    for n in range(articles):
        (a, _), (b, town) = SIDES[n % 5], SIDES[(n + 1 + n // 5 % 4) % 5]
        said = [PARAGRAPHS[(n + k) % 5].format(a=a, b=b, town=town, n=n + 7 * k + 2) for k in range(10)]
        texts.append("\n\n".join(said))
    each = -(-articles // FILES)
    for number in range(FILES):
        table = pa.table({"title": ["News of the day"] * each, "text": texts[number * each :][:each]})
        pq.write_table(table, folder / f"{number}.parquet", row_group_size=ROWS_OF_PIECE)


def _alone(out: Path, pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Report]]:
    reading = Reading(EntenteExtractor(), LONGEST)
    reading.extractor.warm()
    return ((piece, extract_piece(reading, piece, out)) for piece in pieces)


def _with_a_node_killed(
    run: Run, kill: Callable[[], object], pieces: Sequence[Piece]
) -> Iterator[tuple[Piece, Report]]:
    for number, done in enumerate(run(pieces)):
        if number == 2:
            kill()
        yield done


def _extracted(news: Path, out: Path, run: Run, title: str) -> dict[str, list[Row]]:
    """The records of every table; prints the rate from the first piece's begin to the last one's end."""
    reports: list[Report] = []

    def watched(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Report]]:
        for piece, report in run(pieces):
            reports.append(report)
            yield piece, report

    out.mkdir()
    began = time.monotonic()
    standing = BulkExtraction(out, EntenteExtractor().name, lambda _: None).run(look(find_inputs(str(news))), watched)
    seconds = max(r.ended for r in reports) - min(r.began for r in reports)
    print(
        f"{title}: {standing.words} words of {standing.articles} articles in {seconds:.1f} s, "
        f"{standing.words / seconds:.0f} words/s ({time.monotonic() - began:.1f} s with starting)",
        flush=True,
    )
    return _records(out)


def _records(out: Path) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {name: [] for name in TABLES}
    for articles in result_files(out):
        for name, rows in found.items():
            rows += pq.read_table(articles.with_name(f"{name}.parquet")).to_pylist()
    for article in found["articles"]:
        del article["ingested_at"]  # when it was extracted
    return found


def _agrees(expected: dict[str, list[Row]], found: dict[str, list[Row]]) -> bool:
    same = True
    for name, rows in expected.items():
        differ = sum(one != other for one, other in zip(rows, found[name], strict=False))
        differ += abs(len(rows) - len(found[name]))
        print(f"  {name}: {len(rows)} records, {differ} differ", flush=True)
        same &= not differ and bool(rows)
    return same


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
