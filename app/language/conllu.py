"""CoNLL-U, in and out: https://universaldependencies.org/format.html."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

    from app.language.pipeline import Pipeline


class NotCoNLLU(ValueError):
    """A line that is not CoNLL-U; says which and why."""


def words_of(lines: Iterable[str]) -> Iterator[list[str]]:
    """The words of each sentence; every column but ID and FORM is passed over. Raises `NotCoNLLU`."""
    words: list[str] = []
    for number, line in enumerate(lines, 1):
        line = line.rstrip("\r\n")
        if not line.strip():
            if words:
                yield words
            words = []
        elif not line.startswith("#"):
            columns = line.split("\t")
            if len(columns) < 2 or not columns[1]:
                raise NotCoNLLU(f"line {number}: a word needs an ID and a FORM, parted by a tab")
            kind = columns[0]
            if kind.isdigit():
                if int(kind) != len(words) + 1:
                    raise NotCoNLLU(f"line {number}: the ID is {kind}, expected {len(words) + 1}")
                words.append(columns[1])
            elif not kind.replace("-", "").replace(".", "").isdigit():  # neither 3-4, a multiword token, nor 3.1
                raise NotCoNLLU(f"line {number}: {kind!r} is no ID")
    if words:
        yield words


def sentence_lines(sentence: Span, number: int, text: str, paragraph: bool = False) -> Iterator[str]:
    """The lines of one sentence, the blank one at its end included."""
    if paragraph:
        yield "# newpar"
    yield f"# sent_id = {number}"
    yield f"# text = {' '.join(text.split())}"
    for token in sentence:
        yield _line(token, sentence.start)
    yield ""


def _line(token: Token, base: int) -> str:
    root = token.head.i == token.i
    name = f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else ""
    misc = "|".join(filter(None, [f"NER={name}" if name else "", "" if token.whitespace_ else "SpaceAfter=No"]))
    columns = (
        str(token.i - base + 1),
        token.text,
        token.lemma_ or "_",
        token.pos_ or "_",
        token.tag_ or "_",
        str(token.morph) or "_",
        "0" if root else str(token.head.i - base + 1),
        "root" if root else token.dep_,
        "_",
        misc or "_",
    )
    return "\t".join(columns)


def text_lines(pipeline: Pipeline, text: str) -> Iterator[str]:
    """A raw text as CoNLL-U."""
    reading = pipeline.read(text)
    before = -1
    for sentence in reading.sentences:
        words = text[sentence.start : sentence.end]
        yield from sentence_lines(reading.parse(sentence), sentence.number + 1, words, sentence.paragraph != before)
        before = sentence.paragraph


def parsed_lines(pipeline: Pipeline, lines: Iterable[str]) -> Iterator[str]:
    """CoNLL-U with its words and sentences kept and the rest filled in, some hundred sentences at a time."""
    held: list[list[str]] = []
    number = 0
    for words in words_of(lines):
        held.append(words)
        if len(held) == 200:
            yield from _filled(pipeline, held, number)
            number += len(held)
            held = []
    yield from _filled(pipeline, held, number)


def _filled(pipeline: Pipeline, sentences: list[list[str]], before: int) -> Iterator[str]:
    doc = pipeline.parse(sentences)
    at = 0
    for number, words in enumerate(sentences, before + 1):
        yield from sentence_lines(doc[at : at + len(words)], number, " ".join(words))
        at += len(words)
