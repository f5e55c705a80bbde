"""Articles in files: Markdown and plain text with front matter."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from frontmatter.default_handlers import YAMLHandler

from app.domain.article import Article, Source
from app.ingest.text import NotAnArticle, clean, one_line

KEYS = ("title", "summary", "source", "home_page", "published", "url", "language")
"""What front matter may say: headline, standfirst, the outlet's name and home page, the day of publication
(``2024-08-08``), the page's address, and a BCP 47 language tag (``en`` where it says none)."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class UnreadableFile(ValueError):  # noqa: N818 - what it says of its subject, not an error of the program
    """A file, or a record of one, that holds no article: where, and why. Lines count from 1."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason

    def __reduce__(self) -> tuple[type[UnreadableFile], tuple[Path, int, str]]:
        return UnreadableFile, (self.path, self.line, self.reason)


@dataclass(frozen=True, slots=True)
class _FrontMatter:
    """The values of the keys, the line that each stands on, and the line on which the body begins."""

    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    body_line: int = 1


def read_markdown(path: Path) -> Article:
    """Read one article: front matter between two lines of ``---``, then the body. Raises `UnreadableFile`."""
    text = _read(path)
    front, body = _split(path, text)
    if not front.values.get("title"):
        raise UnreadableFile(path, 1, "no title: the front matter must give one, as in `title: …`")
    published = _published(path, front)
    sources = _sources(path, front)
    language = _language(path, front)
    try:
        cleaned = clean(body, front.values["title"], sources)
    except NotAnArticle as refusal:
        raise UnreadableFile(path, front.body_line, refusal.reason) from None
    return Article(
        text=cleaned.text,
        title=cleaned.title,
        summary=one_line(front.values.get("summary", "")) or cleaned.summary,
        published=published or cleaned.published,
        sources=sources,
        language=language,
    )


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(path, 1, error.strerror or str(error)) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(path, line, f"not UTF-8: byte 0x{error.object[error.start]:02x}") from None
    if not text.strip():
        raise UnreadableFile(path, 1, "empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _split(path: Path, text: str) -> tuple[_FrontMatter, str]:
    handler = YAMLHandler()
    if not handler.detect(text):
        return _FrontMatter(), text
    try:
        yaml_text, body = handler.split(text)
    except ValueError:
        raise UnreadableFile(path, 1, "the front matter is not closed by a line of ---") from None
    first = text[: text.index(yaml_text, 3)].count("\n") + 1
    body_line = text[: len(text) - len(body.lstrip())].count("\n") + 1
    try:
        # Composed, not loaded: the nodes know their lines, and a title of `No` or `2024` stays the words it is.
        node = yaml.compose(yaml_text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = first + (error.problem_mark.line if error.problem_mark else 0)
        raise UnreadableFile(path, line, f"front matter: {error.problem or 'not YAML'}") from None
    except yaml.YAMLError as error:
        raise UnreadableFile(path, first, f"front matter: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise UnreadableFile(path, first, "front matter: nested too deeply") from None
    return _front_matter(path, node, first, body_line), body


def _front_matter(path: Path, node: yaml.Node | None, first: int, body_line: int) -> _FrontMatter:
    front = _FrontMatter(body_line=body_line)
    if node is None:
        return front
    if not isinstance(node, yaml.MappingNode):
        raise UnreadableFile(path, first + node.start_mark.line, "front matter: lines of `key: value` are wanted")
    for key, value in node.value:
        line = first + key.start_mark.line
        name = str(key.value)
        if name not in KEYS:
            raise UnreadableFile(path, line, f"unknown key {name!r}; known are {', '.join(KEYS)}")
        if name in front.values:
            raise UnreadableFile(path, line, f"{name} is given twice")
        if not isinstance(value, yaml.ScalarNode):
            raise UnreadableFile(path, line, f"{name} must be one value, not a list or a mapping")
        front.values[name] = "" if value.tag.endswith(":null") else value.value.strip()
        front.lines[name] = line
    return front


def _published(path: Path, front: _FrontMatter) -> date | None:
    given = front.values.get("published")
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        reason = f"published is {given!r}; a day such as 2024-08-08 is wanted"
        raise UnreadableFile(path, front.lines["published"], reason) from None


def _sources(path: Path, front: _FrontMatter) -> tuple[Source, ...]:
    for key in ("home_page", "url"):
        given = front.values.get(key)
        if given and not (given.startswith(("http://", "https://")) and urlsplit(given).netloc):
            reason = f"{key} is {given!r}; an address that begins with http:// or https:// is wanted"
            raise UnreadableFile(path, front.lines[key], reason)
    home_page, url = front.values.get("home_page") or None, front.values.get("url") or None
    address = url or home_page
    name = one_line(front.values.get("source", "")) or (urlsplit(address).hostname if address else None)
    return (Source(name, home_page, url),) if name else ()


def _language(path: Path, front: _FrontMatter) -> str:
    given = front.values.get("language") or "en"
    if not _LANGUAGE.fullmatch(given):
        reason = f"language is {given!r}; a BCP 47 tag such as en or pt-BR is wanted"
        raise UnreadableFile(path, front.lines["language"], reason)
    return given
