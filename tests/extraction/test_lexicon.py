"""Every row of the lexicon is found by its own example."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from app.domain.commitment import Form, Plover, Stage
from app.extraction import acts, coreference, entities, sides, statements
from app.extraction.parties import Scene
from app.extraction.patterns import PatternError, parse
from app.extraction.said import Said
from app.extraction.tables import groups, rows
from app.language.names import find_names
from app.language.pipeline import read
from app.language.tables import Row, column
from app.language.tables import rows as language_rows


def scenes(text: str) -> Iterator[Scene]:
    reading = read(text)
    cast = entities.gather(reading, find_names(reading))
    coreference.resolve(cast)
    for sentence in reading.sentences:
        yield Scene(cast, sentence, cast.within(sentence.first, sentence.last))


def pattern_of(row: Row) -> str:
    return row["pattern"]


@pytest.mark.parametrize("row", rows("triggers.tsv"), ids=pattern_of)
def test_a_trigger_finds_its_example_with_two_sides(row: Row) -> None:
    memory = sides.Memory()
    found = []
    for scene in scenes(row["example"]):
        for act in acts.find_acts(scene):
            who = sides.sides_of(scene, act, memory)
            if who.enough:
                memory.note(act, who)
                found.append(act.row)
    assert row in found


@pytest.mark.parametrize("row", rows("stances.tsv"), ids=pattern_of)
def test_a_stance_governs_an_act_in_its_example(row: Row) -> None:
    found = [act for scene in scenes(row["example"]) for act in acts.find_acts(scene)]
    assert any(stance.row == row for act in found for stance in act.stances)
    assert all(act.negated == (row["negates"] == "yes") for act in found if any(s.row == row for s in act.stances))


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
        assert row["form"] in ("topic", "relief") or Form(row["form"])
        assert row["frame"] in sides.frames()


def test_coding_has_only_codes_of_the_ontologies() -> None:
    for row in rows("coding.tsv"):
        assert Plover(row["plover"])
        assert re.fullmatch(r"\d{3,4}", row["cameo"])


@pytest.mark.parametrize("pattern", ["$nothing of", "* talks"])
def test_a_pattern_that_cannot_be_read_is_named(pattern: str) -> None:
    with pytest.raises(PatternError, match=re.escape(pattern.split()[0])):
        list(parse(pattern))


def test_no_group_or_title_is_listed_twice() -> None:
    assert len(groups()) == len(rows("words.tsv"))
    kinds = [(row["title"], row["kind"]) for row in language_rows("titles.tsv")]
    assert len(set(kinds)) == len(kinds)
    actors = column("actors.tsv", "word")
    assert len(set(actors)) == len(actors)


def test_every_set_of_small_words_says_what_it_means() -> None:
    assert all(row["meaning"].endswith(".") for row in (*rows("grammar.tsv"), *language_rows("grammar.tsv")))
