"""Repairs of silver name labels: a name that is nearly always one thing is that thing, or its label does not count.

About one in ten of GMB's labels is wrong. Over the whole corpus most are outvoted by the other mentions of the same
name; tables of countries, organisations and leaders outvote all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from app.language.geography import PlaceWord, country_words
from app.language.tables import rows
from training.corpora import Sentence, Story

SEEN = 4
"""How often a name must be labelled before its labels vote."""
SHARE = 0.8
"""Share of the votes that settles a name."""
UNCERTAIN = "?"
"""The tag of a word whose label does not count."""
SETTLED = {"MISC": UNCERTAIN, "DATE": "O"}
"""Labels that only some corpora have: one is not learned from, the other is no name."""

Name = tuple[int, int, str]


def spans(tags: list[str]) -> Iterator[Name]:
    """The names of BIO tags: first word, word behind the last, type."""
    start = None
    for at, tag in enumerate([*tags, "O"]):
        if start is not None and not (tag.startswith("I-") and tag[2:] == tags[start][2:]):
            yield start, at, tags[start][2:]
            start = None
        if tag.startswith("B-"):
            start = at


def known_names() -> dict[str, str]:
    """What the tables of the language room say that a name is, by the name in lower case."""
    known = {words.words.lower(): "GPE" for words in country_words() if words.kind is not PlaceWord.SEAT}
    known.update({w.words.lower(): "NORP" for w in country_words() if w.kind is PlaceWord.DEMONYM})
    for row in rows("organizations.tsv"):
        if row["kind"] != "region":
            known.update({name.lower(): "ORG" for name in (row["name"], *row["aliases"].split("|")) if name})
    for row in rows("leaders.tsv"):
        known.update({name.lower(): "PERSON" for name in row["names"].split("|")})
    return known


def repair(stories: list[Story]) -> dict[str, int]:
    """Mend the names of the stories in place; how many were changed, are no names (dates), or no longer count."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    sentences = [s for story in stories for s in story.sentences if s.names]
    for sentence in sentences:
        for start, end, kind in spans(sentence.names or []):
            votes[" ".join(sentence.words[start:end]).lower()][kind] += 1
    settled = {}
    for name, counts in votes.items():
        kind, most = counts.most_common(1)[0]
        if sum(counts.values()) >= SEEN and most >= SHARE * sum(counts.values()) and kind not in SETTLED:
            settled[name] = kind
    settled.update(known_names())
    done = Counter[str]()
    for sentence in sentences:
        _repair(sentence, settled, done)
    return dict(done)


def _repair(sentence: Sentence, settled: dict[str, str], done: Counter[str]) -> None:
    tags = sentence.names or []
    for start, end, kind in list(spans(tags)):
        right = settled.get(" ".join(sentence.words[start:end]).lower(), SETTLED.get(kind, kind))
        if right == kind:
            continue
        if right in SETTLED.values():
            done["no name" if right == "O" else "not counted"] += 1
            tags[start:end] = [right] * (end - start)
        else:
            done["changed"] += 1
            tags[start:end] = [f"B-{right}", *[f"I-{right}"] * (end - start - 1)]
    for at, (word, tag) in enumerate(zip(sentence.words, tags, strict=True)):
        alone = (at == 0 or tags[at - 1] == "O") and (at + 1 == len(tags) or tags[at + 1] == "O")
        if tag == "O" and at and alone and word[:1].isupper() and word.lower() in settled:
            tags[at] = UNCERTAIN
            done["not counted"] += 1
