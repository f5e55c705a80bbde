"""Corpora to stories: running sentences of words with whatever labels their corpus gives."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Rows = list[list[str]]
Tagged = tuple[Sequence[str], Sequence[str]]
"""Words and their Penn tags."""
UNTAGGED = "?"
TAGGED_OTHERWISE = frozenset({"TO"})
"""Tags of GMB's that the treebanks give to fewer words."""
HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")


@dataclass(slots=True)
class Sentence:
    """A sentence: its words, its CoNLL-U rows where it has a parse, its name tags where names are labelled.

    ``tags``: Penn tags where it has these alone, `UNTAGGED` for words that have none.
    """

    words: list[str]
    rows: Rows | None = None
    names: list[str] | None = None
    tags: list[str] | None = None


@dataclass(slots=True)
class Story:
    """Sentences that follow one another, of one corpus."""

    corpus: str
    sentences: list[Sentence] = field(default_factory=list)


def conllu(path: Path, corpus: str) -> Iterator[Story]:
    """The documents of a CoNLL-U file; rows of multiword tokens and empty nodes are left out."""
    story = Story(corpus)
    rows: Rows = []
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("# newdoc") and story.sentences:
                yield story
                story = Story(corpus)
            elif line.strip() == "" and rows:
                story.sentences.append(Sentence([row[1] for row in rows], rows))
                rows = []
            elif line[0].isdigit():
                row = line.rstrip("\n").split("\t")
                if row[0].isdigit():
                    rows.append(row)
    if story.sentences:
        yield story


def gum(parses: Path, names: Path) -> Iterator[Story]:
    """GUM's documents with both parse and names; raises `ValueError` where the two files' words differ."""
    with names.open(encoding="utf-8") as lines:
        for story in conllu(parses, "gum"):
            for sentence in story.sentences:
                record = json.loads(next(lines))
                if record["tokens"] != sentence.words:
                    raise ValueError(f"{names}: {record['id']} has other words than {parses}")
                sentence.names = record["ner"]
            yield story


def gmb_records(path: Path) -> list[dict[str, Any]]:
    """GMB's sentences as they are kept."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def gmb(records: Iterable[dict[str, Any]]) -> Iterator[Story]:
    """GMB's sentences, a story wherever their numbers run on; hyphenated words come apart as in the other corpora."""
    story, before = Story("gmb"), -1
    for record in records:
        number = int(record["id"].split("-")[1])
        if number != before + 1 and story.sentences:
            yield story
            story = Story("gmb")
        before = number
        words, names, tags = hyphens_apart(record["tokens"], record["ner"], record["xpos"])
        story.sentences.append(Sentence(words, names=names, tags=tags))
    if story.sentences:
        yield story


def hyphens_apart(words: list[str], names: list[str], tags: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Words such as "al-Qaida" as three, a name running over them; what was one word has no tag as three."""
    parted: list[str] = []
    named: list[str] = []
    tagged: list[str] = []
    for word, name, tag in zip(words, names, tags, strict=True):
        pieces = [piece for part in HYPHEN.split(word) for piece in (part, "-")][:-1]
        parted.extend(pieces)
        named.extend([name, *(["I" + name[1:] if name != "O" else "O"] * (len(pieces) - 1))])
        tagged.extend([tag if len(pieces) == 1 and tag not in TAGGED_OTHERWISE else UNTAGGED] * len(pieces))
    return parted, named, tagged
