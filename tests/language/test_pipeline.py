"""The shipped model, on raw text as the web has it."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from app.language.broken import BrokenModel
from app.language.pipeline import Reading, load_pipeline, read
from app.language.reader import LONGEST_SENTENCE, LONGEST_WINDOW
from app.language.shipped import READER, shipped_model

STORIES = (
    "LISBON, March 3 — Portugal's foreign minister said on Monday that Lisbon and Rabat would sign a fisheries accord.",
    "“We are ready to talk,” said Ana Duarte, who leads them.\n\nHer counterpart, Gen. Omar Haddad, kept silent.",
    "Peru sent two frigates to the exercise. Chile sent none.\n\n- The navies met off Callao.\n- They part on Friday.",
    "THE KING OF TONGA VISITS FIJI\n\nThe visit lasts three days.",
    "Kenya",
)


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in read(text).sentences]


def analysis(reading: Reading) -> list[object]:
    words = [
        (t.tag_, t.lemma_, t.head.i, t.dep_, t.ent_iob_, t.ent_type_, bool(t.is_sent_start)) for t in reading.parsed
    ]
    marks = reading.marks
    return [
        words,
        [(t.first, t.last, t.probability) for t in marks.triggers],
        marks.attributions,
        marks.acting.tolist(),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained. It stopped.", ["It rained.", "It stopped."]),
        ("Gen. Ruiz met Lt. Col. Soto on Friday. They left.", ["Gen. Ruiz met Lt. Col. Soto on Friday.", "They left."]),
        ("He lives in the U.S. and works for the U.N. there.", ["He lives in the U.S. and works for the U.N. there."]),
        ("The talks failed.The envoy left at once.", ["The talks failed.", "The envoy left at once."]),
        ("RIYADH: The king received the envoy.", ["RIYADH: The king received the envoy."]),
        ("No stop at the end\n\nof this line", ["No stop at the end", "of this line"]),
        ("  \n ", []),
    ],
)
def test_text_falls_into_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_blank_line_ends_a_sentence_and_a_paragraph() -> None:
    reading = read("The ministers of Fiji and Tonga\n\nmet in Suva")
    assert [(s.paragraph, s.first) for s in reading.sentences] == [(0, 0), (1, 6)]


@given(st.text(st.characters(codec=None), max_size=120))
@settings(deadline=None, max_examples=60)
def test_any_text_is_read(text: str) -> None:
    reading = read(text)
    covered = [i for s in reading.sentences for i in range(s.first, s.last)]
    assert covered == sorted(set(covered))
    assert len(reading.parsed) == len(reading.tokens)
    assert all(token.text == word.text for token, word in zip(reading.parsed, reading.tokens, strict=True))
    for sentence in reading.sentences:
        roots = [t for t in reading.parse(sentence) if t.head == t]
        assert len(roots) == 1
        assert all(any(a == roots[0] for a in (t, *t.ancestors)) for t in reading.parse(sentence))


def test_a_text_reads_the_same_whatever_is_read_beside_it() -> None:
    alone = [analysis(read(text)) for text in STORIES]
    with ThreadPoolExecutor(2) as pool:
        crowd = [analysis(reading) for reading in pool.map(read, STORIES * 13)]
    assert crowd == alone * 13


def test_a_sentence_longer_than_a_window_is_read_whole() -> None:
    listed = ", ".join(f"the port of {name}" for name in ["Suva", "Apia", "Lima", "Oran", "Bari", "Riga"] * 10)
    reading = read(f"The ministers of Fiji and Samoa promised to modernise {listed}.")
    assert len(reading.tokens) > LONGEST_WINDOW
    assert len(reading.sentences) == 1
    root = next(t for t in reading.parsed if t.head == t)
    assert root.text == "promised"
    assert [t.text for t in root.children if t.dep_ == "nsubj"] == ["ministers"]


def test_a_sentence_longer_than_any_of_news_is_cut() -> None:
    listed = ", ".join(f"the port of {name}" for name in ["Suva", "Apia", "Lima", "Oran", "Bari", "Riga"] * 60)
    reading = read(f"The ministers of Fiji and Samoa promised to modernise {listed}.")
    assert len(reading.sentences) > 1
    assert max(s.last - s.first for s in reading.sentences) <= LONGEST_SENTENCE
    assert [s.first for s in reading.sentences[1:]] == [s.last for s in reading.sentences[:-1]]


def test_who_does_what_to_whom_is_parsed() -> None:
    words = {t.text: t for t in read("The envoy from Oslo was received by the president of Malta.").parsed}
    assert (words["envoy"].dep_, words["envoy"].head.text) == ("nsubj:pass", "received")
    assert (words["president"].dep_, words["president"].head.text) == ("obl:agent", "received")
    assert (words["received"].tag_, words["received"].lemma_) == ("VBN", "receive")


def test_names_are_found_and_words_that_name_nobody_are_not() -> None:
    reading = read(
        "Foreign Minister Teresa Nkomo of Botswana flew to Geneva. The talks on copper prices went on for hours."
    )
    assert [(e.text, e.label_) for e in reading.parsed.ents] == [
        ("Teresa Nkomo", "PERSON"),
        ("Botswana", "GPE"),
        ("Geneva", "GPE"),
    ]


def test_acts_of_cooperation_are_marked_and_weather_is_not() -> None:
    marked = read("Fiji and Samoa signed a pact on joint patrols.\n\nHeavy rain fell on the hills all night.")
    words = [marked.words(t.first, t.last) for t in marked.marks.triggers]
    assert any("signed" in said for said in words)
    assert all(t.last <= marked.sentences[0].last for t in marked.marks.triggers)


def test_words_of_one_text_are_not_kept_for_the_next() -> None:
    assert "Qelvanto" in read("Qelvanto praised Norway.").parsed.vocab.strings
    assert "Qelvanto" not in read("Malta praised Norway.").parsed.vocab.strings


def test_any_spacy_loads_the_model() -> None:
    doc = spacy.load(shipped_model())("Norway thanked Malta.\n\nMalta  replied.")
    assert [t.text for t in doc if t.is_sent_start] == ["Norway", "Malta"]
    assert [e.label_ for e in doc.ents] == ["GPE", "GPE", "GPE"]


def test_a_copy_of_the_model_reads_the_same(tmp_path: Path) -> None:
    spacy.load(shipped_model()).to_disk(tmp_path / "copy")
    copy = load_pipeline(tmp_path / "copy")
    assert analysis(copy.read(STORIES[0])) == analysis(read(STORIES[0]))


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenModel, match=str(tmp_path)):
        load_pipeline(tmp_path)


def test_a_model_with_a_missing_or_broken_part_is_named(tmp_path: Path) -> None:
    for damage in ("missing", "broken"):
        folder = tmp_path / damage
        shutil.copytree(shipped_model(), folder)
        graph = folder / READER / "reader.onnx"
        graph.unlink() if damage == "missing" else graph.write_bytes(graph.read_bytes()[:1000])
        with pytest.raises(BrokenModel, match=READER):
            load_pipeline(folder)


def test_known_words_and_sentences_are_kept() -> None:
    doc = load_pipeline().parse([["Peru", "and", "Chile", "met", "in"], ["Lima", ".", "They", "talked", "."]])
    assert [t.i for t in doc if t.is_sent_start] == [0, 5]
