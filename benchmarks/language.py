"""How well and how fast the language model reads: python -m benchmarks.language [EVAL FOLDER] [CORPORA FOLDER].

Prints each figure beside its target and what others reach. The labelled sets lie outside the repository.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from spacy.tokens import Span

from app.domain.article import Article
from app.domain.entity import MentionForm
from app.extraction.extractor import EntenteExtractor
from app.language.pipeline import Pipeline, load_pipeline
from app.language.shipped import shipped_model
from tests.language.clause_bench import score

COLUMNS = {"las": "LAS", "uas": "UAS", "xpos": "XPOS", "upos": "UPOS", "lemma": "lemmas"}
TARGETS = {"ewt_dev": 0.90, "gum_dev": 0.895, "gum_dev_news": 0.90}
TRIED = {"ewt_dev": "89.3 91.7 96.1", "gum_dev": "88.9 91.3 96.9", "gum_dev_news": "89.2 91.6 97.0"}


@dataclass(frozen=True, slots=True)
class Gold:
    """A sentence of a treebank: its words' rows, and its text as it stood."""

    rows: list[list[str]]
    text: str
    paragraph: bool


def treebank(path: Path) -> Iterator[Gold]:
    """The sentences of a CoNLL-U file."""
    rows: list[list[str]] = []
    text, paragraph = "", False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# text = "):
            text = line[len("# text = ") :]
        elif line.startswith(("# newpar", "# newdoc")):
            paragraph = True
        elif not line and rows:
            yield Gold(rows, text, paragraph)
            rows, paragraph = [], False
        elif line[:1].isdigit() and line.split("\t", 1)[0].isdigit():
            rows.append(line.split("\t"))


def parse_figures(pipeline: Pipeline, path: Path) -> dict[str, float]:
    """Shares of words right, with gold words and sentences; labels with subtypes, punctuation counted."""
    right: Counter[str] = Counter()
    words = 0
    held: list[Gold] = []
    for gold in [*treebank(path), None]:
        if gold is not None:
            held.append(gold)
        if gold is not None and len(held) < 200:
            continue
        doc = pipeline.parse([[row[1] for row in g.rows] for g in held])
        at = 0
        for g in held:
            for row, token in zip(g.rows, doc[at : at + len(g.rows)], strict=True):
                head = 0 if token.head.i == token.i else token.head.i - at + 1
                label = "root" if head == 0 else token.dep_
                right["uas"] += head == int(row[6])
                right["las"] += head == int(row[6]) and label == row[7]
                right["xpos"] += token.tag_ == row[4]
                right["upos"] += token.pos_ == row[3]
                right["lemma"] += token.lemma_.lower() == row[2].lower()
            at += len(g.rows)
            words += len(g.rows)
        held = []
    return {name: right[name] / words for name in COLUMNS}


def sentence_starts(pipeline: Pipeline, path: Path) -> float:
    """F1 of where sentences start in raw text, paragraphs kept."""
    paragraphs: list[list[str]] = []
    for gold in treebank(path):
        if gold.paragraph or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(gold.text)
    wanted, at = set[int](), 0
    for paragraph in paragraphs:
        for sentence in paragraph:
            wanted.add(at)
            at += len(sentence) + 1
        at += 1
    text = "\n\n".join(" ".join(paragraph) for paragraph in paragraphs)
    found = {sentence.start for sentence in pipeline.read(text).sentences}
    return 2 * len(wanted & found) / (len(wanted) + len(found))


Names = list[dict[str, Any]]


def name_figures(
    pipeline: Pipeline, folder: Path, scorer: Any, found: Callable[[Pipeline, dict[str, Any]], Names]
) -> dict[str, float]:
    """Exact F1 by type, and without types."""
    docs = []
    for line in (folder / "entities" / "worldwide_dev.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        docs.append((record["entities"], found(pipeline, record)))
    report = scorer.ner_report(docs)
    figures = {kind: score["f1"] for kind, score in report["exact"].items()}
    return figures | {"spans": report["unlabelled_exact"]["f1"]}


def model_names(pipeline: Pipeline, record: dict[str, Any]) -> Names:
    """The names that the model finds."""
    reading = pipeline.read(record["text"])
    return [
        {"start": reading.tokens[e.start].start, "end": reading.tokens[e.end - 1].end, "label": e.label_}
        for e in reading.parsed.ents
    ]


KINDS = {"person": "PERSON", "organization": "ORG", "country": "GPE", "place": "LOC"}


def pipeline_names(pipeline: Pipeline, record: dict[str, Any]) -> Names:
    """The names among the entities of the whole pipeline, as `entente extract` prints them."""
    facts = EntenteExtractor(pipeline.folder).extract(Article(record["text"]))
    return [
        {"start": m.span.start, "end": m.span.end, "label": KINDS[e.type]}
        for e in facts.entities
        if e.type in KINDS
        for m in e.mentions
        if m.form is MentionForm.NAME
    ]


def sentences_of(pipeline: Pipeline, text: str) -> list[Span]:
    """The parsed sentences of a text."""
    reading = pipeline.read(text)
    return [reading.parse(sentence) for sentence in reading.sentences]


def speed(pipeline: Pipeline, texts: list[str]) -> tuple[float, float]:
    """Words a second over all texts, and milliseconds for an article of about 400 words; medians of five."""
    article = max((t for t in texts if len(t.split()) < 420), key=len)
    rates, times = [], []
    for _ in range(5):
        began = time.perf_counter()
        words = sum(len(pipeline.read(text).tokens) for text in texts)
        rates.append(words / (time.perf_counter() - began))
        began = time.perf_counter()
        pipeline.read(article)
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(rates), statistics.median(times)


ALONE = """
import json, sys, time
from pathlib import Path
began = time.perf_counter()
from app.domain.article import Article
from app.domain.entity import MentionForm
from app.extraction.extractor import EntenteExtractor
from app.language.pipeline import load_pipeline
pipeline = load_pipeline(Path(sys.argv[1]))
loaded = time.perf_counter() - began
for line in sys.stdin:
    pipeline.read(json.loads(line)["text"])
pages = int(Path("/proc/self/statm").read_text().split()[1])
print(loaded, pages * 4096 / 1e6)
"""
"""Loads the model and reads articles in a process that does nothing else: seconds to load, MB resident at the end."""


def footprint(model: Path, articles: str) -> tuple[float, float]:
    """Seconds to load and MB resident; medians of three processes."""
    runs = []
    for _ in range(3):
        command = [sys.executable, "-c", ALONE, str(model)]
        done = subprocess.run(command, input=articles, capture_output=True, text=True, check=True)
        runs.append([float(figure) for figure in done.stdout.split()])
    loaded, resident = (statistics.median(column) for column in zip(*runs, strict=True))
    return loaded, resident


def main() -> None:
    """Print the table."""
    evaluation = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/eval")
    corpora = Path(sys.argv[2] if len(sys.argv) > 2 else evaluation.parent / "corpora")
    model = Path(sys.argv[3]) if len(sys.argv) > 3 else shipped_model()
    pipeline = load_pipeline(model)
    row = "{:28} {:>56}   {}".format
    print(row("figure", "here", "target; others"))
    for name, target in TARGETS.items():
        figures = parse_figures(pipeline, corpora / "parse" / f"{name}.conllu")
        shown = "  ".join(f"{COLUMNS[k]} {100 * v:.1f}" for k, v in figures.items())
        print(row(name, shown, f"LAS {100 * target:.1f}; tried before {TRIED[name]}"), flush=True)
    starts = sentence_starts(pipeline, corpora / "parse" / "gum_dev_news.conllu")
    print(row("sentence starts, gum_dev_news", f"F1 {100 * starts:.1f}", "97.0"))
    sys.path.insert(0, str(evaluation))
    for whose, found in (("by the model alone", model_names), ("", pipeline_names)):
        names = name_figures(pipeline, evaluation, import_module("score"), found)
        shown = "  ".join(f"{k} {100 * names[k]:.1f}" for k in ("micro", "PERSON", "ORG", "LOC", "spans"))
        print(row(f"names {whose}".strip(), shown, "micro 76; en_core_web_sm 63.1, tried before 69.4"), flush=True)
    articles = (evaluation / "entities" / "worldwide_dev.jsonl").read_text(encoding="utf-8")
    rate, once = speed(pipeline, [json.loads(line)["text"] for line in articles.splitlines()])
    print(row("words a second, one core", f"{rate:,.0f}", "5,000"))
    print(row("one article of 400 words", f"{once:.0f} ms", "120 ms"))
    loaded, resident = footprint(model, articles)
    print(row("loading, with all imports", f"{loaded:.2f} s", "1.5 s"))
    print(row("resident", f"{resident:.0f} MB", "350 MB"))
    size = sum(f.stat().st_size for f in model.rglob("*") if f.is_file())
    print(row("size of the model", f"{size / 1e6:.1f} MB", "30 MB"))
    clauses = score(lambda text: sentences_of(pipeline, text))
    print(row("clauses of the bench", f"{clauses.passed} of {clauses.total}", ""))


if __name__ == "__main__":
    main()
