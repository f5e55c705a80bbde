"""An article's text as HTML: entities as links, statements and evidence as marks, however they overlap.

Every character of the text comes out once and escaped; elements add none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby, pairwise, takewhile

from markupsafe import Markup, escape

from app.schemas.commitments import StoredCommitment
from app.schemas.entities import ArticleEntity
from app.schemas.statements import StoredStatement

Attributes = tuple[tuple[str, str], ...]

NOTHING = Markup("")


class Layer(IntEnum):
    """What lies in what where highlights overlap, from the outermost."""

    COMMITMENT = 0
    STATEMENT = 1
    ENTITY = 2
    INNER_ENTITY = 3


@dataclass(frozen=True, slots=True)
class Highlight:
    """A range of the text, and the element that it becomes: several pieces of it where others lie across.

    ``first`` are the attributes of the first piece alone; ``after`` ends the last one.
    """

    start: int
    end: int
    layer: Layer
    element: str
    attributes: Attributes
    first: Attributes = ()
    after: Markup = NOTHING

    @property
    def nesting(self) -> tuple[int, int, int, Attributes]:
        """Those that come first here lie around the others."""
        return self.layer, self.start, -self.end, self.attributes


def paragraphs(text: str, highlights: Iterable[Highlight]) -> Iterator[Markup]:
    """The inside of each paragraph."""
    waiting = deque(sorted(highlights, key=lambda h: h.start))
    begun: list[Highlight] = []
    for start, end in _paragraphs(text):
        while waiting and waiting[0].start < end:
            begun.append(waiting.popleft())
        begun = [h for h in begun if h.end > start]
        yield _paragraph(text, start, end, begun)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for paragraph in text.split("\n\n"):
        yield start, start + len(paragraph)
        start += len(paragraph) + 2


def _paragraph(text: str, start: int, end: int, highlights: Sequence[Highlight]) -> Markup:
    inside = [h for h in highlights if h.start < end and h.end > start]
    cuts = sorted({start, end, *(max(start, h.start) for h in inside), *(min(end, h.end) for h in inside)})
    pieces: list[Markup] = []
    open_: list[Highlight] = []
    for left, right in pairwise(cuts):
        wanted = sorted((h for h in inside if h.start <= left and right <= h.end), key=lambda h: h.nesting)
        shared = len(list(takewhile(lambda both: both[0] is both[1], zip(open_, wanted, strict=False))))
        pieces += (_closed(h, left) for h in reversed(open_[shared:]))
        pieces += (_opened(h, left, start) for h in wanted[shared:])
        pieces.append(escape(text[left:right]))
        open_ = wanted
    pieces += (_closed(h, end) for h in reversed(open_))
    return Markup("").join(pieces)


def _opened(highlight: Highlight, at: int, paragraph: int) -> Markup:
    is_first = at == highlight.start
    attributes = (*highlight.attributes, *highlight.first) if is_first else highlight.attributes
    if not is_first and highlight.element == "a":
        attributes = (*(a for a in attributes if a[0] != "tabindex"), ("tabindex", "-1"))
    written = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in attributes)
    return Markup("<{}{}>").format(highlight.element, written)


def _closed(highlight: Highlight, at: int) -> Markup:
    after = highlight.after if at == highlight.end else NOTHING
    return after + Markup("</{}>").format(highlight.element)


def of_statement(statement: StoredStatement) -> Iterator[Highlight]:
    """What is said: unmarked to the eye until its fact is looked at."""
    for number, span in enumerate(statement.content):
        first = (("id", statement.id),) if number == 0 else ()
        yield Highlight(
            span.start, span.end, Layer.STATEMENT, "span", (("class", "said"), ("data-fact", statement.id)), first
        )


def of_commitment(commitment: StoredCommitment, number: int) -> Iterator[Highlight]:
    """Its evidence, each with the commitment's number in the article behind it, which leads to the fact."""
    classes = f"evidence stage-{commitment.stage}{' negated' if commitment.negated else ''}"
    name = f"Commitment {number}: {'not ' if commitment.negated else ''}{commitment.stage}, {commitment.form}"
    reference = Markup('<a class="ref" href="#fact-{}" data-number="{}" aria-label="{}"></a>')
    for place, evidence in enumerate(commitment.evidence):
        first = (("id", commitment.id if place == 0 else f"{commitment.id}-{place + 1}"),)
        yield Highlight(
            evidence.start,
            evidence.end,
            Layer.COMMITMENT,
            "mark",
            (("class", classes), ("data-fact", commitment.id)),
            first,
            reference.format(commitment.id, number, name),
        )


def of_entities(entities: Sequence[ArticleEntity]) -> Iterator[Highlight]:
    """Every mention. One that lies in another cannot be a link as well, and is only underlined.

    The first mention of each entity can be reached by keyboard; the others are links for the pointer.
    """
    mentions = sorted(
        ((m.start, m.end, number, m.form) for number, entity in enumerate(entities) for m in entity.mentions),
        key=lambda m: (m[0], -m[1], m[2]),
    )
    reached: set[str] = set()
    linked_to = 0
    for (start, end), group in groupby(mentions, key=lambda m: (m[0], m[1])):
        found = list(group)
        named = [entities[number] for _, _, number, _ in found]
        attributes = (
            ("class", f"entity type-{named[0].type} by-{found[0][3]}"),
            ("data-entity", " ".join(entity.id for entity in named)),
        )
        if start < linked_to:
            yield Highlight(start, end, Layer.INNER_ENTITY, "span", attributes)
            continue
        linked_to = end
        href = f"/entities/{named[0].id}" if len(named) == 1 else f"#entity-{named[0].id}"
        is_known = all(entity.id in reached for entity in named)
        reached.update(entity.id for entity in named)
        link: Attributes = (("href", href), *((("tabindex", "-1"),) if is_known else ()))
        yield Highlight(start, end, Layer.ENTITY, "a", (*attributes, *link))
