from __future__ import annotations

import json
from pathlib import Path

from training.corpora import UNTAGGED, Sentence, Story, hyphens_apart
from training.marks import marked_windows
from training.silver import UNCERTAIN, repair


def mentions(tag: str, times: int) -> list[Sentence]:
    return [Sentence(["Yesterday", "Grelka", "spoke"], names=["O", tag, "O"]) for _ in range(times)]


def test_a_label_that_nearly_all_others_contradict_is_changed() -> None:
    stories = [Story("gmb", [*mentions("B-ORG", 1), *mentions("B-PERSON", 9)])]
    repair(stories)
    assert {sentence.names[1] for sentence in stories[0].sentences if sentence.names} == {"B-PERSON"}


def test_a_name_that_is_left_out_once_does_not_count() -> None:
    stories = [Story("gmb", [*mentions("O", 1), *mentions("B-PERSON", 9)])]
    repair(stories)
    assert stories[0].sentences[0].names == ["O", UNCERTAIN, "O"]


def test_a_name_in_dispute_keeps_its_labels() -> None:
    stories = [Story("gmb", [*mentions("B-ORG", 4), *mentions("B-PERSON", 5)])]
    repair(stories)
    assert [s.names[1] for s in stories[0].sentences if s.names] == ["B-ORG"] * 4 + ["B-PERSON"] * 5


def test_a_name_runs_over_its_hyphens_and_what_was_one_word_has_no_tag_as_three() -> None:
    assert hyphens_apart(["al-Masri", "left", "to"], ["B-PERSON", "O", "O"], ["NNP", "VBD", "TO"]) == (
        ["al", "-", "Masri", "left", "to"],
        ["B-PERSON", "I-PERSON", "I-PERSON", "O", "O"],
        [UNTAGGED, UNTAGGED, UNTAGGED, "VBD", UNTAGGED],
    )


def test_words_of_a_labelled_window_have_the_tags_of_the_same_words(tmp_path: Path) -> None:
    text = "Oslo can't sign peace-making pacts."
    record = {"id": "w", "gmb": ["gmb-7"], "text": text, "commitments": []}
    path = tmp_path / "windows.jsonl"
    path.write_text(json.dumps(record | {"sentences": [{"start": 0, "end": len(text)}]}))
    words = ["Oslo", "can", "not", "sign", "peace-making", "pacts", "."]
    tagged = {"gmb-7": (words, ["NNP", "MD", "RB", "VB", "JJ", "NNS", "."])}
    (window,) = marked_windows(path, tagged)
    (sentence,) = window.sentences
    tags = dict(zip(sentence.words, sentence.tags or [], strict=True))
    assert {word: tags[word] for word in ("Oslo", "sign", "pacts", ".")} == {
        "Oslo": "NNP", "sign": "VB", "pacts": "NNS", ".": ".",
    }  # fmt: skip
    assert tags["n't"] == tags["making"] == UNTAGGED
