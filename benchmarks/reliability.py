"""How far the confidence of commitments is to be trusted, and why labelled acts are missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]


def judged(scorer: Any, gold: list[Record], said: list[Record]) -> Iterator[tuple[float, bool]]:
    """The confidence of each act found, and whether it is right; none in sentences of which careful people differ."""
    answers = {answer["id"]: answer for answer in said}
    for article in gold:
        for number, labels, acts in _by_sentence(scorer, article, answers[article["id"]]["commitments"]):
            if any(c["sentence"] == number and not c.get("sure", True) for c in article["commitments"]):
                continue
            paired = [id(act) for _, act in scorer.pair(labels, acts)] if labels else []
            yield from ((act["confidence"], id(act) in paired) for act in acts)


def _by_sentence(scorer: Any, article: Record, acts: list[Record]) -> Iterator[tuple[int, list[Record], list[Record]]]:
    for number in range(len(article["sentences"])):
        labels = [c for c in article["commitments"] if c["sentence"] == number and c.get("sure", True)]
        here = [a for a in acts if number in {scorer.sentence_of(article, e) for e in a["evidence"]}]
        yield number, labels, here


def figures(scorer: Any, gold: list[Record], said: list[Record]) -> Iterator[tuple[str, str]]:
    """Name and value of each figure: the Brier score, the share right by confidence, and causes of what is missed."""
    cases = list(judged(scorer, gold, said))
    brier = sum((confidence - right) ** 2 for confidence, right in cases) / (len(cases) or 1)
    yield "commitments Brier score", f"{brier:.3f} of {len(cases)}"
    for low in (0.0, 0.5, 0.6, 0.7, 0.8, 0.9):
        high = 0.5 if low == 0 else low + 0.1
        inside = [right for confidence, right in cases if low <= confidence < high]
        if inside:
            yield f"commitments right at {low:.1f} to {high:.1f}", f"{sum(inside) / len(inside):.2f} of {len(inside)}"
    causes = Counter(missed(scorer, gold, said))
    yield "commitments missed, by cause", ", ".join(f"{cause} {count}" for cause, count in causes.most_common())


def missed(scorer: Any, gold: list[Record], said: list[Record]) -> Iterator[str]:
    """Why each labelled act that is missed is: a side is not known, not known to be meant here, or the act not seen."""
    answers = {answer["id"]: answer for answer in said}
    for article in gold:
        answer = answers[article["id"]]
        for number, labels, acts in _by_sentence(scorer, article, answer["commitments"]):
            found = [id(label) for label, _ in scorer.pair(labels, acts)] if labels and acts else []
            for label in labels:
                if id(label) not in found:
                    yield _cause(scorer, article["sentences"][number], label, answer["entities"])


def _cause(scorer: Any, sentence: Record, label: Record, entities: list[Record]) -> str:
    wanted = [scorer.names(party) for party in label["parties"]]
    here = [e for e in entities if any(sentence["start"] <= m["start"] < sentence["end"] for m in e["mentions"])]
    if sum(any(party & scorer.names(e) for e in entities) for party in wanted) < len(wanted):
        return "names"
    if sum(any(party & scorer.names(e) for e in here) for party in wanted) < len(wanted):
        return "coreference"
    return "lexicon, parse or rule"
