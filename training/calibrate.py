"""Fits the confidence of commitments on labelled windows that the reader was not trained on, and writes its table.

usage: python -m training.calibrate CORPUS.jsonl LEFT_OUT.json      (the windows' ids, as training.train leaves them)

Logistic regression with a ridge; the figures printed are those of windows left out of the fit in turn, tenfold.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import numpy as np

from app.extraction import affiliation, commitments, coreference, entities
from app.extraction.confidence import Signs
from app.extraction.memory import Memory
from app.extraction.tables import rows
from app.language.names import find_names
from app.language.pipeline import load_pipeline

Record = dict[str, Any]
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

TABLE = Path("app/extraction/lexicon/confidence.tsv")
RIDGE = 1.0
FOLDS = 10


def cases(window: Record) -> Iterator[tuple[Signs, bool]]:
    """The acts found in a window with their signs, and whether each is right; none where careful people differ."""
    reading = load_pipeline().read(window["text"])
    cast = entities.gather(reading, find_names(reading))
    affiliation.affiliate(cast)
    coreference.resolve(cast)
    for found in commitments.candidates(cast, Memory()):
        first, last = found.act.words
        begin, end = reading.tokens[first].start, reading.tokens[last - 1].end
        met = [c for c in window["commitments"] if c["start"] < end and begin < c["end"]]
        if any(c["sure"] for c in met):
            yield found.signs, True
        elif not met and not _doubtful(window, begin):
            yield found.signs, False


def _doubtful(window: Record, at: int) -> bool:
    """Whether the sentence holds a label of which careful people are not sure."""
    unsure = {c["sentence"] for c in window["commitments"] if not c["sure"]}
    return any(s["start"] <= at < s["end"] for number, s in enumerate(window["sentences"]) if number in unsure)


def fit(signs: Floats, right: Floats) -> Floats:
    """Weights of ``signs`` [cases, signs] and, first, the bias, by Newton's method."""
    inputs = np.column_stack([np.ones(len(signs)), signs])
    weights = np.zeros(inputs.shape[1])
    ridge = RIDGE * np.eye(len(weights))
    ridge[0, 0] = 0.01
    for _ in range(50):
        shares = probabilities(weights, signs)
        slope = inputs.T @ (right - shares) - ridge @ weights
        curve = (inputs * (shares * (1 - shares))[:, None]).T @ inputs + ridge
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def probabilities(weights: Floats, signs: Floats) -> Floats:
    """The probability of each case [cases]."""
    odds: Floats = weights[0] + signs @ weights[1:]
    return 1 / (1 + np.exp(-odds))


def report(shares: Floats, right: Floats) -> None:
    """Print the Brier score and how often cases are right by their probability."""
    print(
        f"Brier score {np.mean((shares - right) ** 2):.3f}, of {len(right)} cases of which {right.mean():.2f} are right"
    )
    for low in np.arange(0, 1, 0.2):
        inside = (shares >= low) & (shares < low + 0.2)
        if inside.any():
            print(f"{low:.1f} to {low + 0.2:.1f}: {right[inside].mean():.2f} of {inside.sum()} are right")


def write(weights: Floats) -> None:
    """Put the weights into the table, whose other cells stay."""
    names = ["bias", *(field.name for field in fields(Signs))]
    values = dict(zip(names, weights, strict=True))
    heading = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith(("#", "sign\t"))]
    lines = [f"{row['sign']}\t{values[row['sign']]:.2f}\t{row['meaning']}" for row in rows("confidence.tsv")]
    TABLE.write_text("\n".join([*heading, *lines]) + "\n", "utf-8")


def main() -> None:
    """Fit, report and write."""
    corpus, left_out = Path(sys.argv[1]), Path(sys.argv[2])
    wanted = set(json.loads(left_out.read_text("utf-8")))
    windows = [
        record for line in corpus.read_text("utf-8").splitlines() if (record := json.loads(line))["id"] in wanted
    ]
    found = [(astuple(signs), right, at) for at, window in enumerate(windows) for signs, right in cases(window)]
    signs, right = np.array([f[0] for f in found]), np.array([float(f[1]) for f in found])
    fold = np.array([f[2] % FOLDS for f in found])
    shares = np.zeros(len(right))
    for number in range(FOLDS):
        shares[fold == number] = probabilities(fit(signs[fold != number], right[fold != number]), signs[fold == number])
    report(shares, right)
    write(fit(signs, right))


if __name__ == "__main__":
    main()
