"""Articles handed in, corrected and removed, and who may do so."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.access import Access
from app.ingest.workers import TooManyTasks, Workers
from app.settings import Settings, SettingsError
from tests.client import Client
from tests.conftest import NewStore

AGREED = "Fiji and Peru agreed on Monday to train their navies together, a spokesman said."
PAGE = """<html lang="en"><head><title>Divers to train | Bay News</title>
<meta property="og:site_name" content="Bay News"></head><body><article><h1>Divers to train</h1>
<p>Tonga and Samoa agreed on Tuesday to train their divers together, the navy of Samoa said.</p>
<p>The first course begins in Apia in the spring, with thirty divers of each country taking part.</p>
</article></body></html>"""


@pytest.fixture(scope="module")
def client(new_stores: NewStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The service without seeds. Shared: each test hands in texts of its own."""
    folder = tmp_path_factory.mktemp("writes")
    with Client(Settings(database_url=new_stores(), seeds=folder, niceness=0)) as started:
        yield started


def send(client: Client, method: str, path: str, body: object, **headers: str) -> httpx.Response:
    given = {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.request(method, path, headers=given, content=json.dumps(body).encode())


def hand_in(client: Client, **fields: object) -> httpx.Response:
    return send(client, "POST", "/articles", fields)


def test_article_is_answered_as_it_is_stored_with_its_facts_in_place(client: Client) -> None:
    response = hand_in(client, title="Navies", text=AGREED, source="Bay News", published="2025-01-05")
    assert response.status_code == 201
    path = response.headers["location"]
    assert path == "/articles/2025-01-05-navies"
    stored = client.get(path)
    assert (response.json(), response.headers["etag"]) == (stored.json(), stored.headers["etag"])
    (commitment,) = client.get(f"{path}/commitments").json()["items"]
    assert {party["id"] for party in commitment["parties"]} == {"fiji", "peru"}
    for evidence in commitment["evidence"]:
        assert stored.json()["text"][evidence["start"] : evidence["end"]] == evidence["quote"]


def test_same_text_again_is_the_same_article_with_one_more_source(client: Client) -> None:
    text = "Malta and Cyprus agreed to build a ferry together, both ministries said."
    first = hand_in(client, title="Ferry", text=text, source="Bay News")
    again = hand_in(client, title="A ferry", text=f"  {text}\r\n", source="Coast Post", url="https://coast.example/1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["location"] == first.headers["location"]
    assert [source["name"] for source in again.json()["sources"]] == ["Bay News", "Coast Post"]


def test_page_gives_its_article_and_what_is_said_of_it_wins(client: Client) -> None:
    article = hand_in(client, html=PAGE, url="https://bay.example/divers", published="2025-02-03").json()
    assert (article["title"], article["published"]) == ("Divers to train", "2025-02-03")
    assert [(s["name"], s["url"]) for s in article["sources"]] == [("Bay News", "https://bay.example/divers")]
    assert article["text"].startswith("Tonga and Samoa agreed on Tuesday")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "Read more"}, "the body is empty"),
        ({"text": "Der Minister hat gesagt, dass der Vertrag bald unterschrieben wird."}, "not in English"),
        ({"text": AGREED, "language": "de"}, "'de'"),
        ({"text": f"{AGREED} " * (2_000_000 // len(AGREED))}, "more than 2,000,000 characters"),
        ({"html": "<html><body><p>We use cookies to remember you. Manage your consent.</p></body></html>"}, "cookie"),
        ({"text": AGREED, "html": PAGE}, "exclude one another"),
        ({"title": "Nothing else"}, "one of text, html and url"),
        ({"text": AGREED, "published": "8 August"}, "published is '8 August'"),
        ({"text": AGREED, "published": 1722470400}, "a day such as 2024-08-08"),
        ({"text": AGREED, "url": "ftp://bay.example/1"}, "url is 'ftp://bay.example/1'"),
        ({"text": AGREED, "headline": "Navies"}, "unknown field 'headline'"),
        ({"text": 7}, "text is '7'"),
        ({"url": "http://127.0.0.1/admin"}, "no address on the public internet"),
        ({"url": "file:///etc/passwd"}, "only http and https"),
    ],
)
def test_what_is_no_article_is_refused_with_the_reason(client: Client, fields: dict[str, Any], said: str) -> None:
    response = hand_in(client, **fields)
    assert response.status_code == 422
    assert said in response.json()["detail"]


def test_article_with_nuls_is_taken_without_them(client: Client) -> None:
    """PostgreSQL holds none."""
    said = {name: f"Guam\x00 {name}" for name in ("title", "source")}
    text = "Palau and Nauru\x00 agreed to guard a reef together, both ministers said."
    stored = hand_in(client, **said, text=text)
    assert stored.status_code == 201
    assert "\\u0000" not in stored.text


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"content-type": "text/plain"}, b'{"text": "x"}', 415),
        ({}, b'{"text": "x"}', 415),
        ({"content-type": "application/json", "content-encoding": "gzip"}, b"x", 415),
        ({"content-type": "application/json"}, b'{"text": ', 422),
        ({"content-type": "application/json"}, b"[]", 422),
        ({"content-type": "application/json"}, b'{"text": "' + b"a" * 2**24 + b'"}', 413),
    ],
)
def test_bodies_that_are_not_taken(client: Client, headers: dict[str, str], content: bytes, status: int) -> None:
    response = client.request("POST", "/articles", headers=headers, content=content)
    assert (response.status_code, response.json()["status"]) == (status, status)


def test_correction_needs_the_version_it_corrects_and_changes_text_and_facts(client: Client) -> None:
    stored = hand_in(client, title="Ports", text="Gabon and Togo agreed to share a port, Gabon's minister said.")
    path, tag = stored.headers["location"], stored.headers["etag"]
    better = {"title": "Ports", "text": "Gabon and Benin agreed to share a port, Gabon's minister said."}
    assert send(client, "PUT", path, better).status_code == 428
    assert send(client, "PUT", path, better, if_match='"other"').status_code == 412
    changed = send(client, "PUT", path, better, if_match=f'"other", {tag}')
    assert (changed.status_code, changed.json()["text"]) == (200, better["text"])
    assert changed.headers["etag"] == client.get(path).headers["etag"] != tag
    assert client.get("/entities/togo").status_code == 404
    assert client.get("/entities/benin").json()["article_count"] == 1
    assert send(client, "PUT", path, better, if_match=tag).status_code == 412


def test_correction_is_possible_where_texts_do_not_leave_the_service(
    serve: Callable[..., Client], tmp_path: Path
) -> None:
    silent = serve(tmp_path, serve_text="none")
    stored = hand_in(silent, title="Navies", text=AGREED)
    path = stored.headers["location"]
    assert AGREED not in stored.text
    assert silent.get(path).headers["etag"] == stored.headers["etag"]
    better = send(silent, "PUT", path, {"text": AGREED.replace("Peru", "Chile")}, if_match=stored.headers["etag"])
    assert (better.status_code, silent.get("/entities/peru").status_code) == (200, 404)


def test_correction_to_the_text_of_another_article_is_a_conflict_that_names_it(client: Client) -> None:
    other = hand_in(client, title="Rail", text="Laos and Nepal agreed to build a railway together.")
    mine = hand_in(client, title="Roads", text="Laos and Nepal agreed to build a road together.")
    body = {"text": other.json()["text"]}
    response = send(client, "PUT", mine.headers["location"], body, if_match="*")
    assert response.status_code == 409
    assert other.json()["id"] in response.json()["detail"]
    assert client.get(mine.headers["location"]).headers["etag"] == mine.headers["etag"]


def test_correction_that_is_no_article_leaves_the_stored_one(client: Client) -> None:
    stored = hand_in(client, title="Roads", text="Ghana and Kenya agreed to build a road together.")
    response = send(client, "PUT", stored.headers["location"], {"text": "Read more"}, if_match="*")
    assert response.status_code == 422
    assert client.get(stored.headers["location"]).headers["etag"] == stored.headers["etag"]
    assert send(client, "PUT", "/articles/none", {"text": AGREED}, if_match="*").status_code == 404


def test_removed_article_takes_its_facts_and_the_entities_that_only_it_names(client: Client) -> None:
    stored = hand_in(client, title="Lakes", text="Chad and Niger agreed to guard a lake together.")
    path = stored.headers["location"]
    (commitment,) = client.get(f"{path}/commitments").json()["items"]
    assert client.request("DELETE", path, headers={"if-match": '"other"'}).status_code == 412
    assert client.request("DELETE", path).status_code == 204
    gone = [path, f"{path}/commitments", f"/commitments/{commitment['id']}", "/entities/chad"]
    assert {client.get(address).status_code for address in gone} == {404}
    assert client.request("DELETE", path).status_code == 404


def test_full_queue_answers_when_to_come_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object, **__: object) -> None:
        raise TooManyTasks(7)

    monkeypatch.setattr(Workers, "do", full)
    response = hand_in(client, text=AGREED)
    assert (response.status_code, response.headers["retry-after"]) == (503, "7")


def test_pages_are_not_fetched_where_that_is_turned_off(serve: Callable[..., Client], tmp_path: Path) -> None:
    response = hand_in(serve(tmp_path, fetch=False), url="https://bay.example/1")
    assert response.status_code == 422
    assert "turned off" in response.json()["detail"]


def test_requests_addressed_to_another_name_do_not_write(client: Client) -> None:
    assert send(client, "POST", "/articles", {"text": AGREED}, host="rebound.example").status_code == 421
    assert send(client, "POST", "/articles", {"text": "Read more"}, host="localhost:8000").status_code == 422
    assert send(client, "POST", "/articles", {"text": "Read more"}, host="[::1]:8000").status_code == 422


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({"host": "0.0.0.0"}, False),
        ({"host": "127.0.0.1", "anonymous_write": "false"}, False),
        ({"host": "::1"}, True),
        ({"host": "localhost"}, True),
        ({"host": "0.0.0.0", "anonymous_write": "true", "expose_anonymous_write": True}, True),
    ],
)
def test_who_may_write_follows_from_address_and_settings(settings: dict[str, Any], allowed: bool) -> None:
    assert Access.of(Settings(**settings)).anonymous_write is allowed


def test_opening_writes_to_the_world_takes_a_second_word() -> None:
    with pytest.raises(SettingsError, match="ENTENTE_EXPOSE_ANONYMOUS_WRITE"):
        Access.of(Settings(host="0.0.0.0", anonymous_write="true"))


def test_write_without_the_right_is_told_what_is_missing(serve: Callable[..., Client], tmp_path: Path) -> None:
    closed = serve(tmp_path, anonymous_write="false")
    for method, path in (("POST", "/articles"), ("PUT", "/articles/a"), ("DELETE", "/articles/a")):
        response = closed.request(method, path)
        assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Bearer realm="Entente"')
    assert closed.get("/articles").status_code == 200


def test_same_story_lists_near_duplicates_with_their_similarity(client: Client) -> None:
    words = " ".join(f"Delegates of district {n} met the minister of port {n * 7}." for n in range(40))
    one = hand_in(client, title="Delegates", text=words).json()
    other = hand_in(client, title="Delegates meet", text=f"{words} More is expected.").json()
    (telling,) = client.get(one["links"]["same_story"]).json()["items"]
    assert telling["article"] == {name: value for name, value in other.items() if name != "text"}
    assert 0.9 < telling["similarity"] <= 1
    assert client.get("/articles/none/same-story").status_code == 404


def test_many_articles_become_a_job_that_tells_how_far_it_is(client: Client) -> None:
    texts = [f"Burundi and Rwanda agreed to open border post {n} together." for n in range(5)]
    body = b"\n".join(json.dumps({"title": f"Post {n}", "text": text}).encode() for n, text in enumerate(texts))
    headers = {"content-type": "application/x-ndjson"}
    response = client.request("POST", "/articles/bulk", headers=headers, content=body + b'\n{"text": ""}\n')
    assert response.status_code == 202
    path = response.headers["location"]
    assert response.json()["links"]["self"] == path
    until = time.monotonic() + 240
    while (job := client.get(path).json())["state"] != "done" and time.monotonic() < until:
        time.sleep(0.05)
    assert (job["total"], job["new"], job["known"], job["refused"]) == (6, 5, 0, 1)
    assert [refusal["line"] for refusal in job["refusals"]] == [6]
    assert client.get("/articles/post-3").json()["text"] == texts[3]
    assert client.get("/entities/burundi").json()["article_count"] == 5


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"content-type": "application/json"}, b"[]", 415),
        ({"content-type": "application/x-ndjson"}, b"\n", 422),
        ({"content-type": "application/x-ndjson"}, b"x" * (2**24 + 1), 413),
    ],
)
def test_many_articles_that_are_not_taken(client: Client, headers: dict[str, str], content: bytes, status: int) -> None:
    assert client.request("POST", "/articles/bulk", headers=headers, content=content).status_code == status
    assert client.get("/jobs/none").status_code == 404
