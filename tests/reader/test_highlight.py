"""The text of an article as HTML: every character once, whatever lies across what."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from app.domain.entity import EntityType
from app.reader.highlight import Highlight, Layer, of_entities, paragraphs
from app.schemas.entities import ArticleEntity, MentionOut

TEXT = "Oslo and Riga agreed.\n\n“Yes”, said <b>Ana & Co</b>.\nMore \u202eof it."


class Read(HTMLParser):
    """What a browser makes of the markup: the text, and for each id and fact the words in its elements."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.text = ""
        self.words: dict[str, str] = {}
        self.ids: list[str] = []
        self.links_in_links = 0
        self._open: list[tuple[str, str]] = []
        self.feed(str(markup))
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links_in_links += tag == "a" and any(name == "a" for name, _ in self._open)
        self.ids += [given["id"]] if "id" in given else []
        self._open.append((tag, given.get("data-fact", given.get("data-entity", ""))))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        for key in {key for _, key in self._open if key}:
            self.words[key] = self.words.get(key, "") + data


def marked(start: int, end: int, name: str, layer: Layer = Layer.COMMITMENT) -> Highlight:
    return Highlight(start, end, layer, "mark", (("data-fact", name),), (("id", name),))


def shown(*highlights: Highlight, text: str = TEXT) -> Read:
    return Read(Markup("\n\n").join(paragraphs(text, highlights)))


def test_what_looks_like_markup_is_text() -> None:
    assert shown(marked(24, 50, "c-1")).text == TEXT


def test_highlights_that_lie_across_one_another_each_keep_their_words() -> None:
    read = shown(marked(0, 13, "c-1"), marked(9, 20, "c-2"), marked(5, 20, "s-1", Layer.STATEMENT))
    assert read.words == {"c-1": TEXT[0:13], "c-2": TEXT[9:20], "s-1": TEXT[5:20]}


def test_highlight_over_two_paragraphs_has_its_id_once() -> None:
    read = shown(marked(9, 28, "c-1"))
    assert (read.ids, read.words["c-1"]) == (["c-1"], TEXT[9:21] + TEXT[23:28])


def test_two_facts_of_the_same_words_can_both_be_linked_to() -> None:
    assert sorted(shown(marked(0, 20, "c-1"), marked(0, 20, "c-2")).ids) == ["c-1", "c-2"]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.sampled_from(Layer)), max_size=12))
def test_any_overlap_is_well_formed_and_loses_no_character(ranges: list[tuple[int, int, Layer]]) -> None:
    highlights = [
        marked(start, min(start + length, len(TEXT)), f"x-{number}", layer)
        for number, (start, length, layer) in enumerate(ranges)
        if start < len(TEXT)
    ]
    read = shown(*highlights)
    assert read.text == TEXT
    for highlight in highlights:
        (name,) = (value for _, value in highlight.attributes)
        assert read.words.get(name, "").replace("\n", "") == TEXT[highlight.start : highlight.end].replace("\n", "")


def an_entity(name: str, *places: tuple[int, int], kind: EntityType = EntityType.COUNTRY) -> ArticleEntity:
    mentions = [MentionOut(start=s, end=e, text=TEXT[s:e], form="name") for s, e in places]
    return ArticleEntity(id=name, name=name, type=kind, country=None, aliases=[], roles=[], mentions=mentions)


def test_a_mention_within_a_mention_is_no_link_in_a_link() -> None:
    outer, inner = an_entity("outer", (0, 13)), an_entity("inner", (9, 13), (14, 20))
    read = shown(*of_entities([inner, outer]))
    assert read.links_in_links == 0
    assert read.words == {"outer": "Oslo and Riga", "inner": TEXT[9:13] + TEXT[14:20]}


def test_words_for_two_entities_name_both() -> None:
    read = shown(*of_entities([an_entity("norway", (0, 13)), an_entity("latvia", (0, 13))]))
    assert read.words == {"norway latvia": "Oslo and Riga"}
