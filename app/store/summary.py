"""Counts of commitments: by what they are, by month, by pair of sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from app.domain.commitment import Form, Stage
from app.schemas.summary import SummaryOut
from app.store.conditions import Filters
from app.store.counts import Counts, chosen_by, counts, sums, total
from app.store.tables import articles

STAGES = [stage.value for stage in Stage]
FORMS = [form.value for form in Form]

Tallied = dict[str, Any]
"""What `schemas.summary.Tally` has."""


def summary(connection: Connection, filters: Filters, most_pairs: int) -> SummaryOut:
    """Counts of the commitments that the filters let through."""
    source = counts(connection, filters)
    months = [{"month": row.month or None, **tally(row)} for row in connection.execute(_by_month(source))]
    pairs, pair_count = _pairs(connection.execute(_by_pair(source, most_pairs)))
    return SummaryOut.model_validate(
        {
            "total": _added(months),
            "extractors": _extractors(connection, filters),
            "months": sorted(months, key=lambda month: (month["month"] is None, month["month"])),
            "pairs": pairs,
            "pair_count": pair_count,
        }
    )


def tally(row: Row[Any]) -> Tallied:
    """The counts of a group of `counts.sums`."""
    found = row._mapping
    return {
        "count": row.number,
        "negated": row.negated,
        "stages": {stage: found[f"stage_{stage}"] for stage in STAGES},
        "forms": {form: found[f"form_{form}"] for form in FORMS},
    }


def _added(tallies: Sequence[Tallied]) -> Tallied:
    """All of them together."""
    return {
        "count": sum(each["count"] for each in tallies),
        "negated": sum(each["negated"] for each in tallies),
        "stages": {stage: sum(each["stages"][stage] for each in tallies) for stage in STAGES},
        "forms": {form: sum(each["forms"][form] for each in tallies) for form in FORMS},
    }


def _by_month(source: Counts) -> Select[Any]:
    months = source.months.c
    return select(months.month, *sums(months)).group_by(months.month)


def _by_pair(source: Counts, most: int) -> Select[Any]:
    """The pairs with the most commitments are found by counting all, and only theirs are then told apart by kind."""
    sides, number = source.totals.c, total(source.totals.c.number).label("number")
    counted = select(sides.one, sides.other, number, func.count().over().label("pairs")).group_by(
        sides.one, sides.other
    )
    top = counted.order_by(number.desc(), sides.one, sides.other).limit(most).subquery()
    again = source.pairs.alias()
    same = and_(again.c.one == top.c.one, again.c.other == top.c.other)
    kinds = [again.c.form, again.c.stage]
    query = select(top.c.one, top.c.other, top.c.pairs, *kinds, total(again.c.number), total(again.c.negated))
    query = query.join_from(top, again, same).group_by(*top.c, *kinds)
    return query.order_by(top.c.number.desc(), top.c.one, top.c.other)


def _pairs(rows: Iterable[Any]) -> tuple[list[Tallied], int]:
    """Pairs in the order of the rows, each with its kinds in the order of both, and how many pairs there are in all."""
    found: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
    negated = Counter[tuple[str, str]]()
    in_all = 0
    for one, other, in_all, form, stage, number, refused in rows:  # noqa: B007 (each row has it)
        found.setdefault((one, other), {})[form, stage] = number
        negated[one, other] += refused
    return [_pair(sides, kinds, negated[sides]) for sides, kinds in found.items()], in_all


def _pair(sides: tuple[str, str], kinds: dict[tuple[str, str], int], negated: int) -> Tallied:
    stages, forms = dict.fromkeys(STAGES, 0), dict.fromkeys(FORMS, 0)
    for (form, stage), number in kinds.items():
        stages[stage] += number
        forms[form] += number
    ordered = [(form, stage) for form in FORMS for stage in STAGES if (form, stage) in kinds]
    return {
        "sides": sides,
        "count": sum(stages.values()),
        "negated": negated,
        "stages": stages,
        "forms": forms,
        "kinds": [{"form": form, "stage": stage, "count": kinds[form, stage]} for form, stage in ordered],
    }


def _extractors(connection: Connection, filters: Filters) -> list[str]:
    """What found the chosen commitments: from name to name along the index, since names are few and rows many."""
    column = articles.c.extractor
    found: list[str] = []
    name = connection.scalar(select(func.min(column)))
    while name is not None:
        if connection.scalar(chosen_by(connection, [*filters, ("extractor", (name,))]).limit(1)):
            found.append(name)
        name = connection.scalar(select(func.min(column)).where(column > name))
    return found
