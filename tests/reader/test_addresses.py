"""Where names and counts lead."""

from __future__ import annotations

import pytest

from app.reader.addresses import Names, Parameters, commitments_address, month_filter, pair_filter


@pytest.mark.parametrize(
    ("one", "other", "filters"),
    [
        ("CL", "PE", "between=CL,PE"),
        ("nato", "PE", "party=nato&country=PE"),
        ("PE", "nato", "party=nato&country=PE"),
        ("nato", "red-cross", "party=nato&entity=red-cross"),
    ],
)
def test_pair_of_sides_has_its_filters(one: str, other: str, filters: str) -> None:
    assert commitments_address(pair_filter(one, other)) == f"/commitments?{filters}"


@pytest.mark.parametrize(
    ("month", "last"), [("2024-02", "29"), ("2023-02", "28"), ("2024-12", "31"), ("2024-04", "30")]
)
def test_month_has_all_its_days(month: str, last: str) -> None:
    assert month_filter(month) == [("published_from", f"{month}-01"), ("published_to", f"{month}-{last}")]


@pytest.mark.parametrize(
    ("filters", "address"),
    [
        ([], "/commitments"),
        ([[("country", "CL"), ("form", "military")], [("form", "aid")]], "/commitments?country=CL&form=aid"),
        ([[("form", "aid"), ("form", "other")]], "/commitments?form=aid&form=other"),
    ],
)
def test_later_filter_takes_the_place_of_an_earlier(filters: list[Parameters], address: str) -> None:
    assert commitments_address(*filters) == address


def test_side_leads_to_its_page_or_to_its_commitments() -> None:
    names = Names({"CL": "Chile", "PE": "Peru"}, {"PE": "peru", "nato": "nato"})
    assert [(names(side), names.address(side)) for side in ("CL", "PE", "nato")] == [
        ("Chile", "/commitments?country=CL"),
        ("Peru", "/entities/peru"),
        ("nato", "/entities/nato"),
    ]
