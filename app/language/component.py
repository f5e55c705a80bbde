"""The reader as a component of a spaCy pipeline: fills tags, lemmas, heads, sentence starts, names and marks of a Doc.

Registered as ``entente_reader`` by an entry point of the package, so that `spacy.load` on the model's folder works
wherever this package is installed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.attrs import DEP, HEAD, LEMMA, MORPH, POS, SENT_START, TAG
from spacy.language import Language
from spacy.parts_of_speech import IDS
from spacy.tokens import Span

from app.language.broken import BrokenModel
from app.language.reader import Analysis, Reader
from app.language.shipped import CHECKSUMS, FILES, READER

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

PARAGRAPHS = "paragraphs"
"""Key of ``doc.user_data``: tokens at which paragraphs begin, for documents that were built without white space."""
SENTENCES = "sentences"
"""Key of ``doc.user_data``: tokens at which all sentences begin, where they are known and not to be found."""

KINDS = "kinds"
"""Key of ``doc.user_data``: for each kind of name, the probability of each token's being in one."""


NO_START = 2**64 - 1
"""No sentence starts here: -1 in two's complement."""


@Language.factory(READER, default_config={"threads": 1}, retokenizes=False)
def make_reader(nlp: Language, name: str, threads: int) -> ReaderComponent:
    """The component, empty until it is read from disk."""
    return ReaderComponent(nlp.vocab, threads)


class ReaderComponent:
    """Holds the reader once it is loaded."""

    def __init__(self, vocab: Vocab, threads: int = 1) -> None:
        self.vocab = vocab
        self.threads = threads
        self._folder: Path | None = None
        self._reader: Reader | None = None

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> ReaderComponent:
        """Load the encoder from a folder; raises `BrokenModel`."""
        self._folder = Path(path)
        self._reader = Reader(self._folder, self.threads)
        return self

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        """Copy the encoder's files to a folder."""
        if self._folder is None:
            raise BrokenModel("there is no reader to write: none has been loaded")
        Path(path).mkdir(parents=True, exist_ok=True)
        for file in (*FILES, CHECKSUMS):
            shutil.copy(self._folder / file, Path(path) / file)

    def __call__(self, doc: Doc) -> Doc:
        """Read a document. White space tokens are passed over and hang on the word before them."""
        if self._reader is None:
            raise BrokenModel("the reader is used before it is loaded")
        at = [token.i for token in doc if not token.is_space]
        if not at:
            return doc
        fixed = doc.user_data.get(SENTENCES)
        segments = _segments(doc, at, fixed)
        read = self._reader.read([doc[i].text for i in at], segments, fixed=fixed is not None)
        _fill(doc, at, read)
        doc.user_data["marks"] = read.marks
        doc.user_data[KINDS] = dict(zip(self._reader.kinds, _spread(read.kinds, len(doc), at), strict=True))
        return doc


def _segments(doc: Doc, at: list[int], fixed: list[int] | None) -> list[int]:
    """Words at which paragraphs, or known sentences, begin."""
    given = fixed if fixed is not None else doc.user_data.get(PARAGRAPHS)
    if given is not None:
        known = set(given)
        return sorted({0, *(word for word, token in enumerate(at) if token in known)})
    gaps = {token.i + 1 for token in doc if token.is_space and token.text.count("\n") > 1}
    return [word for word, token in enumerate(at) if word == 0 or token in gaps]


def _fill(doc: Doc, at: list[int], read: Analysis) -> None:
    strings = doc.vocab.strings
    rows = np.zeros((len(doc), 7), dtype=np.uint64)
    rows[:, 6] = NO_START
    space = [strings.add("_SP"), IDS["SPACE"], 0, strings.add(" "), 0, strings.add("dep")]
    before = at[0]
    for token in doc:
        if token.is_space:
            rows[token.i, :6] = space
            rows[token.i, 4] = _offset(before, token.i)
        else:
            before = token.i
    for word, place in enumerate(at):
        rows[place, :6] = (
            strings.add(read.xpos[word]),
            IDS[read.upos[word]],
            doc.vocab.morphology.add("" if read.features[word] == "_" else read.features[word]),
            strings.add(read.lemmas[word]),
            _offset(at[read.heads[word]], place),
            strings.add(read.relations[word] if read.relations[word] != "root" else "ROOT"),
        )
        if read.starts[word]:
            rows[place, 6] = 1
    doc.from_array([TAG, POS, MORPH, LEMMA, HEAD, DEP, SENT_START], rows)  # type: ignore[arg-type]
    doc.set_ents([Span(doc, at[first], at[last - 1] + 1, label=kind) for first, last, kind in read.names])


def _offset(head: int, place: int) -> int:
    """How far a head is from its word, as spaCy wants it: two's complement in 64 bits."""
    return (head - place) % 2**64


def _spread(kinds: np.ndarray[Any, Any], length: int, at: list[int]) -> np.ndarray[Any, Any]:
    """The probabilities of words [words, kinds] as those of tokens [kinds, tokens], white space having none."""
    spread = np.zeros((kinds.shape[1], length), dtype=np.float32)
    spread[:, at] = kinds.T
    return spread
