"""Who may read and write: keys, scopes, sessions, and pages of others that attack the service; what is kept of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from app.settings import Settings, SettingsError, load_settings
from app.store import keys
from app.store.database import Database
from app.store.scopes import Scope
from tests.client import Client
from tests.reader.pages import BROWSER

AGREED = "Fiji and Peru agreed on Monday to train their navies together, a spokesman said."
BEYOND = {"host": "0.0.0.0", "rate_read": "none", "rate_write": "none"}
Serve = Callable[..., Client]


def made(client: Client, scope: str, days: int | None = None) -> str:
    """A key of the client's store."""
    lifetime = timedelta(days=days) if days is not None else None
    with client.database.write() as connection:
        return keys.create_key(connection, Scope(scope), "a test", lifetime, datetime.now(UTC))


def hand_in(client: Client, text: str = AGREED, **headers: str) -> httpx.Response:
    given = {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.request("POST", "/articles", headers=given, content=json.dumps({"title": "T", "text": text}).encode())


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def test_beyond_loopback_nobody_writes_without_a_key_that_may(serve: Serve, tmp_path: Path) -> None:
    client = serve(tmp_path, **BEYOND)
    without = hand_in(client)
    assert (without.status_code, without.json()["status"]) == (401, 401)
    assert without.headers["www-authenticate"].startswith("Bearer")
    refused = hand_in(client, **bearer(made(client, "read")))
    assert refused.status_code == 403
    assert "write" in refused.json()["detail"]
    assert client.get("/articles?count=true").json()["total"] == 0
    assert hand_in(client, **bearer(made(client, "write"))).status_code == 201


@pytest.mark.parametrize("change", ["wrong secret", "revoked", "expired", "no key", "other scheme"])
def test_key_that_is_not_good_lets_nobody_in(serve: Serve, tmp_path: Path, change: str) -> None:
    client = serve(tmp_path, **BEYOND)
    key = made(client, "write", days=0 if change == "expired" else None)
    if change != "expired":
        assert client.get("/articles", **bearer(key)).status_code == 200
    sent = bearer(key)
    if change == "wrong secret":
        sent = bearer(key[:-1] + ("A" if key[-1] != "A" else "B"))
    elif change == "revoked":
        with client.database.write() as connection:
            keys.revoke_key(connection, key.split("_")[1], datetime.now(UTC))
    elif change == "no key":
        sent = bearer("")
    elif change == "other scheme":
        sent = {"authorization": f"Basic {key}"}
    response = hand_in(client, **sent)
    assert response.status_code == 401
    assert key not in response.text
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


def test_stored_keys_let_nobody_in(database: Database) -> None:
    with database.write() as connection:
        key = keys.create_key(connection, Scope.ADMIN, "", None, datetime.now(UTC))
    with database.read() as connection:
        stored = [value for row in connection.exec_driver_sql("SELECT * FROM access_keys") for value in row]
    secret = key.split("_", 2)[2]
    assert not [value for value in stored if secret in str(value)]


def test_reading_needs_a_key_where_anonymous_reading_is_off_and_health_stays_open(serve: Serve, tmp_path: Path) -> None:
    client = serve(tmp_path, anonymous_read=False)
    for path in ("/", "/articles", "/search?q=peru", "/openapi.json", "/docs", "/metrics", "/nowhere"):
        assert client.get(path).status_code == 401, path
    assert client.get("/health/ready").status_code == client.get("/health/live").status_code == 200
    key = made(client, "read")
    answer = client.get("/articles", **bearer(key))
    assert answer.status_code == 200
    assert "private" in answer.headers["cache-control"]
    assert client.get("/articles").status_code == 401
    assert client.get("/openapi.json", **bearer(key)).json()["paths"]["/articles"]["get"]["security"][0] == {"key": []}
    page = client.get("/articles?q=peru", accept=BROWSER)
    assert (page.status_code, page.headers["location"]) == (303, "/log-in?next=/articles%3Fq%3Dperu")


@pytest.mark.parametrize("host", ["attacker.example", "attacker.example:8000", "127.0.0.1.attacker.example", ""])
def test_dns_rebinding_reads_and_writes_nothing(serve: Serve, tmp_path: Path, host: str) -> None:
    client = serve(tmp_path)
    assert client.get("/articles", host=host).status_code == 421
    assert hand_in(client, host=host).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000", "192.0.2.7", "facts.example:443"])
def test_own_names_and_addresses_are_answered(serve: Serve, tmp_path: Path, host: str) -> None:
    assert serve(tmp_path, allowed_hosts=("facts.example",)).get("/articles", host=host).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://attacker.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://127.0.0.1:8000.attacker.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_page_of_another_site_cannot_write_through_its_readers_browser(
    serve: Serve, tmp_path: Path, headers: dict[str, str]
) -> None:
    client = serve(tmp_path)
    assert hand_in(client, **headers).status_code == 403
    assert client.request("DELETE", "/articles/any", headers=headers).status_code == 403
    assert hand_in(client, origin="http://127.0.0.1:8000", sec_fetch_site="same-origin").status_code == 201


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via"])
def test_proxy_on_this_machine_does_not_make_others_anyone_on_it(serve: Serve, tmp_path: Path, header: str) -> None:
    assert hand_in(serve(tmp_path), **{header: "203.0.113.9"}).status_code == 403


def test_pages_of_listed_origins_alone_may_use_the_service(serve: Serve, tmp_path: Path) -> None:
    client = serve(tmp_path, cors_origins=("https://desk.example",))
    asked = {"origin": "https://desk.example", "access-control-request-method": "POST"}
    allowed = client.request("OPTIONS", "/articles", headers=asked)
    assert allowed.headers["access-control-allow-origin"] == "https://desk.example"
    assert "access-control-allow-credentials" not in allowed.headers
    assert hand_in(client, origin="https://desk.example").status_code == 201
    other = client.get("/articles", origin="https://other.example")
    assert "access-control-allow-origin" not in other.headers


def test_no_page_of_another_origin_may_read_unless_that_is_set(seeded: Client) -> None:
    response = seeded.get("/articles", origin="https://desk.example")
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_too_many_requests_are_told_when_to_come_again(serve: Serve, tmp_path: Path) -> None:
    client = serve(tmp_path, rate_read="3/hour")
    answers = [client.get("/articles") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"read";q=3;w=3600'
    assert answers[0].headers["ratelimit"].startswith('"read";r=2;t=')
    assert 0 < int(answers[3].headers["retry-after"]) <= 3600
    assert answers[3].headers["content-type"] == "application/problem+json"
    assert client.get("/health/ready").status_code == 200
    assert client.get("/articles", **bearer(made(client, "read"))).status_code == 200


def test_forwarded_addresses_are_believed_from_trusted_proxies_alone(serve: Serve, tmp_path: Path) -> None:
    client = serve(tmp_path, rate_read="1/hour")
    statuses = [client.get("/articles", x_forwarded_for=f"203.0.113.{n}").status_code for n in range(2)]
    assert statuses == [200, 429]


def test_behind_a_trusted_proxy_each_address_counts_for_itself(serve: Serve, tmp_path: Path) -> None:
    client = serve(tmp_path, rate_read="1/hour", trusted_proxies=("127.0.0.0/8",))
    asked = ("203.0.113.1", "203.0.113.2", "203.0.113.1", "198.51.100.1, 203.0.113.2")
    statuses = [client.get("/articles", x_forwarded_for=address).status_code for address in asked]
    assert statuses == [200, 200, 429, 429]


def test_no_limit_on_loopback_unless_set_and_one_beyond(serve: Serve, tmp_path: Path) -> None:
    assert "ratelimit" not in serve(tmp_path).get("/articles").headers
    assert "ratelimit" in serve(tmp_path, host="0.0.0.0").get("/articles").headers


def test_body_longer_than_any_may_be_is_refused(serve: Serve, tmp_path: Path) -> None:
    client = serve(tmp_path, body_mb=1)
    assert hand_in(client, "a" * (2 << 20)).status_code == 413
    form = {"content-type": "multipart/form-data; boundary=x"}
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n' + b"a" * (2 << 20)
    assert client.request("POST", "/hand-in", headers=form, content=body).status_code == 413


def test_writes_are_logged_with_who_what_when_and_result_and_admins_read_that(serve: Serve, tmp_path: Path) -> None:
    client = serve(tmp_path, **BEYOND)
    writer, admin = made(client, "write"), made(client, "admin")
    hand_in(client)
    path = hand_in(client, **bearer(writer)).headers["location"]
    hand_in(client, "Hm.", **bearer(writer))
    client.request("DELETE", path, headers=bearer(admin))
    assert client.get("/audit").status_code == 401
    assert client.get("/audit", **bearer(writer)).status_code == 403
    entries = client.get("/audit", **bearer(admin)).json()["items"]
    who = [f"key {key.split('_')[1]}" for key in (admin, writer, writer)]
    found = [(e["who"], e["action"], e["target"], e["status"]) for e in entries]
    assert found == [
        (who[0], f"DELETE {path}", path, 204),
        (who[1], "POST /articles", "/articles", 422),
        (who[2], "POST /articles", path, 201),
    ]
    assert all(datetime.fromisoformat(e["at"]).tzinfo and e["address"] == "127.0.0.1" for e in entries)
    first = client.get("/audit?limit=2", **bearer(admin)).json()
    assert client.get(first["next"], **bearer(admin)).json()["items"] == entries[2:]


def log_in(client: Client, own: str, wanted: str = "/hand-in", **changed: str) -> httpx.Response:
    """The form, opened and sent."""
    opened = client.get(f"/log-in?next={wanted}", accept=BROWSER)
    token = re.search(r'name="token" value="([0-9a-f]+)"', opened.text)
    cookie = re.search(r"entente_form=[0-9a-f]+", opened.headers["set-cookie"])
    shown = re.search(r'name="next" value="([^"]*)"', opened.text)
    assert token
    assert cookie
    assert shown
    fields = {"token": token[1], "next": shown[1], "key": own, **changed}
    body = httpx.Request("POST", "http://x", data=fields)
    headers = {"content-type": body.headers["content-type"], "cookie": cookie[0], "accept": BROWSER}
    return client.request("POST", "/log-in", headers=headers, content=body.read())


def test_browser_is_logged_in_with_a_key_and_out_again(serve: Serve, tmp_path: Path) -> None:
    client = serve(tmp_path, **BEYOND)
    assert client.get("/hand-in", accept=BROWSER).headers["location"] == "/log-in?next=/hand-in"
    key = made(client, "write")
    response = log_in(client, key)
    assert (response.status_code, response.headers["location"]) == (303, "/hand-in")
    kept = response.headers["set-cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=lax" in kept
    assert key not in kept
    session = kept.partition(";")[0]
    assert client.get("/hand-in", accept=BROWSER, cookie=session).status_code == 200
    assert hand_in(client, cookie=session, origin="http://127.0.0.1:8000").status_code == 201
    assert hand_in(client, cookie=session, origin="https://attacker.example").status_code == 403
    page = client.get("/log-in", accept=BROWSER, cookie=session)
    assert key.split("_")[1] in page.text
    token = re.search(r'name="token" value="([0-9a-f]+)"', page.text)
    form = re.search(r"entente_form=[0-9a-f]+", page.headers["set-cookie"])
    assert token
    assert form
    headers = {"content-type": "application/x-www-form-urlencoded", "cookie": f"{session}; {form[0]}"}
    client.request("POST", "/log-out", headers=headers, content=b"token=forged")
    assert client.get("/hand-in", accept=BROWSER, cookie=session).status_code == 200
    client.request("POST", "/log-out", headers=headers, content=f"token={token[1]}".encode())
    assert client.get("/hand-in", accept=BROWSER, cookie=session).status_code == 303


def test_session_ends_when_its_key_is_revoked(serve: Serve, tmp_path: Path) -> None:
    client = serve(tmp_path, **BEYOND)
    key = made(client, "write")
    session = log_in(client, key).headers["set-cookie"].partition(";")[0]
    with client.database.write() as connection:
        keys.revoke_key(connection, key.split("_")[1], datetime.now(UTC))
    assert hand_in(client, cookie=session).status_code == 401


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"key": "entente_000000000000_" + "a" * 43}, 401, "not known here"),
        ({"key": ""}, 422, "Paste your key"),
        ({"token": "00" * 64}, 403, "did not come from here"),
    ],
)
def test_log_in_that_is_refused_says_why_and_sets_no_session(
    serve: Serve, tmp_path: Path, changed: dict[str, str], status: int, said: str
) -> None:
    client = serve(tmp_path, **BEYOND)
    response = log_in(client, made(client, "read"), **changed)
    assert response.status_code == status
    assert said in response.text
    assert "entente_session" not in response.headers["set-cookie"]


@pytest.mark.parametrize(
    "wanted", ["https://attacker.example", "//attacker.example", "/%5Cattacker.example", "javascript:1"]
)
def test_log_in_leads_nowhere_else(serve: Serve, tmp_path: Path, wanted: str) -> None:
    client = serve(tmp_path, **BEYOND)
    assert log_in(client, made(client, "read"), wanted).headers["location"] == "/"


def test_cookie_is_for_https_alone_behind_a_trusted_proxy_that_speaks_it(serve: Serve, tmp_path: Path) -> None:
    client = serve(tmp_path, **BEYOND, trusted_proxies=("127.0.0.1",))
    kept = client.get("/log-in", x_forwarded_proto="https", x_forwarded_for="203.0.113.7").headers["set-cookie"]
    assert "Secure" in kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RATE_READ", "often"),
        ("TRUSTED_PROXIES", "proxy.example"),
        ("CORS_ORIGINS", "desk.example"),
        ("RATE_STORE", "http://127.0.0.1"),
        ("SLOW_SECONDS", "0"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ENTENTE_{name}", value)
    with pytest.raises(SettingsError, match=f"ENTENTE_{name}"):
        load_settings()


def test_lists_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTENTE_ALLOWED_HOSTS", "facts.example, entente")
    assert Settings().allowed_hosts == ("facts.example", "entente")
