"""Terms that so many articles have that they do not tell which article fits best."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Integer, bindparam, func, select

from app.store.fulltext import FULL_TEXT, matches
from app.store.questions import Question
from app.store.tables import articles
from app.store.words import Term, Words

MANY = 5000
"""Articles that a term may be in to count in their order: to rank by it is to walk through all of them."""

MOST_KNOWN = 10_000
"""Terms that are remembered."""

_HAVING: Any = select(FULL_TEXT.c.rowid).where(matches(articles))
_COUNTED = Question(select(func.count()).select_from(_HAVING.limit(bindparam("most", type_=Integer)).subquery()))
_LAST = Question(select(func.max(articles.c.pk)))


class CommonTerms:
    """Knows the common terms of one store, and counts the articles of a term no more often than it must."""

    def __init__(self, many: int = MANY) -> None:
        self._many = many
        self._rare_until: dict[Term, int] = {}

    def rare(self, connection: Connection, words: Words) -> Words | None:
        """The words without the common ones; None where all are."""
        ((last,),) = _LAST.rows(connection)
        if last is None or last <= self._many:
            return words
        rare = tuple(term for term in words.terms if self._is_rare(connection, term, last))
        return Words(rare) if rare else None

    def _is_rare(self, connection: Connection, term: Term, last: int) -> bool:
        """Articles are numbered as they come, so that no more have come to have the term than have come at all.

        A term that was common stays so: that few of its articles were deleted since is not looked for.
        """
        until = self._rare_until.get(term)
        if until is None or 0 < until < last:
            ((found,),) = _COUNTED.rows(connection, words=Words((term,)), most=self._many + 1)
            until = last + self._many - found if found <= self._many else 0
            if len(self._rare_until) >= MOST_KNOWN:
                self._rare_until.clear()
            self._rare_until[term] = until
        return until > 0
