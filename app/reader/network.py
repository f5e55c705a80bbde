"""Where the parts of the network lie: who commits with whom, by kind."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from app.domain.commitment import Form, Stage
from app.schemas.summary import KindTally, PairTally

Parameters = Sequence[tuple[str, str]]
"""Filters of the address that the chart is of."""

MOST_NODES = 30
"""More names around a circle cannot be read."""

LONGEST_LABEL = 28
"""Letters of a longer name that stand in the picture; it is told in full where it is pointed at."""

LETTER = 10.5
"""How wide a letter of a label is drawn, and more than most are."""

WIDTH, HEIGHT = 760.0, 560.0
RADIUS_X, RADIUS_Y = 225.0, 215.0

MANY = 8
"""As many commitments as make a line wide, where no pair has more."""

FORMS_APART, STAGES_APART = 46.0, 9.0
"""Between the lines of a pair, where they are farthest apart."""


@dataclass(frozen=True, slots=True)
class Node:
    """One side, on the circle."""

    side: str
    name: str
    label: str
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
    """The commitments of one form and stage between two sides."""

    path: str
    form: Form
    stage: Stage
    width: float
    href: str
    label: str


@dataclass(frozen=True, slots=True)
class Badge:
    """Where the letter of a form stands, on the edges of that form between two sides."""

    form: Form
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Network:
    """The picture, from ``left`` and ``top`` on; ``left_out`` pairs have no room in it."""

    nodes: list[Node]
    edges: list[Edge]
    badges: list[Badge]
    left_out: int

    @property
    def left(self) -> float:
        """Where the leftmost name begins."""
        return min([0.0, *(node.label_x - LETTER * len(node.label) for node in self.nodes if node.anchor == "end")])

    @property
    def width(self) -> float:
        """From there to where the rightmost name ends."""
        ends = (node.label_x + LETTER * len(node.label) for node in self.nodes if node.anchor == "start")
        return max([WIDTH, *ends]) - self.left

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
        return [*(node.y for node in self.nodes), *(badge.y for badge in self.badges)]


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
    most = max([MANY, *(kind.count for pair in shown for kind in pair.kinds)])
    edges: list[Edge] = []
    badges: list[Badge] = []
    for pair in shown:
        one, other = (places[side] for side in pair.sides)
        forms = [list(kinds) for _, kinds in groupby(pair.kinds, key=lambda kind: kind.form)]
        for kinds, offset in zip(forms, _spread(len(forms), FORMS_APART), strict=True):
            _, x, y = _curve(one, other, offset)
            badges.append(Badge(kinds[0].form, x, y))
            edges += _edges(kinds, (one, other), offset, most, asked)
    return Network(nodes, edges, badges, len(pairs) - len(shown))


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


def _shorten(name: str, most: int) -> str:
    """The name, cut off where it is longer than ``most`` letters."""
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


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
        label=_shorten(names(side), LONGEST_LABEL),
        href=names.address(side),
        is_state=is_state(side),
        count=count,
        x=round(x, 1),
        y=round(y, 1),
        size=round(size, 1),
        label_x=round(x if is_above else x + math.copysign(size + 7, across), 1),
        label_y=round(y + 5 + (math.copysign(size + 14, down) if is_above else 0), 1),
        anchor="middle" if abs(across) < 0.05 else "start" if across > 0 else "end",
    )


def _spread(count: int, apart: float) -> list[float]:
    """Places of so many lines side by side, around the middle."""
    return [(number - (count - 1) / 2) * apart for number in range(count)]


def _edges(
    kinds: Sequence[KindTally], ends: tuple[Node, Node], offset: float, most: int, asked: Parameters
) -> Iterator[Edge]:
    """One curve for each stage of a form, close together."""
    one, other = ends
    for kind, aside in zip(kinds, _spread(len(kinds), STAGES_APART), strict=True):
        path, _, _ = _curve(one, other, offset + aside)
        filters = [*pair_filter(one.side, other.side), ("form", kind.form.value), ("stage", kind.stage.value)]
        yield Edge(
            path=path,
            form=kind.form,
            stage=kind.stage,
            width=round(1.5 + 4 * math.sqrt(kind.count / most), 1),
            href=commitments_address(asked, filters),
            label=f"{one.name} and {other.name}: {kind.count} {kind.form}, {kind.stage}",
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
