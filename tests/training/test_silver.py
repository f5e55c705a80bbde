from __future__ import annotations

from training.corpora import Sentence, Story, hyphens_apart
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


def test_a_name_runs_over_its_hyphens() -> None:
    assert hyphens_apart(["al-Masri", "left"], ["B-PERSON", "O"]) == (
        ["al", "-", "Masri", "left"],
        ["B-PERSON", "I-PERSON", "I-PERSON", "O"],
    )
