"""Who gets a page and who gets data."""

from __future__ import annotations

import pytest

from app.reader.negotiation import prefers_page

CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    "accept", [CHROMIUM, FIREFOX, "text/html", "TEXT/HTML", "text/html;q=0.5", "application/json;q=0.4, text/html"]
)
def test_browsers_and_those_who_ask_for_html_get_pages(accept: str) -> None:
    assert prefers_page(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "application/json, text/plain, */*",
        "application/json, text/html",
        "text/html;q=0",
        "text/html;q=much",
        "text/csv, text/html;q=0.5",
        "text/html;q=0.5, application/ld+json",
        "text/plain",
    ],
)
def test_programs_get_data(accept: str) -> None:
    assert not prefers_page(accept)
