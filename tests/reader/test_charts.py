"""Charts hold what their tables hold."""

from __future__ import annotations

import pytest

from app.domain.commitment import Form, Stage
from app.reader import charts
from app.schemas.summary import MonthTally, PairTally

NAMES = charts.Names({"CL": "Chile", "PE": "Peru", "nato": "NATO"}, {"PE": "peru", "nato": "nato"})


def tally(**forms: int) -> dict[str, object]:
    count = sum(forms.values())
    stages = {stage: count if stage is Stage.AGREED else 0 for stage in Stage}
    return {"count": count, "negated": 0, "stages": stages, "forms": {form: forms.get(form, 0) for form in Form}}


def month(name: str | None, **forms: int) -> MonthTally:
    return MonthTally.model_validate({"month": name, **tally(**forms)})


def pair(one: str, other: str, **forms: int) -> PairTally:
    return PairTally.model_validate({"sides": [one, other], **tally(**forms)})


def test_month_without_commitments_keeps_its_place() -> None:
    drawn = charts.timeline([month("2024-11", aid=1), month("2025-02", military=3), month(None, aid=2)], [])
    assert [(bar.month, bar.count) for bar in drawn.bars] == [
        ("2024-11", 1),
        ("2024-12", 0),
        ("2025-01", 0),
        ("2025-02", 3),
    ]


def test_heights_are_in_proportion_and_stand_on_one_another() -> None:
    (bar,) = charts.timeline([month("2025-02", aid=2, military=4)], []).bars
    heights = {segment.form: segment.height for segment in bar.segments}
    assert heights[Form.MILITARY] == pytest.approx(2 * heights[Form.AID], abs=0.2)
    lower, upper = sorted(bar.segments, key=lambda s: -s.y)
    assert upper.y + upper.height == pytest.approx(lower.y, abs=0.2)
    assert lower.y + lower.height == pytest.approx(charts.BARS_HEIGHT, abs=0.2)


def test_bar_leads_to_the_commitments_of_its_month_and_form_under_the_same_filters() -> None:
    (bar,) = charts.timeline([month("2024-02", aid=2)], [("country", "CL"), ("form", "military")]).bars
    assert [s.href for s in bar.segments] == [
        "/commitments?country=CL&published_from=2024-02-01&published_to=2024-02-29&form=aid"
    ]


def test_edge_leads_to_the_commitments_of_its_pair_and_form() -> None:
    drawn = charts.network([pair("CL", "PE", aid=1, military=2), pair("nato", "PE", military=1)], NAMES, [])
    assert [edge.href for edge in drawn.edges] == [
        "/commitments?between=CL,PE&form=military",
        "/commitments?between=CL,PE&form=aid",
        "/commitments?party=nato&country=PE&form=military",
    ]
    assert {node.name: node.href for node in drawn.nodes} == {
        "Chile": "/commitments?country=CL",
        "Peru": "/entities/peru",
        "NATO": "/entities/nato",
    }


def test_pairs_without_room_are_counted() -> None:
    pairs = [pair(f"a-{n}", f"b-{n}", aid=1) for n in range(charts.MOST_NODES)]
    drawn = charts.network(pairs, NAMES, [])
    assert len(drawn.nodes) == charts.MOST_NODES
    assert drawn.left_out == len(pairs) - len(drawn.edges)


def test_nodes_lie_apart_and_inside_the_picture() -> None:
    drawn = charts.network([pair(f"a-{n}", f"b-{n}", aid=1) for n in range(10)], NAMES, [])
    places = {(node.x, node.y) for node in drawn.nodes}
    assert len(places) == 20
    assert all(0 < x < charts.WIDTH and 0 < y < charts.HEIGHT for x, y in places)
