"""Memory that extracting very many articles takes: `make bench-memory ARTICLES=10000`.

The articles are made up, each different: of about 70 words, with a number of its own and one of many names. One in
fifty is long, ten of them in one. The limit: what the process has for itself grows by less than 50 MB between the first
tenth, in which caches fill, and the end.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator

from app.domain.article import Article
from app.extraction.extractor import EntenteExtractor
from benchmarks.news import record
from benchmarks.processes import memory_of

TENTHS = 10
LIMIT_MB = 50
LONG_EVERY = 50
LONG_OF = 10


def articles(count: int) -> Iterator[Article]:
    """So many articles, the same ones each time."""
    for number in range(count):
        of = LONG_OF if number % LONG_EVERY == 0 else 1
        records = [record(number * LONG_OF + part) for part in range(of)]
        yield Article("\n\n".join(each["text"] for each in records), title=records[0]["title"])


def main() -> None:
    """Print memory and speed for each tenth of the articles; exit with 1 where the limit is passed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    each = max(1, count // TENTHS)
    extractor = EntenteExtractor()
    extractor.warm()
    print(f"{'articles':>10} {'MB':>8} {'commitments':>12} {'words a processor second':>25}")
    seen: list[int] = []
    words = commitments = 0
    began = time.process_time()
    for number, article in enumerate(articles(count), start=1):
        commitments += len(extractor.extract(article).commitments)
        words += article.word_count
        if number % each == 0:
            seen.append(memory_of(os.getpid()))
            took = time.process_time() - began
            print(f"{number:10} {seen[-1] / 1e6:8.1f} {commitments:12} {words / took:25,.0f}", flush=True)
            words, began = 0, time.process_time()
    growth = (max(seen) - seen[0]) / 1e6
    print(f"growth after the first tenth: {growth:.1f} MB; limit: {LIMIT_MB} MB")
    sys.exit(growth > LIMIT_MB)


if __name__ == "__main__":
    main()
