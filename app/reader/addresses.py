"""Where names and counts lead: pages of sides, and lists of commitments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

Parameters = Sequence[tuple[str, str]]
"""Filters of an address."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a side is called, and the id of its entity where there is one."""

    names: Mapping[str, str]
    entities: Mapping[str, str]

    def __call__(self, side: str) -> str:
        """The side's name."""
        return self.names.get(side, side)

    def address(self, side: str) -> str:
        """The side's page, or the commitments of a state that has none."""
        entity = self.entities.get(side)
        return f"/entities/{entity}" if entity else commitments_address([("country", side)])


def is_state(side: str) -> bool:
    """Whether a side is a state's ISO code, and not the id of an entity."""
    return len(side) == 2 and side.isupper()


def pair_filter(one: str, other: str) -> Parameters:
    """The filters for what both sides are parties to."""
    if is_state(one) and is_state(other):
        return [("between", f"{one},{other}")]
    if is_state(one) or is_state(other):
        state, party = (one, other) if is_state(one) else (other, one)
        return [("party", party), ("country", state)]
    return [("party", one), ("entity", other)]


def month_filter(month: str) -> Parameters:
    """The filters for what articles of a month such as ``2024-08`` state."""
    first = date.fromisoformat(f"{month}-01")
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return [("published_from", first.isoformat()), ("published_to", last.isoformat())]


def commitments_address(*filters: Parameters) -> str:
    """The list of commitments with these filters; a later one takes the place of an earlier."""
    chosen: dict[str, list[str]] = {}
    for some in filters:
        names = {name for name, _ in some}
        chosen = {name: values for name, values in chosen.items() if name not in names}
        for name, value in some:
            chosen.setdefault(name, []).append(value)
    pairs = [(name, value) for name, values in chosen.items() for value in values]
    return f"/commitments?{urlencode(pairs, safe=',')}" if pairs else "/commitments"
