"""Corpora to stories: running sentences of words with whatever labels their corpus gives."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

Rows = list[list[str]]
HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")


@dataclass(slots=True)
class Sentence:
    """A sentence: its words, its CoNLL-U rows where it has a parse, its name tags where names are labelled."""

    words: list[str]
    rows: Rows | None = None
    names: list[str] | None = None


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


def gmb(path: Path) -> Iterator[Story]:
    """GMB's sentences, a story wherever their numbers run on; hyphenated words come apart as in the other corpora."""
    story, before = Story("gmb"), -1
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            number = int(record["id"].split("-")[1])
            if number != before + 1 and story.sentences:
                yield story
                story = Story("gmb")
            before = number
            words, names = hyphens_apart(record["tokens"], record["ner"])
            story.sentences.append(Sentence(words, names=names))
    if story.sentences:
        yield story


def hyphens_apart(words: list[str], names: list[str]) -> tuple[list[str], list[str]]:
    """Words such as "al-Qaida" as three, a name running over them."""
    parted: list[str] = []
    tags: list[str] = []
    for word, tag in zip(words, names, strict=True):
        pieces = [piece for part in HYPHEN.split(word) for piece in (part, "-")][:-1]
        parted.extend(pieces)
        tags.extend([tag, *(["I" + tag[1:] if tag != "O" else "O"] * (len(pieces) - 1))])
    return parted, tags
