"""Extractors for workers of tests: quick to start, and able to hang or die over a text that tells them to."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.article import Article
from app.domain.evidence import Span
from app.domain.facts import Facts


@dataclass
class Reader:
    """Finds the first sentence, and nothing in it."""

    name: str = "reader 1"

    def warm(self) -> None:
        return

    def extract(self, article: Article) -> Facts:
        if "that kills its reader" in article.text:
            os._exit(9)
        if "that holds its reader up" in article.text:
            time.sleep(600)
        return Facts(self.name, (Span.of(article.text, 0, article.text.index(".") + 1),))

    def extract_many(self, articles: Iterable[Article]) -> Iterator[Facts]:
        return map(self.extract, articles)
