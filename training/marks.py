"""Labelled commitments and attributions as marks on words: triggers, their stage and form, who takes part, who says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import spacy

from app.language.geography import PlaceWord, country_words
from app.language.tables import rows
from training.corpora import TAGGED_OTHERWISE, UNTAGGED, Sentence, Story, Tagged
from training.labels import FORMS, IGNORE, STAGES


@dataclass(slots=True)
class Trigger:
    """The words of an act, and what other words of its sentence are to it, where that is known.

    ``roles``: numbers of `training.labels.ROLES`; ``speaker``: 1 where the word names who says it.
    """

    words: list[int]
    stage: int
    form: int
    negated: int
    roles: dict[int, int] = field(default_factory=dict)
    speaker: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class MarkedStory(Story):
    """A labelled window: marks by word of the whole window."""

    trigger: list[int] = field(default_factory=list)
    attribution: list[int] = field(default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)
    id: str = ""


Place = tuple[int, int, int]
"""Start, end and sentence of a word."""

KINDS = {"source": 1, "cue": 3, "content": 5}


def marked_windows(path: Path, tagged: Mapping[str, Tagged]) -> Iterator[MarkedStory]:
    """The windows of ``commitments/train.jsonl`` on spaCy's words; ``tagged``: GMB's sentences by their ids."""
    tokenizer = spacy.blank("en").tokenizer
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield _marked(json.loads(line), tokenizer, tagged)


def _marked(record: dict[str, Any], tokenizer: Any, tagged: Mapping[str, Tagged]) -> MarkedStory:
    story = MarkedStory("marks", id=record["id"])
    places: list[Place] = []
    for number, sentence in enumerate(record["sentences"]):
        words = []
        for token in tokenizer(record["text"][sentence["start"] : sentence["end"]]):
            if not token.is_space:
                start = sentence["start"] + token.idx
                places.append((start, start + len(token.text), number))
                words.append(token.text)
        here = places[len(places) - len(words) :]
        tags = _tags(record["text"], sentence["start"], here, tagged.get(record["gmb"][number], ((), ())))
        story.sentences.append(Sentence(words, tags=tags))
    story.trigger = [0] * len(places)
    for label in sorted(record["commitments"], key=lambda c: c["start"] - c["end"]):
        covered = _covered(places, label["start"], label["end"])
        for at in covered:
            story.trigger[at] = IGNORE if not label["sure"] else (1 if at == covered[0] else 2)
        if label["sure"] and covered:
            story.triggers.append(_trigger(record, label, covered, places))
    story.attribution = _attributions(record.get("attributions"), places)
    return story


def _tags(text: str, begin: int, places: list[Place], tagged: Tagged) -> list[str]:
    """The tags of the words at the places, where GMB has the same words."""
    tags, at = {}, begin
    for word, tag in zip(*tagged, strict=True):
        start = text.find(word, at)
        if start >= 0:
            at = start + len(word)
            tags[start, at] = tag
    found = [tags.get((start, end), UNTAGGED) for start, end, _ in places]
    return [UNTAGGED if tag in TAGGED_OTHERWISE else tag for tag in found]


def _attributions(labels: list[dict[str, Any]] | None, places: list[Place]) -> list[int]:
    """Tags by word; of windows whose attributions nobody has labelled, none counts."""
    tags = [IGNORE if labels is None else 0] * len(places)
    for label in labels or []:
        for kind, base in KINDS.items():
            for start, end in label[kind]:
                covered = _covered(places, start, end)
                for at in covered:
                    tags[at] = base + (at != covered[0])
    return tags


def _covered(places: list[Place], start: int, end: int) -> list[int]:
    return [i for i, (s, e, _) in enumerate(places) if s < end and start < e]


def _trigger(record: dict[str, Any], label: dict[str, Any], covered: list[int], places: list[Place]) -> Trigger:
    trigger = Trigger(covered, STAGES.index(label["stage"]), FORMS.index(label["form"]), int(bool(label["negated"])))
    here = [i for i, place in enumerate(places) if place[2] == label["sentence"]]
    text = record["text"]
    initiators, parties = _ways(label["initiators"]), _ways(label["parties"])
    for words, party in _mentions([text[places[i][0] : places[i][1]].lower() for i in here]):
        role = 1 if party & initiators else 2 if party & parties else 0
        for word in words:
            trigger.roles[here[word]] = role
    said = label["speaker"] or ""
    first = record["sentences"][label["sentence"]]["start"]
    at = text.find(said, first, record["sentences"][label["sentence"]]["end"]) if said else -1
    for i in here:
        if text[places[i][0] : places[i][1]].isalnum():
            inside = at >= 0 and at <= places[i][0] and places[i][1] <= at + len(said)
            if inside or not said or at >= 0:
                trigger.speaker[i] = int(inside)
    return trigger


def _ways(parties: list[str]) -> frozenset[str]:
    return frozenset(way.strip().upper() for party in parties for way in party.split("|"))


@cache
def _gazetteer() -> dict[tuple[str, ...], frozenset[str]]:
    """Words that name a country, its people, capital, leaders or a body, to all ways of naming that party."""
    found: dict[tuple[str, ...], frozenset[str]] = {}

    def add(name: str, ways: frozenset[str]) -> None:
        words = tuple(token.text.lower() for token in _blank()(name))
        found[words] = found.get(words, frozenset()) | ways

    for entry in country_words():
        if entry.kind in (PlaceWord.NAME, PlaceWord.DEMONYM, PlaceWord.CAPITAL, PlaceWord.SEAT):
            add(entry.words, frozenset({entry.code}))
    for row in rows("leaders.tsv"):
        for name in row["names"].split("|"):
            for words in (name, name.split()[-1]):
                add(words, frozenset({row["country"]}))
    for row in rows("organizations.tsv"):
        names = [row["name"], *filter(None, row["aliases"].split("|"))]
        ways = frozenset(n.upper() for n in (*names, *filter(None, [row["country"]])))
        for name in names:
            add(name, ways)
    return found


@cache
def _blank() -> Any:
    return spacy.blank("en").tokenizer


def _mentions(words: list[str]) -> Iterator[tuple[range, frozenset[str]]]:
    """The longest known names among the words of a sentence."""
    known, at = _gazetteer(), 0
    while at < len(words):
        for length in range(min(6, len(words) - at), 0, -1):
            party = known.get(tuple(words[at : at + length]))
            if party:
                yield range(at, at + length), party
                break
        else:
            length = 1
        at += length
