"""The charts in a real browser: they show what the tables behind them hold, to everyone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from app.domain.commitment import Form, Stage
from app.domain.entity import EntityType
from app.settings import shipped
from app.store.database import Database
from app.store.write import put
from tests.making import FactsOf, an_article
from tests.service.test_serve import serving, wait_until_ready

pytestmark = pytest.mark.slow

WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=360, height=740)
LEAGUE = "League of <b>Ports</b> & Harbours"
CREWS = [f"Crew {n} of the Long Coast" for n in range(33)]
FAR_AWAY = "State Union of Islands That Lie Very Far Away From Everything Else"


def pacts() -> Iterator[FactsOf]:
    """Between two states and a league, in two months; and of a port with more partners than a picture has room for."""
    chile, peru, league = ("chile", "CL"), ("peru", "PE"), ("league", None)
    for published in (date(2024, 11, 5), date(2025, 2, 7), None):
        words = f"Chile and Peru train and sail and trade with the {LEAGUE}, as of {published}."
        facts = FactsOf(an_article(words, f"Pacts of {published}", published))
        facts.names("Chile", EntityType.COUNTRY, "CL").names("Peru", EntityType.COUNTRY, "PE")
        facts.names(LEAGUE, EntityType.ORGANIZATION)
        facts.entities[-1] = replace(facts.entities[-1], id="league")
        facts.commits("train", chile, peru, form=Form.MILITARY)
        if published == date(2024, 11, 5):
            facts.commits("sail", chile, peru, form=Form.MILITARY)
            facts.commits("sail", chile, peru, form=Form.MILITARY, stage=Stage.INTENDED)
            facts.commits("trade", chile, peru, form=Form.AID, stage=Stage.ENACTED)
            facts.commits("trade", league, peru, form=Form.AID, stage=Stage.PROPOSED)
        yield facts
    names = [*CREWS, FAR_AWAY]
    facts = FactsOf(an_article(f"Port Anna works with {', '.join(names)}.", "Port Anna", date(2010, 1, 2)))
    facts.names("Port Anna", EntityType.ORGANIZATION)
    for name in names:
        facts.names(name, EntityType.ORGANIZATION)
        facts.commits("works with", ("port-anna", None), (facts.entities[-1].id, None))
    yield facts


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a service runs on those."""
    store = tmp_path_factory.mktemp("charts") / "store.db"
    database = Database(f"sqlite:///{store}", shipped("migrations"))
    database.migrate()
    with database.write() as connection:
        for facts in pacts():
            put(connection, facts.article, facts.made())
    database.close()
    with serving(store, ENTENTE_READ_ONLY="true") as (_, client):
        wait_until_ready(client)
        yield str(client.base_url).rstrip("/")


def picture(page: Page, kind: str, path: str = "/summary?country=PE") -> Locator:
    """The picture, as soon as it is drawn."""
    page.goto(path)
    found = page.locator(f"[data-chart='{kind}'] svg.chart")
    expect(found).to_be_visible()
    return found


def links(chart: Locator) -> dict[str, str]:
    """Where the parts of a picture lead, by what they are called."""
    found: dict[str, str] = chart.evaluate(
        "chart => Object.fromEntries([...chart.querySelectorAll('a')].map(a =>"
        " [a.firstElementChild.getAttribute('aria-label'), a.href.baseVal]))"
    )
    return found


def test_network_has_a_line_for_each_form_and_stage_of_a_pair_and_its_sides(page: Page) -> None:
    assert links(picture(page, "network")) == {
        "Chile and Peru: 1 military, intended": "/commitments?country=PE&between=CL,PE&form=military&stage=intended",
        "Chile and Peru: 4 military, agreed": "/commitments?country=PE&between=CL,PE&form=military&stage=agreed",
        "Chile and Peru: 1 aid, enacted": "/commitments?country=PE&between=CL,PE&form=aid&stage=enacted",
        f"Peru and {LEAGUE}: 1 aid, proposed": "/commitments?party=league&country=PE&form=aid&stage=proposed",
        "Chile": "/entities/chile",
        "Peru": "/entities/peru",
        LEAGUE: "/entities/league",
    }


def test_timeline_has_a_bar_for_each_form_of_a_month(page: Page) -> None:
    days = "published_from=2024-11-01&published_to=2024-11-30"
    assert links(picture(page, "timeline")) == {
        "Nov 2024: 3 military": f"/commitments?country=PE&{days}&form=military",
        "Nov 2024: 2 aid": f"/commitments?country=PE&{days}&form=aid",
        "Feb 2025: 1 military": "/commitments?country=PE&published_from=2025-02-01&published_to=2025-02-28"
        "&form=military",
    }


def test_bars_stand_on_one_another_and_a_month_without_commitments_keeps_its_place(page: Page) -> None:
    chart = picture(page, "timeline")
    boxes = {
        name: box
        for name in links(chart)
        if (box := chart.locator(f"a:has([aria-label='{name}']) rect").bounding_box()) is not None
    }
    military, aid, later = (
        boxes[f"{name}"] for name in ("Nov 2024: 3 military", "Nov 2024: 2 aid", "Feb 2025: 1 military")
    )
    assert military["height"] / 3 == pytest.approx(aid["height"] / 2, rel=0.1)
    assert aid["y"] + aid["height"] == pytest.approx(military["y"], abs=2)
    months = chart.locator("[aria-label='x-axis tick label'] text").all_text_contents()
    assert [" ".join(month.split()) for month in months] == ["Nov2024", "Dec", "Jan2025", "Feb"]
    assert later["x"] - military["x"] > 2.9 * military["width"]


def test_line_that_is_clicked_leads_to_its_commitments(page: Page) -> None:
    chart = picture(page, "network")
    line = chart.locator("a:has([aria-label^='Chile and Peru: 4 military']) path")
    chart.scroll_into_view_if_needed()
    x, y = line.evaluate(
        "line => { const at = line.getPointAtLength(line.getTotalLength() / 4).matrixTransform(line.getScreenCTM());"
        " return [at.x, at.y]; }"
    )
    page.mouse.click(x, y)
    expect(page.locator("h1")).to_have_text("Commitments")
    expect(page.locator("tbody tr")).to_have_count(4)


@pytest.mark.parametrize(
    ("kind", "name"), [("network", "Chile and Peru: 4 military, agreed"), ("timeline", "Nov 2024: 2 aid")]
)
def test_keyboard_alone_reaches_lines_and_bars_and_shows_where_it_is(page: Page, kind: str, name: str) -> None:
    chart = picture(page, kind)
    part = chart.locator(f"a:has([aria-label='{name}'])")
    before = part.locator("> *").evaluate("shape => getComputedStyle(shape).stroke")
    for _ in range(60):
        page.keyboard.press("Tab")
        if part.evaluate("part => part === document.activeElement"):
            break
    assert part.locator("> *").evaluate("shape => getComputedStyle(shape).stroke") != before
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Commitments")
    count = int(name.split(": ")[1].split()[0])
    expect(page.locator("tbody tr")).to_have_count(count)


def test_forms_and_stages_can_be_told_apart_without_colour(page: Page) -> None:
    chart = picture(page, "network")
    assert sorted(chart.locator("text", has_text="M").all_text_contents()) == ["M"]
    dashes = chart.locator("g[stroke-dasharray]").evaluate_all(
        "all => all.map(g => g.getAttribute('stroke-dasharray'))"
    )
    assert len(dashes) == len(set(dashes)) == 3  # and that of what is done has none
    bars = page.locator("[data-chart='timeline'] rect").evaluate_all("all => all.map(bar => bar.getAttribute('fill'))")
    assert set(bars) == {"url(#fill-military)", "url(#fill-aid)"}
    fills = page.locator("pattern").evaluate_all("all => all.map(fill => fill.innerHTML.replace(/form-\\w+/, ''))")
    assert len(fills) == len(set(fills)) == len(Form)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_names_lie_in_the_picture_and_beside_one_another(
    browser: Browser, address: str, viewport: ViewportSize
) -> None:
    context = browser.new_context(base_url=address, viewport=viewport)
    page = context.new_page()
    chart = picture(page, "network", "/summary?entity=port-anna")
    frame = chart.evaluate("chart => chart.getBoundingClientRect().toJSON()")
    names = chart.locator("text[font-size], g[font-size='14'] text").evaluate_all(
        "all => all.map(text => ({...text.getBoundingClientRect().toJSON(), name: text.textContent}))"
    )
    context.close()
    assert len(names) == 30
    for box in names:
        assert frame["left"] <= box["left"] < box["right"] <= frame["right"], box
        assert frame["top"] <= box["top"] < box["bottom"] <= frame["bottom"], box
    covered = [
        (one["name"], other["name"])
        for n, one in enumerate(names)
        for other in names[:n]
        if min(one["right"], other["right"]) - max(one["left"], other["left"]) > 3
        and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 3
    ]
    assert covered == []


def test_pairs_and_months_without_room_are_counted_and_in_the_table(page: Page) -> None:
    chart = picture(page, "network", "/summary?entity=port-anna")
    assert len(links(chart)) == 29 + 30
    expect(page.get_by_text("5 more pairs are in the table.")).to_be_visible()
    assert page.locator("#by-pair tbody").count() == 34
    picture(page, "timeline", "/summary")
    expect(page.get_by_text("34 earlier ones are in the table.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/summary?country=PE", "/summary", "/entities/peru"])
def test_nothing_keeps_anyone_out_of_the_charts(browser: Browser, address: str, path: str, scheme: str) -> None:
    context = browser.new_context(base_url=address, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    picture(page, "timeline", path)
    found = Axe().run(page).response["violations"]
    context.close()
    assert [(v["id"], [node["html"][:200] for node in v["nodes"][:3]]) for v in found] == []


def test_colours_follow_the_scheme_and_nothing_moves(browser: Browser, address: str) -> None:
    shown = []
    for scheme in ("light", "dark"):
        context = browser.new_context(base_url=address, color_scheme=scheme)
        page = context.new_page()
        chart = picture(page, "network")
        line = chart.locator("g[stroke-dasharray] path").first
        shown.append((line.evaluate("line => getComputedStyle(line).stroke"), line.get_attribute("d")))
        assert chart.evaluate("chart => chart.getAnimations({ subtree: true }).length") == 0
        context.close()
    (light, place), (dark, same_place) = shown
    assert light != dark
    assert place == same_place


def test_without_script_the_tables_say_and_lead_to_the_same(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/summary?country=PE")
    expect(page.get_by_text("all of it is in the table").first).to_be_visible()
    page.get_by_text("The same as a table").first.click()
    page.locator("#by-pair td a", has_text="4").click()
    assert parse_qs(urlsplit(page.url).query)["form"] == ["military"]
    expect(page.locator("tbody tr")).to_have_count(4)
    context.close()
