"""Counts of commitments that are kept, so that nobody need count a million of them: by month, by state, by pair.

They change in the transaction that stores facts or takes them out, by what that counts of its own articles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, TextClause, bindparam, text

_MONTH = "coalesce(substr(CAST(c.published AS TEXT), 1, 7), '')"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A table of counts: its key, and the values and the rows that are counted, in the words of both databases."""

    table: str
    key: str
    values: str
    rows: str

    def counting(self, sign: str) -> TextClause:
        """Adds what articles have to the counts, or takes it away."""
        counted = f"{sign}count(*), {sign}count(*) FILTER (WHERE c.negated)"
        found = f"SELECT {self.values}, {counted} FROM {self.rows} WHERE c.article_pk IN :pks GROUP BY {self.values}"  # noqa: S608
        more = ", ".join(f"{name} = {self.table}.{name} + excluded.{name}" for name in ("number", "negated"))
        written = f"INSERT INTO {self.table} ({self.key}, number, negated) {found} ON CONFLICT ({self.key})"
        return text(f"{written} DO UPDATE SET {more}").bindparams(bindparam("pks", expanding=True))

    def clearing(self) -> TextClause:
        """Removes those counts of an article that have come to nothing."""
        found = f"SELECT {self.values} FROM {self.rows} WHERE c.article_pk = :pk"  # noqa: S608 (names of our own)
        return text(f"DELETE FROM {self.table} WHERE number = 0 AND ({self.key}) IN ({found})")  # noqa: S608


_ALL = (
    _Kept("month_tallies", "month, form, stage", f"{_MONTH}, c.form, c.stage", "commitments c"),
    _Kept(
        "state_tallies",
        "state, month, form, stage",
        f"a.actor, {_MONTH}, c.form, c.stage",
        "commitments c JOIN commitment_actors a ON a.commitment_pk = c.pk AND a.as_state",
    ),
    _Kept(
        "pair_tallies",
        "one, other, form, stage",
        "p.one, p.other, c.form, c.stage",
        "commitments c JOIN commitment_pairs p ON p.commitment_pk = c.pk",
    ),
    _Kept(
        "pair_totals",
        "one, other",
        "p.one, p.other",
        "commitments c JOIN commitment_pairs p ON p.commitment_pk = c.pk AND p.one < p.other",
    ),
)
_ADDED = [kept.counting("") for kept in _ALL]
_REMOVED = [(kept.counting("-"), kept.clearing()) for kept in _ALL]


def add_articles(connection: Connection, pks: Sequence[int]) -> None:
    """Count the commitments of articles, by their row numbers, which are all stored by now."""
    for statement in _ADDED:
        connection.execute(statement, {"pks": pks})


def remove_article(connection: Connection, article_pk: int) -> None:
    """Take the commitments of an article out again, while they are all still stored."""
    for less, cleared in _REMOVED:
        connection.execute(less, {"pks": [article_pk]})
        connection.execute(cleared, {"pk": article_pk})
