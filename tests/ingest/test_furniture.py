from datetime import date

import pytest

from app.ingest.furniture import LONGEST_LINE, Furniture, dates, furniture, pieces

EVERYWHERE = frozenset({"anywhere", "head", "foot"})
EXAMPLES = [(row, line) for row in furniture() for line in row.examples]
COUNTEREXAMPLES = [(row, line) for row in furniture() for line in row.counterexamples]


@pytest.mark.parametrize(("row", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_every_example_fires_its_own_row(row: Furniture, line: str) -> None:
    found = pieces(line, frozenset({row.where}))
    assert found
    assert row.pattern in [piece.re for piece in found]


@pytest.mark.parametrize("line", [line for _, line in COUNTEREXAMPLES])
def test_every_counterexample_stays_wherever_it_stands(line: str) -> None:
    assert pieces(line, EVERYWHERE) is None


def test_every_row_stands_in_a_known_place() -> None:
    assert {row.where for row in furniture()} <= EVERYWHERE


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Tuesday, September 21, 2021 | 4 min read", date(2021, 9, 21)),
        ("By Ola Nordmann · 1 May 2020 · 10:15 GMT", date(2020, 5, 1)),
        ("News ID: 5521 - 2018-11-30", date(2018, 11, 30)),
        ("February 30, 2020", None),
        ("Last updated: 3 June 2021", None),
        ("Share | Print", None),
    ],
)
def test_a_line_of_several_pieces_gives_the_date_among_them(line: str, day: date | None) -> None:
    found = pieces(line, EVERYWHERE)
    assert found
    assert next(dates(found), None) == day


@pytest.mark.parametrize("line", ["4 min readers", "Share this article with Oslo", "", "   ", "Share " * LONGEST_LINE])
def test_a_line_with_anything_else_in_it_is_no_furniture(line: str) -> None:
    assert pieces(line, EVERYWHERE) is None


def test_what_belongs_to_the_head_is_no_furniture_further_in() -> None:
    assert pieces("Monday, March 4, 2019", frozenset({"anywhere"})) is None


def test_the_name_of_the_outlet_may_stand_in_a_line_of_furniture() -> None:
    assert pieces("The Nordic Post - 4 March 2019", EVERYWHERE, ["The Nordic Post"])
    assert pieces("The Nordic Post (evening edition)", EVERYWHERE, ["The Nordic Post"]) is None
