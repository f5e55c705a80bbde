"""The article on an HTML page: trafilatura finds it; what the page says of itself in its markup is put with it."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urljoin

from lxml.html import HtmlElement
from trafilatura import bare_extraction, load_html
from trafilatura.settings import Document

from app.domain.article import Article
from app.ingest.page_markup import LinkedArticle, day, decoded, linked_article, meta
from app.ingest.page_text import paragraphs, require_article
from app.ingest.submission import Submission, cleaned, host_of, language_of, outlets, submission
from app.ingest.text import NotAnArticle, folded, normalise, one_line

FEWEST_WORDS_BEFORE_PAYWALL = 40
"""A page that says it is not free, with fewer words, shows a teaser and no article."""

_TITLE_PARTS = re.compile(r"\s+(?:[|·•‧»:]|[-–—]+)\s+")
_WRONG = re.compile("[\x00\ud800-\udfff]")

# What they would log, that a page holds no article, is raised here with the reason.
for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says and shows, before furniture is told from it; ``language`` is the page's own BCP 47 tag."""

    title: str
    text: str
    outlet: str | None
    authors: tuple[str, ...]
    published: date | None
    summary: str | None
    language: str | None
    url: str | None
    paywalled: bool = False

    def submission(self) -> Submission:
        """Hand it in. The text's own language counts where a page in English names another, or the reverse."""
        found = language_of(self.text)
        declared = self.language or found
        agreed = declared if (declared.partition("-")[0] == "en") == (found == "en") else found
        home_page = urljoin(self.url, "/") if self.url and host_of(self.url) else None
        return Submission(
            text=self.text,
            title=self.title,
            summary=self.summary,
            published=self.published,
            sources=outlets(self.outlet, home_page, self.url),
            language=agreed,
        )


def read_html(
    content: bytes | str,
    url: str | None = None,
    charset: str | None = None,
    said: Mapping[str, object] | None = None,
) -> Article:
    """Read the article on a page fetched from ``url``, cleaned; ``charset`` is the HTTP header's.

    ``said`` is what who hands the page in says of it, as fields of a submission: it wins over what the page says.
    Raises `NotAnArticle` for a page without text, an index page, a wall of cookies, scripts or payment, and
    `BadField`.
    """
    given = submission("", said or {})
    page = read_page(content, url, charset)
    article = cleaned(_with_said(page.submission(), given, outlet_said=bool((said or {}).get("source"))))
    if page.paywalled and article.word_count < FEWEST_WORDS_BEFORE_PAYWALL:
        raise NotAnArticle(f"behind a paywall: only {article.word_count} words are shown")
    return article


def _with_said(page: Submission, said: Submission, *, outlet_said: bool) -> Submission:
    return replace(
        page,
        title=said.title or page.title,
        summary=said.summary or page.summary,
        published=said.published or page.published,
        sources=said.sources if outlet_said else page.sources,
        language=said.language or page.language,
    )


def read_page(content: bytes | str, url: str | None = None, charset: str | None = None) -> Page:
    """Read what a page says of itself and its article's paragraphs. Raises `NotAnArticle`."""
    tree = load_html(_WRONG.sub("\ufffd", content if isinstance(content, str) else decoded(content, charset)))
    linked = linked_article(tree) if tree is not None else None
    extracted = _extracted(tree, linked, url) if tree is not None else None
    if tree is None or extracted is None:
        raise NotAnArticle("no running text was found on the page")
    found = list(paragraphs(extracted.body))
    require_article(tree, found)
    return _described(tree, extracted, linked or LinkedArticle(), "\n\n".join(found), url)


def _extracted(tree: HtmlElement, linked: LinkedArticle | None, url: str | None) -> Document | None:
    if linked and linked.live:  # each entry looks like an article of its own, and only one would be taken whole
        for entry in tree.xpath("//article"):
            entry.tag = "div"
            entry.attrib.clear()
    found = bare_extraction(
        tree,
        url=url,
        with_metadata=True,
        include_comments=False,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    return found if isinstance(found, Document) else None


def _described(tree: HtmlElement, extracted: Document, linked: LinkedArticle, text: str, url: str | None) -> Page:
    title, named = _headline(tree, extracted, linked)
    site = linked.outlet or meta(tree, "og:site_name", "application-name") or named
    authors = linked.authors or tuple(filter(None, re.split(r"\s*;\s*", extracted.author or "")))
    return Page(
        title=title,
        text=normalise(text),
        outlet=site,
        authors=authors,
        published=linked.published or day(extracted.date),
        summary=one_line(extracted.description or "") or None,
        language=_language(tree),
        url=_address(tree, url),
        paywalled=linked.paywalled,
    )


def _headline(tree: HtmlElement, extracted: Document, linked: LinkedArticle) -> tuple[str, str | None]:
    """Find the headline, and the outlet's name where the page's title puts it behind the headline."""
    headings = [one_line(heading.text_content()) for heading in tree.xpath("//h1")]
    whole = one_line(" ".join(tree.xpath("//title/text()")))
    title = one_line(linked.headline or meta(tree, "og:title") or extracted.title or whole)
    named = None
    for candidate in (whole, title):
        *front, last = _TITLE_PARTS.split(candidate)
        shown = candidate[: len(candidate) - len(last)].rstrip(" |·•‧»:-–—") if front else ""
        if shown and folded(shown) in {*map(folded, headings), folded(title)}:
            named = last
            title = shown if folded(candidate) == folded(title) else title
    return title, named


def _language(tree: HtmlElement) -> str | None:
    declared = [*tree.xpath("/html/@lang"), meta(tree, "og:locale", "language", "content-language") or ""]
    tag = next(filter(None, map(str, declared)), "").strip().replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", tag) else None


def _address(tree: HtmlElement, url: str | None) -> str | None:
    """Take the page's canonical address, which an AMP page or one with tracking marks names, on the same host only."""
    for canonical in tree.xpath("//link[@rel='canonical']/@href"):
        host = host_of(str(canonical))
        if host and (url is None or host == host_of(url)):
            return str(canonical)
    return url
