"""The trained pipeline: an article's text to tokens, sentences, parse, names and marks, in one spaCy `Doc`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.language.broken import BrokenModel
from app.language.clauses import Clauses, clauses
from app.language.datelines import dateline
from app.language.marks import Marks, marks_of
from app.language.sentences import Sentence, sentences_by_rule, stripped
from app.language.shipped import READER, check_model, shipped_model
from app.language.tokens import Token, fold, paragraphs, tokenize

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span


@dataclass(frozen=True, slots=True)
class Reading:
    """A text taken apart. ``folded`` has the text's length, with plain apostrophes and no control characters.

    ``doc`` has the same tokens under the same numbers, with parse, names and marks; None where no model read the text.
    """

    text: str
    folded: str
    tokens: tuple[Token, ...]
    sentences: tuple[Sentence, ...]
    doc: Doc | None = field(default=None, compare=False, repr=False)
    dateline: tuple[int, int] = (0, 0)
    """Tokens ``[first, last)`` of the dateline; empty where there is none."""
    _clauses: dict[int, Clauses] = field(default_factory=dict, init=False, compare=False, repr=False)

    def words(self, first: int, last: int) -> str:
        """The words of tokens ``[first, last)`` as they stand in the text."""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end] if first < last else ""

    @property
    def parsed(self) -> Doc:
        """The document that a model read; raises `ValueError` where none did."""
        if self.doc is None:
            raise ValueError("no model has read this text")
        return self.doc

    @property
    def marks(self) -> Marks:
        """What the model marked."""
        return marks_of(self.parsed)

    def parse(self, sentence: Sentence) -> Span:
        """A sentence of the document."""
        return self.parsed[sentence.first : sentence.last]

    def clauses(self, sentence: Sentence) -> Clauses:
        """The clauses of a sentence, found once. Raises `ValueError` where no model read the text."""
        if sentence.number not in self._clauses:
            self._clauses[sentence.number] = clauses(self.parse(sentence))
        return self._clauses[sentence.number]


class Pipeline:
    """A loaded model. Safe to use from several threads."""

    def __init__(self, model: Language, folder: Path) -> None:
        self._model = model
        self.folder = folder

    def read(self, text: str) -> Reading:
        """Everything that is read of a text; a blank line always ends a sentence. Never raises, whatever the text."""
        folded = fold(text)
        tokens: list[Token] = []
        begins: list[int] = []
        line = dateline(folded)
        ahead = (0, 0)
        for start, end in paragraphs(folded):
            begins.append(len(tokens))
            if line and start <= line[0] < end:
                tokens.extend(tokenize(folded, start, line[1]))
                ahead, start = (begins[-1], len(tokens)), line[1]
            tokens.extend(tokenize(folded, start, end))
        if not tokens:
            return Reading(text, folded, (), (), self._empty_document([], []))
        parts = sorted({*begins, ahead[1]} - {len(tokens)})
        doc = self._document([token.text for token in tokens], [token.glued for token in tokens], parts)
        return Reading(text, folded, tuple(tokens), tuple(_sentences(text, tokens, begins, doc)), doc, ahead)

    def parse(self, sentences: list[list[str]]) -> Doc:
        """Sentences of words that are known already."""
        words = [word for sentence in sentences for word in sentence]
        begins, at = [], 0
        for sentence in sentences:
            begins.append(at)
            at += len(sentence)
        return self._document(words, [False] * len(words), begins, known=True)

    def _document(self, words: list[str], glued: list[bool], begins: list[int], known: bool = False) -> Doc:
        from app.language.component import PARAGRAPHS, SENTENCES

        doc = self._empty_document(words, [not here for here in glued[1:]] + [False])
        doc.user_data[SENTENCES if known else PARAGRAPHS] = begins
        for _, component in self._model.pipeline:
            doc = component(doc)
        return doc

    def _empty_document(self, words: list[str], spaces: list[bool]) -> Doc:
        """A document that nothing has read, with a vocabulary of its own, which goes with it.

        The model's own would keep every word of every text that it ever read.
        """
        from spacy.tokens import Doc
        from spacy.vocab import create_vocab

        return Doc(create_vocab(self._model.lang, self._model.Defaults), words=words, spaces=spaces)


def _sentences(text: str, tokens: list[Token], begins: list[int], doc: Doc) -> list[Sentence]:
    found: list[Sentence] = []
    paragraph = -1
    starts = set(begins)
    for sentence in doc.sents:
        paragraph += sentence.start in starts
        start, end = stripped(text, tokens[sentence.start].start, tokens[sentence.end - 1].end)
        if start < end:
            found.append(Sentence(len(found), paragraph, start, end, sentence.start, sentence.end))
    return found


@cache
def load_pipeline(folder: Path | None = None) -> Pipeline:
    """The pipeline of a folder, or the shipped one; loaded once. Raises `BrokenModel`."""
    import spacy

    from app.language import component  # noqa: F401  registers the reader, also where this is not installed

    check_model(folder)
    where = folder or shipped_model()
    try:
        model = spacy.load(where)
    except BrokenModel:
        raise
    except Exception as error:
        raise BrokenModel(f"the language model in {where} cannot be loaded: {error}") from error
    if READER not in model.pipe_names:
        raise BrokenModel(f"the language model in {where} has no {READER} in its pipeline")
    return Pipeline(model, where)


def read(text: str) -> Reading:
    """A text as the shipped model reads it."""
    return load_pipeline().read(text)


def split(text: str) -> Reading:
    """Tokens and sentences by rules alone, for texts that no model reads."""
    folded = fold(text)
    return Reading(text, folded, *sentences_by_rule(text, folded))
