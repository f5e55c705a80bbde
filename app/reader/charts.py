"""Where the parts of the charts lie: a network of who commits with whom, and the months."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from app.domain.commitment import Form, Stage
from app.schemas.summary import MonthTally, PairTally

Parameters = Sequence[tuple[str, str]]
"""Filters of the address that the chart is of."""

MOST_NODES = 30
"""More names around a circle cannot be read."""

WIDTH, HEIGHT = 760.0, 560.0
RADIUS_X, RADIUS_Y = 225.0, 215.0

BARS_HEIGHT = 220.0
BAR, GAP = 34.0, 14.0
MOST_MONTHS = 60
"""Months shown, the latest: five years."""


@dataclass(frozen=True, slots=True)
class Node:
    """One side, on the circle."""

    side: str
    name: str
    href: str
    is_state: bool
    count: int
    x: float
    y: float
    size: float
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Edge:
    """The commitments of one form between two sides; ``stage`` is the most frequent one of the pair."""

    path: str
    form: Form
    stage: Stage
    count: int
    width: float
    href: str
    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Network:
    """The picture, from ``top`` down; ``left_out`` pairs have no room in it."""

    nodes: list[Node]
    edges: list[Edge]
    left_out: int

    @property
    def top(self) -> float:
        """Where the highest part lies, with room for its name."""
        return min(self._heights, default=0) - 45

    @property
    def height(self) -> float:
        """From there to the lowest part."""
        return max(self._heights, default=0) + 45 - self.top

    @property
    def _heights(self) -> list[float]:
        return [*(node.y for node in self.nodes), *(edge.y for edge in self.edges)]


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
        return f"/entities/{entity}" if entity else f"/commitments?{urlencode([('country', side)])}"


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


def network(pairs: Sequence[PairTally], names: Names, asked: Parameters) -> Network:
    """The pairs with the most commitments, as far as their sides have room on the circle."""
    shown: list[PairTally] = []
    sides: dict[str, int] = {}
    for pair in pairs:
        if len(sides.keys() | set(pair.sides)) <= MOST_NODES:
            shown.append(pair)
            for side in pair.sides:
                sides[side] = sides.get(side, 0) + pair.count
    nodes = _nodes(_around(sides, shown), sides, names)
    places = {node.side: node for node in nodes}
    most = max((max(pair.forms.values()) for pair in shown), default=1)
    edges = [edge for pair in shown for edge in _edges(pair, places, most, asked)]
    return Network(nodes, edges, len(pairs) - len(shown))


def _around(sides: Mapping[str, int], pairs: Sequence[PairTally]) -> list[str]:
    """The sides in an order that puts partners close together: each next to those it shares most with."""
    left = sorted(sides, key=lambda side: (-sides[side], side))
    shared = {frozenset(pair.sides): pair.count for pair in pairs}
    order: list[str] = []
    while left:
        recent = order[-3:]
        best = (
            max(left, key=lambda s: (sum(shared.get(frozenset((s, o)), 0) for o in recent), sides[s]))
            if order
            else left[0]
        )
        left.remove(best)
        order.append(best)
    return order


def _nodes(order: Sequence[str], counts: Mapping[str, int], names: Names) -> list[Node]:
    most = max(counts.values(), default=1)
    return [_node(side, math.tau * n / len(order) + math.pi, counts[side], most, names) for n, side in enumerate(order)]


def _node(side: str, angle: float, count: int, most: int, names: Names) -> Node:
    across, down = math.cos(angle), math.sin(angle)
    size = 8 + 10 * math.sqrt(count / most)
    x, y = WIDTH / 2 + RADIUS_X * across, HEIGHT / 2 + RADIUS_Y * down
    is_above = abs(across) < 0.25
    return Node(
        side=side,
        name=names(side),
        href=names.address(side),
        is_state=is_state(side),
        count=count,
        x=round(x, 1),
        y=round(y, 1),
        size=round(size, 1),
        label_x=round(x if is_above else x + math.copysign(size + 7, across), 1),
        label_y=round(y + 5 + (math.copysign(size + 14, down) if is_above else 0), 1),
        anchor="middle" if is_above else "start" if across > 0 else "end",
    )


def _edges(pair: PairTally, places: Mapping[str, Node], most: int, asked: Parameters) -> Iterator[Edge]:
    """One curve for each form, side by side."""
    one, other = (places[side] for side in pair.sides)
    forms = [(form, count) for form, count in pair.forms.items() if count]
    stage = max(pair.stages, key=lambda stage: pair.stages[stage])
    for number, (form, count) in enumerate(forms):
        offset = (number - (len(forms) - 1) / 2) * 46
        path, x, y = _curve(one, other, offset)
        filters = [*pair_filter(*pair.sides), ("form", form.value)]
        yield Edge(
            path=path,
            form=form,
            stage=stage,
            count=count,
            width=round(1.5 + 4.5 * math.sqrt(count / most), 1),
            href=commitments_address(asked, filters),
            label=f"{one.name} and {other.name}: {count} {form}, mostly {stage}",
            x=x,
            y=y,
        )


def _curve(one: Node, other: Node, offset: float) -> tuple[str, float, float]:
    """A curve between two nodes that passes ``offset`` beside the line drawn a little towards the centre."""
    mid_x, mid_y = (one.x + other.x) / 2, (one.y + other.y) / 2
    along_x, along_y = other.x - one.x, other.y - one.y
    length = math.hypot(along_x, along_y) or 1.0
    bend_x = mid_x + (WIDTH / 2 - mid_x) * 0.35 - along_y / length * offset * 2
    bend_y = mid_y + (HEIGHT / 2 - mid_y) * 0.35 + along_x / length * offset * 2
    middle = ((one.x + other.x) / 4 + bend_x / 2, (one.y + other.y) / 4 + bend_y / 2)
    path = f"M{one.x:.1f} {one.y:.1f}Q{bend_x:.1f} {bend_y:.1f} {other.x:.1f} {other.y:.1f}"
    return path, round(middle[0], 1), round(middle[1], 1)


@dataclass(frozen=True, slots=True)
class Segment:
    """One form's part of a bar."""

    form: Form
    count: int
    y: float
    height: float
    href: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One month."""

    month: str
    name: str
    year: str
    x: float
    count: int
    segments: list[Segment]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The bars of all months from the first to the last, and the lines to read them by: count and height."""

    bars: list[Bar]
    grid: list[tuple[int, float]]
    width: float
    left_out: int


def timeline(months: Sequence[MonthTally], asked: Parameters) -> Timeline:
    """The latest months, stacked by form; a month without commitments keeps its place."""
    known = {tally.month: tally for tally in months if tally.month}
    if not known:
        return Timeline([], [], 0, 0)
    spans = list(_months(min(known), max(known)))
    shown = spans[-MOST_MONTHS:]
    most = max(known[month].count for month in shown if month in known)
    step = _step(most)
    top = math.ceil(most / step) * step
    scale = BARS_HEIGHT / top
    bars = [_bar(n, month, known.get(month), scale, asked) for n, month in enumerate(shown)]
    grid = [(count, round(BARS_HEIGHT - count * scale, 1)) for count in range(0, top + 1, step)]
    left_out = sum(known[month].count for month in spans[:-MOST_MONTHS] if month in known)
    return Timeline(bars, grid, len(bars) * (BAR + GAP) + GAP, left_out)


def _bar(number: int, month: str, tally: MonthTally | None, scale: float, asked: Parameters) -> Bar:
    first = date.fromisoformat(f"{month}-01")
    days = [("published_from", f"{month}-01"), ("published_to", _last_day(first).isoformat())]
    y = BARS_HEIGHT
    segments: list[Segment] = []
    for form, count in tally.forms.items() if tally else ():
        if count:
            y -= count * scale
            address = commitments_address(asked, days, [("form", form.value)])
            segments.append(Segment(form, count, round(y, 1), round(count * scale, 1), address))
    x = GAP + number * (BAR + GAP)
    return Bar(month, first.strftime("%b"), str(first.year), x, tally.count if tally else 0, segments)


def _months(first: str, last: str) -> Iterator[str]:
    day, end = date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01")
    while day <= end:
        yield day.strftime("%Y-%m")
        day = _last_day(day) + timedelta(days=1)


def _last_day(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _step(most: int) -> int:
    """A round number that divides the height into about four."""
    size = int(10 ** max(0, math.floor(math.log10(max(1, most / 4)))))
    return next((size * n for n in (1, 2, 5) if size * n * 5 >= most), size * 10)
