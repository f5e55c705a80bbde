"""Every row of the lexicon is found by its own example."""

from __future__ import annotations

import re

import pytest

from app.domain.commitment import Form, Plover, Stage
from app.extraction import acts, coreference, entities, sides, statements
from app.extraction.memory import Memory
from app.extraction.said import Said
from app.extraction.scene import Scene
from app.extraction.tables import groups, rows
from app.extraction.triggers import TriggerError, governed_by
from app.language.clauses import Modality
from app.language.names import find_names
from app.language.pipeline import read
from app.language.tables import Row, column
from app.language.tables import rows as language_rows


def found_in(text: str) -> list[tuple[acts.FoundAct, bool]]:
    """The acts of a text, and whether each has two sides."""
    reading = read(text)
    cast = entities.gather(reading, find_names(reading))
    coreference.resolve(cast)
    memory = Memory()
    found = []
    for sentence in reading.sentences:
        scene = Scene(cast, sentence)
        for act in acts.find_acts(scene):
            who = sides.sides_of(scene, act, memory)
            if who.enough:
                memory.note(act, who, sentence.number)
            found.append((act, who.enough))
    return found


def word_of(row: Row) -> str:
    return f"{row['word']} {row['governs']}".strip()


@pytest.mark.parametrize("row", rows("triggers.tsv"), ids=word_of)
def test_a_trigger_finds_its_example_with_two_sides(row: Row) -> None:
    assert row in [act.row for act, enough in found_in(row["example"]) if enough]


@pytest.mark.parametrize("row", rows("formats.tsv"), ids=lambda row: row["words"])
def test_a_format_of_talks_is_found_in_its_example(row: Row) -> None:
    reading = read(row["example"])
    cast = entities.gather(reading, find_names(reading))
    coreference.resolve(cast)
    assert len(row["members"].split("|")) in [len(reference.referents) for reference in cast.references]


@pytest.mark.parametrize("row", rows("stances.tsv"), ids=word_of)
def test_a_stance_governs_an_act_in_its_example(row: Row) -> None:
    governed = [act for act, _ in found_in(row["example"]) if ("stances.tsv", row) in act.firmness.rows]
    assert governed
    assert all(act.negated == (row["negates"] == "yes") for act in governed)


def reported(text: str) -> list[Said]:
    reading = read(text)
    return statements.find_statements(entities.gather(reading, find_names(reading)))


def words_of(row: Row) -> str:
    return "-".join((row["word"], row["part"], row["takes"]))


@pytest.mark.parametrize("row", [row for row in rows("reporting.tsv") if row["part"] != "preposition"], ids=words_of)
def test_a_reporting_row_finds_its_example(row: Row) -> None:
    assert row in [said.row for said in reported(row["example"])]


def test_reporting_rows_name_known_parts_and_kinds() -> None:
    for row in rows("reporting.tsv"):
        assert row["part"] in ("verb", "passive", "noun", "adjective", "preposition")
        assert row["kind"] in ("say", "tell", "urge", "want", "think", "judge")


@pytest.mark.parametrize("table", ["triggers.tsv", "stances.tsv"])
def test_cells_hold_the_words_of_the_vocabulary(table: str) -> None:
    for row in rows(table):
        assert Stage(row["stage"])
        assert row["meaning"]
        assert row["example"].endswith((".", "?"))


def test_triggers_name_known_parts_forms_and_frames() -> None:
    for row in rows("triggers.tsv"):
        assert row["part"] in ("verb", "noun")
        assert row["form"] in ("topic", "relief", "any") or Form(row["form"])
        assert row["frame"] in sides.frames()


def test_every_class_of_modality_has_a_stage_or_is_known_to_have_none() -> None:
    without = {Modality.ABILITY, Modality.PERMISSION, Modality.PHASE}
    assert {Modality(row["class"]) for row in rows("modalities.tsv")} == set(Modality) - without


def test_coding_has_only_codes_of_the_ontologies() -> None:
    for row in rows("coding.tsv"):
        assert Plover(row["plover"])
        assert re.fullmatch(r"\d{3,4}", row["cameo"])


def test_what_a_trigger_governs_names_known_groups() -> None:
    assert governed_by("in|to $talks")
    with pytest.raises(TriggerError, match="nothing"):
        governed_by("$nothing")


def test_no_group_or_title_is_listed_twice() -> None:
    assert len(groups()) == len(rows("words.tsv"))
    kinds = [(row["title"], row["kind"]) for row in language_rows("titles.tsv")]
    assert len(set(kinds)) == len(kinds)
    actors = column("actors.tsv", "word")
    assert len(set(actors)) == len(actors)


def test_every_set_of_small_words_says_what_it_means() -> None:
    assert all(row["meaning"].endswith(".") for row in (*rows("grammar.tsv"), *language_rows("grammar.tsv")))
