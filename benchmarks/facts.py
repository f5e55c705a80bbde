"""How good the facts are: runs the extractor over the development sets and prints figures beside those to beat.

usage: make bench-facts [EVAL=folder]        (default ../shared/eval)
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.article import Article
from app.domain.facts import Facts
from app.extraction.extractor import EntenteExtractor
from app.schemas.documents import extracted_article
from benchmarks import reliability

Record = dict[str, Any]

SETS = {
    "commitments": "commitments/dev.jsonl",
    "events": "events/plover_dev.jsonl",
    "attribution": "attribution/polnear.dev.jsonl",
    "names": "entities/worldwide_dev.jsonl",
    "coreference": "entities/gum_dev.jsonl",
}

BASELINES = {
    "commitments sentence F1": "keyword list 0.81",
    "commitments act F1": "keyword list 0.74",
    "commitments party F1": "keyword list 0.63",
    "commitments stage": "heads on the encoder 0.85",
    "commitments form": "heads on the encoder 0.85",
    "events F1": "UniversalPetrarch 0.425, keyword list 0.46",
    "events type right": "",
    "attribution who said what F1": "people 0.75, regular expressions 0.27",
    "attribution source exact F1": "rules 0.11, CRF 0.51",
    "attribution cue exact F1": "rules 0.23, CRF 0.53",
    "names F1": "spaCy CNN 0.61, en_core_web_sm 0.63",
    "names F1 without types": "spaCy CNN 0.75 to 0.81",
    "coreference": "equal strings of gold mentions 0.70",
    "evidence wrong": "must be 0",
    "words a second": "",
}


def read(path: Path) -> list[Record]:
    """The records of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def article_of(record: Record) -> Article:
    """The record as an article."""
    published = record.get("published")
    return Article(
        text=record["text"],
        title=record.get("title") or "",
        published=date.fromisoformat(published[:10]) if published else None,
    )


def printed(record: Record, article: Article, facts: Facts) -> Record:
    """What `entente extract` prints for a record."""
    answer: Record = json.loads(extracted_article(record["id"], article, facts).model_dump_json())
    return answer


def answers(extractor: EntenteExtractor, records: list[Record]) -> tuple[list[Record], int, float]:
    """What is printed for each record, the words read, and the seconds that extraction took."""
    articles = [article_of(record) for record in records]
    begin = time.perf_counter()
    facts = list(extractor.extract_many(articles))
    seconds = time.perf_counter() - begin
    lines = [printed(*parts) for parts in zip(records, articles, facts, strict=True)]
    return lines, sum(article.word_count for article in articles), seconds


def figures(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and value of each figure."""
    sys.path.insert(0, str(folder))
    scorers = importlib.import_module("score_extract")
    extractor = EntenteExtractor()
    extractor.warm()
    words, seconds, wrong, spans = 0, 0.0, 0, 0
    for task, path in SETS.items():
        gold = read(folder / path)
        said, count, took = answers(extractor, gold)
        words, seconds = words + count, seconds + took
        yield from _scored(task, scorers.TASKS[task](gold, said))
        if task == "commitments":
            yield from reliability.figures(importlib.import_module("score_commitments"), gold, said)
        evidence = scorers.TASKS["evidence"](gold, said)
        wrong, spans = wrong + evidence["wrong"], spans + evidence["spans"]
    yield "evidence wrong", f"{wrong} of {spans}"
    yield "words a second", f"{words / seconds:,.0f} on one core"


def _scored(task: str, result: Any) -> Iterator[tuple[str, str]]:
    if task == "commitments":
        counts, ratios = result
        for what in ("sentence", "act", "party"):
            yield f"commitments {what} F1", _prf(ratios[what])
        for what in ("stage", "form", "negated", "speaker"):
            yield f"commitments {what}", f"{ratios[what]:.3f} of {counts['speakers' if what == 'speaker' else 'pairs']}"
    elif task == "events":
        yield "events F1", _prf(result)
        yield "events type right", f"{result['type_right']:.3f}"
    elif task == "attribution":
        yield "attribution who said what F1", _prf(result["attribution"][0.5]["who_said_what"])
        for what in ("source", "cue", "content"):
            yield f"attribution {what} exact F1", _prf(result["span_exact"][what])
        yield "attribution direct quotes, recall", f"{result['by_kind'][0.5]['direct']['content_recall']:.3f}"
    elif task == "names":
        yield from _names(result)
    else:
        yield "coreference", f"{result['conll']:.3f}"
        yield "coreference mentions", _prf(result["mention"])


def _names(result: Any) -> Iterator[tuple[str, str]]:
    yield "names F1", _prf(result["exact"]["micro"])
    for kind in ("PERSON", "ORG", "LOC"):
        yield f"names {kind} F1", _prf(result["exact"][kind])
    yield "names F1 without types", _prf(result["unlabelled_exact"])


def _prf(value: Any) -> str:
    return f"{value['f1']:.3f}  (P {value['p']:.3f}  R {value['r']:.3f})"


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/eval").resolve()
    if not folder.is_dir():
        sys.exit(f"{folder} is no folder; give the folder of the development sets: make bench-facts EVAL=folder")
    print(f"{'figure':36} {'here':44} to beat")
    for name, value in figures(folder):
        print(f"{name:36} {value:44} {BASELINES.get(name, '')}", flush=True)


if __name__ == "__main__":
    main()
