"""The reader in a real browser: Debian's Chromium, with and without script, wide and narrow, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from app.settings import shipped
from app.store.database import Database
from app.store.keys import create_key
from app.store.scopes import Scope
from app.store.write import put
from tests.reader.pages import tricky
from tests.service.test_serve import serving, wait_until_ready

NARROW = {"width": 360, "height": 740}
SEED = "/articles/2024-08-08-iran-and-belarus-strengthen"
PAGES = [
    "/",
    "/articles",
    SEED,
    f"{SEED}/entities",
    f"{SEED}/mentions",
    f"{SEED}/same-story",
    "/commitments",
    "/commitments?form=military&country=IR",
    "/entities",
    "/entities/andrey-lukyanovich",
    "/entities/iran",
    "/entities/iran/partners",
    "/statements",
    "/search",
    "/search?q=cooperation",
    "/summary",
    "/hand-in",
    "/nowhere",
]
SHOWN_WITHIN = 30_000
"""Milliseconds; an article is read meanwhile, on a machine that may be busy."""

expect.set_options(timeout=SHOWN_WITHIN)
AGREED = "Fiji and Peru agreed on Monday to train their navies together, a spokesman said."

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the service runs, on the seed article and one full of tricks."""
    store = tmp_path_factory.mktemp("browser") / "store.db"
    database = Database(f"sqlite:///{store}", shipped("migrations"))
    database.migrate()
    with database.write() as connection:
        put(connection, *tricky())
    database.close()
    with serving(store) as (_, client):
        wait_until_ready(client)
        yield str(client.base_url).rstrip("/")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Where a service runs that takes articles from those with a key alone, and such a key."""
    store = tmp_path_factory.mktemp("guarded") / "store.db"
    database = Database(f"sqlite:///{store}", shipped("migrations"))
    database.migrate()
    with database.write() as connection:
        key = create_key(connection, Scope.WRITE, "a test", None, datetime.now(UTC))
    database.close()
    with serving(store, ENTENTE_ANONYMOUS_WRITE="false") as (_, client):
        wait_until_ready(client)
        yield str(client.base_url).rstrip("/"), key


def is_lit(mark: Locator) -> bool:
    """Whether it is shown otherwise than a mark that nobody asked for."""
    lit: bool = mark.evaluate(
        "mark => getComputedStyle(mark).backgroundColor === getComputedStyle(document.documentElement)"
        ".getPropertyValue('--lit').trim().replace(/^#(..)(..)(..)$/, (_, r, g, b) =>"
        " `rgb(${parseInt(r, 16)}, ${parseInt(g, 16)}, ${parseInt(b, 16)})`)"
    )
    return lit


def first_commitment(page: Page) -> str:
    """The id of the first commitment of the article that is open."""
    return str(page.locator("li.fact[data-fact^='c-']").first.get_attribute("data-fact"))


def test_hovering_a_name_shows_who_it_is(page: Page) -> None:
    page.goto(SEED)
    page.locator(".text a.entity", has_text="Lukyanovich").first.hover()
    card = page.locator("#card")
    expect(card).to_be_visible()
    expect(card).to_contain_text("Andrey Lukyanovich")
    expect(card).to_contain_text("Commander")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_hovering_evidence_shows_its_fact(page: Page) -> None:
    page.goto(SEED)
    fact = first_commitment(page)
    page.locator(f"mark[data-fact='{fact}'] .ref").first.hover()
    for said in ("PLOVER", "CAMEO", "sure"):
        expect(page.locator("#card")).to_contain_text(said)


def test_commitment_leads_to_its_evidence(page: Page) -> None:
    page.goto(SEED)
    fact = first_commitment(page)
    page.locator(f"#fact-{fact} .words a").first.click()
    mark = page.locator(f"[id='{fact}']")
    expect(mark).to_be_in_viewport()
    assert urlsplit(page.url).fragment == fact
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    assert is_lit(mark)


@pytest.mark.parametrize("script", [True, False])
def test_permanent_link_opens_lit(browser: Browser, address: str, *, script: bool) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=script)
    page = context.new_page()
    page.goto("/commitments")
    link = page.locator(f"td a.quote[href^='{SEED}']").first.get_attribute("href")
    page.goto(str(link))
    fragment = urlsplit(str(link)).fragment
    mark = page.locator(f"[id='{fragment}']")
    expect(mark).to_be_in_viewport()
    if script:
        expect(mark).to_have_class(re.compile("lit"))
    context.close()


def test_keyboard_alone_reaches_content_and_facts(page: Page) -> None:
    page.goto(SEED)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('ref')"):
            break
    expect(page.locator("#card")).to_contain_text("PLOVER")
    page.keyboard.press("Enter")
    assert urlsplit(page.url).fragment.startswith("fact-c-")


def test_filters_end_up_in_the_address(page: Page) -> None:
    page.goto("/commitments")
    page.get_by_label("military").check()
    page.get_by_label("Country").select_option("BY")
    page.get_by_role("button", name="Show").click()
    assert parse_qs(urlsplit(page.url).query) == {"form": ["military"], "country": ["BY"]}
    kinds = page.locator("tbody .form").all_text_contents()
    assert kinds
    assert all("military" in kind for kind in kinds)


def test_search_shows_passages(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Search articles").fill("defense experience")
    page.keyboard.press("Enter")
    expect(page.locator(".hits .snippet mark").first).to_be_visible()
    page.locator(".hits h2 a").first.click()
    expect(page.locator("h1")).to_contain_text("Iran and Belarus")


def test_article_is_handed_in_and_its_facts_are_seen(page: Page) -> None:
    page.goto("/hand-in")
    page.get_by_role("button", name="Read it").click()
    expect(page.locator("#error-text")).to_contain_text("Paste a text")
    page.get_by_label("Text", exact=True).fill(AGREED)
    page.get_by_label("Headline").fill("Navies")
    page.get_by_role("button", name="Read it").click()
    expect(page.locator("h1")).to_have_text("Navies")
    expect(page.locator(".text mark").first).to_be_visible()
    expect(page.locator("li.fact .sides").first).to_contain_text("Fiji")


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, and can be seen to have it."""
    for _ in range(100):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            assert wanted.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
            return
    raise AssertionError(f"{wanted} is not reached by Tab")


def test_keyboard_alone_logs_in_hands_in_reads_and_logs_out(browser: Browser, guarded: tuple[str, str]) -> None:
    address, key = guarded
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/")
    tab_to(page, page.get_by_role("link", name="Log in"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Key"))
    page.keyboard.type(key)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Hand in", exact=True))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Text", exact=True))
    page.keyboard.type(AGREED)
    tab_to(page, page.get_by_role("button", name="Read it"))
    page.keyboard.press("Enter")
    expect(page.locator("li.fact .sides").first).to_contain_text("Fiji")
    tab_to(page, page.locator(f"mark[data-fact='{first_commitment(page)}'] .ref").first)
    expect(page.locator("#card")).to_contain_text("military")
    tab_to(page, page.get_by_role("link", name="Logged in"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Log out"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto("/hand-in")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_keeps_anyone_out(browser: Browser, address: str, path: str, scheme: str) -> None:
    """As far as axe-core can tell: names, roles, contrast, landmarks, headings."""
    context = browser.new_context(base_url=address, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(path)
    found = Axe().run(page).response["violations"]
    context.close()
    assert [(v["id"], [node["html"][:200] for node in v["nodes"][:3]]) for v in found] == []


@pytest.mark.parametrize("path", PAGES)
def test_narrow_page_does_not_scroll_sideways(browser: Browser, address: str, path: str) -> None:
    context = browser.new_context(base_url=address, viewport=NARROW)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(path)
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width <= NARROW["width"]


@pytest.mark.parametrize("path", PAGES)
def test_policy_stops_nothing_of_our_own(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")


def test_hostile_article_does_nothing_but_be_read(page: Page) -> None:
    page.goto("/articles?q=nothing")
    page.locator(".listed a").first.click()
    page.wait_for_load_state("networkidle")
    assert "taken" in page.locator("h1").inner_text()
    assert page.title().startswith("</title><script>")
    assert page.locator("main script, main style, main img").count() == 0
    expect(page.locator(".facts-beside")).to_be_visible()


def test_article_page_is_light(context: BrowserContext, page: Page) -> None:
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(SEED)
    page.wait_for_load_state("networkidle")
    assert 3 <= len(sizes) <= 4
    assert sum(sizes) < 100_000


def test_motion_is_left_out_where_it_is_not_wanted(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, reduced_motion="reduce")
    page = context.new_page()
    page.goto(SEED)
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    context.close()
