"""Markdown with front matter to what it hands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.ingest.submission import FIELDS


class BadFrontMatter(ValueError):
    """Front matter that cannot be used: the line of the file, from 1, and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The values of the fields, the line that each stands on, and the line on which the body begins."""

    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    body_line: int = 1


def split(text: str) -> tuple[FrontMatter, str]:
    """Part the front matter, between two lines of ``---`` at the very start, from the body. Raises `BadFrontMatter`."""
    handler = YAMLHandler()
    if not handler.detect(text):
        return FrontMatter(), text
    try:
        yaml_text, body = handler.split(text)
    except ValueError:
        raise BadFrontMatter(1, "the front matter is not closed by a line of ---") from None
    first = text[: text.index(yaml_text, 3)].count("\n") + 1
    body_line = text[: len(text) - len(body.lstrip())].count("\n") + 1
    try:
        # Composed, not loaded: the nodes know their lines, and a title of `No` or `2024` stays the words it is.
        node = yaml.compose(yaml_text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = first + (error.problem_mark.line if error.problem_mark else 0)
        raise BadFrontMatter(line, f"front matter: {error.problem or 'not YAML'}") from None
    except yaml.YAMLError as error:
        raise BadFrontMatter(first, f"front matter: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise BadFrontMatter(first, "front matter: nested too deeply") from None
    return _front_matter(node, first, body_line), body


def _front_matter(node: yaml.Node | None, first: int, body_line: int) -> FrontMatter:
    front = FrontMatter(body_line=body_line)
    if node is None:
        return front
    if not isinstance(node, yaml.MappingNode):
        raise BadFrontMatter(first + node.start_mark.line, "front matter: lines of `key: value` are wanted")
    for key, value in node.value:
        line = first + key.start_mark.line
        name = str(key.value)
        if name not in FIELDS:
            raise BadFrontMatter(line, f"unknown key {name!r}; known are {', '.join(FIELDS)}")
        if name in front.values:
            raise BadFrontMatter(line, f"{name} is given twice")
        if not isinstance(value, yaml.ScalarNode):
            raise BadFrontMatter(line, f"{name} must be one value, not a list or a mapping")
        front.values[name] = "" if value.tag.endswith(":null") else value.value.strip()
        front.lines[name] = line
    return front


def heading(body: str) -> tuple[str | None, str]:
    """Part a heading of the first level that opens the body from the rest."""
    start = body.lstrip()
    first, _, rest = start.partition("\n")
    return (plain(first), rest) if first.startswith("# ") else (None, body)


def plain(body: str) -> str:
    """Take the markup from a Markdown body (CommonMark and tables): its words, a blank line between its blocks.

    Pictures go; links keep their words. What looks like HTML is words: agencies put their names in angle brackets.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("code")
    return "\n\n".join(_blocks(parser.parse(body)))


def _blocks(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield "".join(map(_words, token.children or ()))
        elif token.type == "fence":
            yield token.content


def _words(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    return "" if token.type == "image" else token.content
