from __future__ import annotations

import pytest
from spacy.tokens import Span

from app.language.clauses import Clause, clauses
from app.language.pipeline import read
from app.language.tables import Row, rows
from tests.language.clause_bench import Case, cases, faults


def sentences(text: str) -> list[Span]:
    reading = read(text)
    return [reading.parse(sentence) for sentence in reading.sentences]


def found(text: str) -> list[Clause]:
    return [clause for sentence in sentences(text) for clause in clauses(sentence)]


@pytest.mark.parametrize("case", [case for case in cases() if not case.misread], ids=lambda case: case.text)
def test_sentence_yields_its_clauses(case: Case) -> None:
    assert faults(case, sentences(case.text)) == []


@pytest.mark.parametrize("row", rows("modality.tsv"), ids=lambda row: f"{row['word']} {row['part']}")
def test_word_of_modality_governs_in_its_example(row: Row) -> None:
    classes = [modal.modality for clause in found(row["example"]) for modal in clause.modality]
    assert row["class"] in classes


@pytest.mark.parametrize("row", rows("light_verbs.tsv"), ids=lambda row: f"{row['verb']} {row['noun']}")
def test_light_verb_lends_its_sides_in_its_example(row: Row) -> None:
    nouns = [clause for clause in found(row["example"]) if clause.light is not None]
    assert any(clause.by("with", "to") or clause.subjects for clause in nouns)


@pytest.mark.parametrize("row", rows("speech_verbs.tsv"), ids=lambda row: row["verb"])
def test_speech_verb_governs_what_is_said_in_its_example(row: Row) -> None:
    saying = [clause for clause in found(row["example"]) if clause.lemma == row["verb"]]
    held = [clause for clause in found(row["example"]) if clause.lemma == "hold"]
    assert [clause.parent for clause in held] == [clause.index for clause in saying]
