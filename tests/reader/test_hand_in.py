"""The form that takes articles in, as a browser sends it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from lxml import html

from app.settings import Settings
from tests.client import Client
from tests.reader.pages import BROWSER

TEXT = "Samoa and Tonga agreed on Friday to guard their fishing grounds together, the minister said."


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The service without seeds, which fetches nothing."""
    folder = tmp_path_factory.mktemp("form")
    url = f"sqlite:///{folder / 'store.db'}"
    with Client(Settings(database_url=url, seeds=folder, niceness=0, fetch=False)) as started:
        yield started


def sent(
    client: Client,
    fields: dict[str, str],
    file: tuple[str, bytes] | None = None,
    *,
    headers: dict[str, str] | None = None,
    token_sent: str | None = None,
    cookie_sent: str | None = None,
) -> httpx.Response:
    """The form, opened and sent, with its own token and cookie unless others are given."""
    opened = client.get("/hand-in", accept=BROWSER)
    token = re.search(r'name="token" value="([0-9a-f]+)"', opened.text)
    cookie = re.search(r"entente_form=[0-9a-f]+", opened.headers["set-cookie"])
    assert token
    assert cookie
    given = {"token": token[1] if token_sent is None else token_sent, **fields}
    body = httpx.Request("POST", "http://x", data=given, files={"file": file or ("", b"")})
    sending = {
        "content-type": body.headers["content-type"],
        "cookie": cookie_sent or cookie[0],
        "accept": BROWSER,
        **(headers or {}),
    }
    return client.request("POST", "/hand-in", headers=sending, content=body.read())


def errors(response: httpx.Response) -> dict[str, str]:
    """What is said beside which field."""
    found = html.document_fromstring(response.text)
    beside = found.xpath("//*[starts-with(@id, 'error-')]")
    for error in beside:
        (field,) = found.xpath(
            "//*[contains(concat(' ', @aria-describedby, ' '), concat(' ', $id, ' '))]", id=error.get("id")
        )
        assert field.get("aria-invalid") == "true"
    return {error.get("id").removeprefix("error-"): error.text_content() for error in beside}


def test_text_is_read_and_its_page_shown(client: Client) -> None:
    response = sent(client, {"text": TEXT, "title": "Grounds", "source": "Bay News", "published": "2025-01-05"})
    assert response.status_code == 303
    assert response.headers["location"] == "/articles/2025-01-05-grounds"
    shown = client.get(response.headers["location"], accept=BROWSER)
    assert "guard their fishing grounds together" in html.document_fromstring(shown.text).text_content()


def test_markdown_file_says_what_is_known_of_it(client: Client) -> None:
    front = b"---\ntitle: Ferry\nsource: Coast Post\npublished: 2025-02-03\n---\n\n"
    response = sent(client, {}, ("ferry.md", front + b"Malta and Cyprus agreed to build a ferry.\n"))
    assert response.headers["location"] == "/articles/2025-02-03-ferry"
    assert client.get(response.headers["location"]).json()["sources"][0]["name"] == "Coast Post"


def test_page_in_a_file_is_read_as_a_page(client: Client) -> None:
    content = (
        "<html lang=en><meta charset=latin-1><title>Bridge</title><article><h1>Bridge</h1><p>Chile and Perú agreed on "
        "Monday to build a bridge together, a spokesman of the ministry said.</p></article></html>"
    )
    response = sent(client, {"title": "Bridge", "published": "2025-02-04"}, ("bridge.html", content.encode("latin-1")))
    assert response.status_code == 303, errors(response)
    assert "Perú" in client.get(response.headers["location"]).json()["text"]


@pytest.mark.parametrize(
    ("fields", "file", "field", "said"),
    [
        ({}, None, "text", "Paste a text"),
        ({"text": "Hm."}, None, "text", "too short"),
        ({"text": TEXT, "published": "soon"}, None, "published", "published is 'soon'"),
        ({"url": "https://bay.example/1"}, None, "url", "fetching is turned off"),
        ({"text": TEXT, "url": "bay"}, None, "url", "url is 'bay'"),
        ({"text": TEXT}, ("a.txt", b"Words."), "file", "either the text or a file"),
        ({}, ("a.pdf", b"%PDF"), "file", "a.pdf is of no kind that is read here"),
        ({}, ("a.md", b" "), "file", "a.md, line 1: empty"),
        ({}, ("a.md", b"No title here, but a sentence of some length.\n"), "file", "no title"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_filled_in_stays(
    client: Client, fields: dict[str, str], file: tuple[str, bytes] | None, field: str, said: str
) -> None:
    response = sent(client, fields, file)
    assert 400 <= response.status_code < 500
    found = errors(response)
    assert list(found) == [field]
    assert said in found[field]
    again = html.document_fromstring(response.text)
    for name, value in fields.items():
        (kept,) = again.xpath("//*[@name=$name]", name=name)
        assert (kept.get("value") or kept.text_content().strip()) == value


@pytest.mark.parametrize(
    ("token", "cookie"), [("", None), ("00" * 64, None), (None, "entente_form=" + "00" * 32), (None, "x=y")]
)
def test_form_that_is_not_ours_stores_nothing(client: Client, token: str | None, cookie: str | None) -> None:
    before = client.get("/articles?count=true").json()["total"]
    response = sent(client, {"text": f"{TEXT} And more."}, token_sent=token, cookie_sent=cookie)
    assert response.status_code == 403
    assert "Nothing was stored" in response.text
    assert client.get("/articles?count=true").json()["total"] == before


def test_who_may_not_write_may_not_use_the_form(client: Client) -> None:
    response = sent(client, {"text": TEXT}, headers={"host": "192.0.2.7"})
    assert response.status_code == 403
    assert "loopback addresses only" in response.text


def test_cookie_is_kept_from_scripts_and_other_sites(client: Client) -> None:
    kept = client.get("/hand-in").headers["set-cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=strict" in kept
