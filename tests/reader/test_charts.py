"""Charts hold what their tables hold."""

from __future__ import annotations

import pytest

from app.domain.commitment import Form, Stage
from app.reader import network, timeline
from app.schemas.summary import MonthTally, PairTally

NAMES = network.Names({"CL": "Chile", "PE": "Peru", "nato": "NATO"}, {"PE": "peru", "nato": "nato"})


def tally(**forms: int) -> dict[str, object]:
    count = sum(forms.values())
    stages = {stage: count if stage is Stage.AGREED else 0 for stage in Stage}
    return {"count": count, "negated": 0, "stages": stages, "forms": {form: forms.get(form, 0) for form in Form}}


def month(name: str | None, **forms: int) -> MonthTally:
    return MonthTally.model_validate({"month": name, **tally(**forms)})


def pair(one: str, other: str, *kinds: tuple[str, str, int], **forms: int) -> PairTally:
    """Counts by form and stage; those by form alone are agreed."""
    kinds = (*kinds, *((form, "agreed", count) for form, count in forms.items()))
    told = [{"form": form, "stage": stage, "count": count} for form, stage, count in kinds]
    return PairTally.model_validate({"sides": [one, other], "kinds": told, **tally(**forms)})


def test_month_without_commitments_keeps_its_place() -> None:
    drawn = timeline.timeline([month("2024-11", aid=1), month("2025-02", military=3), month(None, aid=2)], [])
    assert [(bar.month, bar.count) for bar in drawn.bars] == [
        ("2024-11", 1),
        ("2024-12", 0),
        ("2025-01", 0),
        ("2025-02", 3),
    ]


def test_heights_are_in_proportion_and_stand_on_one_another() -> None:
    (bar,) = timeline.timeline([month("2025-02", aid=2, military=4)], []).bars
    heights = {segment.form: segment.height for segment in bar.segments}
    assert heights[Form.MILITARY] == pytest.approx(2 * heights[Form.AID], abs=0.2)
    lower, upper = sorted(bar.segments, key=lambda s: -s.y)
    assert upper.y + upper.height == pytest.approx(lower.y, abs=0.2)
    assert lower.y + lower.height == pytest.approx(timeline.BARS_HEIGHT, abs=0.2)


def test_bar_leads_to_the_commitments_of_its_month_and_form_under_the_same_filters() -> None:
    (bar,) = timeline.timeline([month("2024-02", aid=2)], [("country", "CL"), ("form", "military")]).bars
    assert [s.href for s in bar.segments] == [
        "/commitments?country=CL&published_from=2024-02-01&published_to=2024-02-29&form=aid"
    ]


def test_edge_leads_to_the_commitments_of_its_pair_form_and_stage() -> None:
    first = pair("CL", "PE", ("military", "intended", 1), ("military", "agreed", 4), ("aid", "agreed", 1))
    drawn = network.network([first, pair("nato", "PE", military=1)], NAMES, [])
    assert [(edge.label, edge.href) for edge in drawn.edges] == [
        ("Chile and Peru: 1 military, intended", "/commitments?between=CL,PE&form=military&stage=intended"),
        ("Chile and Peru: 4 military, agreed", "/commitments?between=CL,PE&form=military&stage=agreed"),
        ("Chile and Peru: 1 aid, agreed", "/commitments?between=CL,PE&form=aid&stage=agreed"),
        ("NATO and Peru: 1 military, agreed", "/commitments?party=nato&country=PE&form=military&stage=agreed"),
    ]
    assert [badge.form for badge in drawn.badges] == [Form.MILITARY, Form.AID, Form.MILITARY]
    assert drawn.edges[0].width < drawn.edges[1].width
    assert {node.name: node.href for node in drawn.nodes} == {
        "Chile": "/commitments?country=CL",
        "Peru": "/entities/peru",
        "NATO": "/entities/nato",
    }


def test_pairs_without_room_are_counted() -> None:
    pairs = [pair(f"a-{n}", f"b-{n}", aid=1) for n in range(network.MOST_NODES)]
    drawn = network.network(pairs, NAMES, [])
    assert len(drawn.nodes) == network.MOST_NODES
    assert drawn.left_out == len(pairs) - len(drawn.edges)


def test_nodes_lie_apart_and_inside_the_picture() -> None:
    drawn = network.network([pair(f"a-{n}", f"b-{n}", aid=1) for n in range(10)], NAMES, [])
    places = {(node.x, node.y) for node in drawn.nodes}
    assert len(places) == 20
    assert all(0 < x < network.WIDTH and 0 < y < network.HEIGHT for x, y in places)


def test_names_lie_inside_the_picture() -> None:
    long = network.Names({"a": "The Former Federation of the Northern Isles", "b": "Saint Vincent and Grenadines"}, {})
    drawn = network.network([pair("a", "b", aid=1)], long, [])
    for node in drawn.nodes:
        reach = node.label_x + (1 if node.anchor == "start" else -1) * len(node.label) * 8
        assert drawn.left < reach < drawn.left + drawn.width, node.label
    assert [node.label[-1] for node in drawn.nodes] == ["…", "s"]


def test_names_of_neighbours_above_do_not_cover_one_another() -> None:
    drawn = network.network([pair("PE", f"party-{n}", aid=1) for n in range(22)], NAMES, [])
    top = [node for node in drawn.nodes if node.y < network.HEIGHT / 2 and abs(node.x - network.WIDTH / 2) < 56]
    left, right = sorted(top, key=lambda node: node.x)
    assert (left.anchor, right.anchor) == ("end", "start")
    assert left.label_x < right.label_x
