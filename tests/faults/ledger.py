"""What clients were told, and so what the store must hold."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass(slots=True)
class Ledger:
    """Texts of articles, each different, by what is known of them. Clients write in it from threads of their own.

    A text is among those that ``must`` be there from the answer that says so on, and among those that ``may`` be from
    before it is sent. ``either`` are corrections without an answer: one of the two texts must be there, not both.
    """

    must: dict[str, str] = field(default_factory=dict)  # text to the article's id; "" where a job stores it
    may: set[str] = field(default_factory=set)
    either: list[tuple[str, str]] = field(default_factory=list)
    jobs: dict[str, int] = field(default_factory=dict)  # id to its number of records
    acknowledged: int = 0
    unanswered: int = 0
    refused: int = 0
    broken: list[str] = field(default_factory=list)  # answers that no fault excuses
    lock: threading.RLock = field(default_factory=threading.RLock)

    def posting(self, text: str) -> None:
        """An article is about to be handed in."""
        with self.lock:
            self.may.add(text)

    def posted(self, text: str, article: str) -> None:
        """The service says that it has the article."""
        with self.lock:
            self.may.discard(text)
            self.must[text] = article
            self.acknowledged += 1

    def correcting(self, old: str, new: str) -> None:
        """An article is about to get another text."""
        with self.lock:
            del self.must[old]
            self.either.append((old, new))

    def corrected(self, old: str, new: str, article: str) -> None:
        """The service says that it has."""
        with self.lock:
            self.either.remove((old, new))
            self.must[new] = article
            self.acknowledged += 1

    def not_corrected(self, old: str, new: str, article: str) -> None:
        """The service says that it has not, so that the old text must be there."""
        with self.lock:
            self.either.remove((old, new))
            self.must[old] = article

    def removing(self, text: str) -> None:
        """An article is about to be removed."""
        with self.lock:
            del self.must[text]
            self.may.add(text)

    def removed(self, text: str) -> None:
        """The service says that it is gone."""
        with self.lock:
            self.may.discard(text)
            self.acknowledged += 1

    def job_taken(self, job: str, texts: list[str]) -> None:
        """The service says that it has all of them, to work off."""
        with self.lock:
            self.jobs[job] = len(texts)
            self.may.difference_update(texts)
            self.must.update(dict.fromkeys(texts, ""))
            self.acknowledged += 1
