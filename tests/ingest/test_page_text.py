import pytest
from lxml import etree, html

from app.ingest.page_text import Wall, paragraphs, require_article, walls
from app.ingest.text import NotAnArticle

WALLS = [(wall, example) for wall in walls() for example in wall.examples]


@pytest.mark.parametrize(("wall", "example"), WALLS, ids=[example for _, example in WALLS])
def test_every_example_is_seen_as_the_wall_that_it_is(wall: Wall, example: str) -> None:
    with pytest.raises(NotAnArticle, match=wall.reason):
        require_article(html.fromstring("<p/>"), [example])


def test_an_article_that_speaks_of_cookies_once_is_one() -> None:
    text = "The two ministries agreed on rules for advertising on the web, which both parliaments must still approve."
    require_article(html.fromstring("<p/>"), [text, "We use cookies, the minister joked.", text])


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ("<p>One.</p><p>Two.</p>", ["One.", "Two."]),
        ("<p>One\n  line.</p>", ["One line."]),
        ("<p>One.<lb/>Two.</p>", ["One.\nTwo."]),
        ("<p>One.<lb/> <lb/>Two.</p>", ["One.", "Two."]),
        ("<quote>Before <hi>it</hi>.<p>One.</p>after</quote>", ["Before it.", "One.", "after"]),
        ("<list><item>One</item><item>Two</item></list>", ["One", "Two"]),
        ("<table><row><cell>A</cell><cell>B</cell></row><row><cell>1</cell><cell/></row></table>", ["A | B", "1"]),
        ("<table><row><cell>Home<p>News</p></cell><cell><p>One.</p><p>Two.</p></cell></row></table>", ["One.", "Two."]),
    ],
)
def test_blocks_become_paragraphs(tree: str, expected: list[str]) -> None:
    assert list(paragraphs(etree.fromstring(f"<body>{tree}</body>"))) == expected
