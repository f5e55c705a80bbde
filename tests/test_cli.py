"""The command as its users run it: in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.extraction.endpoint import Reply, error, facts, served

COMMAND = str(Path(sys.executable).parent / "entente")
TALKS = "Fiji and Peru held talks on trade in Suva."


def entente(*arguments: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **{f"ENTENTE_{name.upper()}": value for name, value in settings.items()}}
    return subprocess.run(
        [COMMAND, *arguments], input=stdin, capture_output=True, text=True, timeout=600, env=environment, check=False
    )


def test_extract_prints_a_line_a_record_in_order_with_ids_and_texts_as_given() -> None:
    texts = [
        f"  {TALKS}\r\n\r\n\r\nNaïve — “done”.",
        "",
        "Ein Satz auf Deutsch, der nichts verspricht und nichts will.",
    ]
    lines = [json.dumps({"id": n, "text": text}) for n, text in enumerate(texts)]
    ran = entente("extract", "-", stdin="\n".join(lines))
    printed = [json.loads(line) for line in ran.stdout.splitlines()]
    assert (ran.returncode, ran.stderr) == (0, "")
    assert [(record["id"], record["text"]) for record in printed] == list(enumerate(texts))
    assert printed[0]["commitments"]
    assert printed[2]["warnings"]


def test_extract_names_what_it_cannot_read_and_prints_the_rest(tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    records.write_text(f'{{"id": "a", "text": "{TALKS}"}}\nnot json\n{{"id": "c"}}\n{{"id": "d", "text": "{TALKS}"}}\n')
    ran = entente("extract", str(records))
    assert ran.returncode == 3
    assert [json.loads(line)["id"] for line in ran.stdout.splitlines()] == ["a", "d"]
    assert [line.partition(f"{records}:")[2][:1] for line in ran.stderr.splitlines()] == ["2", "3"]


def test_extract_reads_a_record_whose_address_is_none() -> None:
    ran = entente("extract", "-", stdin=json.dumps({"id": "a", "text": TALKS, "url": "www.bay.invalid%2Ftalks"}))
    assert (ran.returncode, json.loads(ran.stdout)["id"]) == (0, "a")


def test_extract_reads_markdown_and_names_the_article_as_the_store_would(tmp_path: Path) -> None:
    article = tmp_path / "talks.md"
    article.write_text(f"---\ntitle: Harbour talks\npublished: 2025-01-05\n---\n{TALKS}")
    (record,) = map(json.loads, entente("extract", str(article)).stdout.splitlines())
    assert (record["id"], record["text"]) == ("2025-01-05-harbour-talks", TALKS)


def test_extract_explains_each_fact_where_asked() -> None:
    (record,) = map(
        json.loads, entente("extract", "--explain", "-", stdin=json.dumps({"text": TALKS})).stdout.splitlines()
    )
    (talks,) = record["commitments"]
    (why,) = (e for e in record["explanations"] if e["fact"] == talks["id"])
    assert why["clause"]["text"] == talks["evidence"][0]["quote"]
    assert {row["table"] for row in why["rows"]} >= {"triggers.tsv", "coding.tsv"}


def test_extract_asks_a_language_model_where_told_to() -> None:
    fiji, peru = ({"entity": name, "country": None, "role": "party"} for name in ("Fiji", "Peru"))
    act = {"evidence": [TALKS], "action": "held talks", "object": "trade", "stage": "enacted", "form": "consultation"}
    more = {"negated": False, "one_way": False, "parties": [fiji, peru], "speakers": [], "confidence": 0.9}
    with served(facts(commitments=[{**act, **more}, {**act, **more, "evidence": ["Fiji left."]}])) as endpoint:
        asked = {"llm_url": endpoint.url, "llm_model": "small", "llm_key": "k"}
        ran = entente("extract", "--extractor", "llm", "-", stdin=json.dumps({"id": 7, "text": TALKS}), **asked)
    (record,) = map(json.loads, ran.stdout.splitlines())
    assert (ran.returncode, record["id"], record["extractor"][:10]) == (0, 7, "llm/small ")
    assert [p["country"] for p in record["commitments"][0]["parties"]] == ["FJ", "PE"]
    assert len(record["commitments"]) == 1
    assert "1 commitments whose evidence is not in the article" in record["warnings"][0]


def test_extract_names_articles_whose_extraction_failed_and_gives_up_when_all_do() -> None:
    lines = [json.dumps({"id": f"a{n}", "text": TALKS}) for n in range(9)]
    with served(error(401, "no such key"), facts(), error(401, "no such key")) as endpoint:
        asked = {"extractor": "llm", "llm_url": endpoint.url, "llm_model": "small"}
        ran = entente("extract", "-", stdin="\n".join(lines), **asked)
    assert ran.returncode == 1
    assert [json.loads(line)["id"] for line in ran.stdout.splitlines()] == ["a1"]
    errors = ran.stderr.splitlines()
    assert [line.split(": ")[1] for line in errors[:4]] == ["a0", "a2", "a3", "a4"]
    assert "no such key" in errors[0]
    assert len(errors) == 5


def test_load_stores_once_and_says_what_it_did(tmp_path: Path) -> None:
    (tmp_path / "talks.md").write_text(f"---\ntitle: Harbour talks\n---\n{TALKS}")
    (tmp_path / "broken.md").write_text("")
    url = f"sqlite:///{tmp_path / 'store.db'}"
    first = entente("load", str(tmp_path), database_url=url)
    assert (first.returncode, first.stdout) == (3, "1 new, 0 known already, 1 refused\n")
    beside = tmp_path.with_name(f"{tmp_path.name}.failures.jsonl")
    assert str(beside) in first.stderr
    (refused,) = map(json.loads, beside.read_text().splitlines())
    assert (refused["file"], refused["line"], refused["reason"]) == (str(tmp_path / "broken.md"), 1, "empty")
    assert entente("load", str(tmp_path / "talks.md"), database_url=url).stdout.startswith("0 new, 1 known already")


def test_reextract_reads_what_another_extractor_read_and_gives_what_changed(tmp_path: Path) -> None:
    (tmp_path / "talks.md").write_text(f"---\ntitle: Harbour talks\n---\n{TALKS}")
    url = f"sqlite:///{tmp_path / 'store.db'}"
    entente("load", str(tmp_path), database_url=url)
    with served(facts(), error(401, "no such key")) as endpoint:
        asked = {"database_url": url, "extractor": "llm", "llm_url": endpoint.url, "llm_model": "small"}
        first = entente("reextract", "--stale", **asked)
        again = entente("reextract", "--stale", **asked)
        failed = entente("reextract", **asked)
    assert (first.returncode, first.stdout) == (0, "1 articles: 0 facts stayed, 0 are new, 1 are gone\n")
    assert (again.returncode, again.stdout) == (0, "0 articles: 0 facts stayed, 0 are new, 0 are gone\n")
    assert (failed.returncode, failed.stderr[:22]) == (3, "entente: harbour-talks")
    assert len(failed.stderr.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_reextract_that_is_stopped_keeps_what_is_done_and_says_how_to_go_on(
    tmp_path: Path, number: signal.Signals
) -> None:
    for n in range(3):
        (tmp_path / f"{n}.md").write_text(f"---\ntitle: Talks {n}\n---\n{TALKS} {n}.")
    url = f"sqlite:///{tmp_path / 'store.db'}"
    entente("load", str(tmp_path), database_url=url)
    with served(facts(), Reply(hangs=True)) as endpoint:
        asked = {"DATABASE_URL": url, "EXTRACTOR": "llm", "LLM_URL": endpoint.url, "LLM_MODEL": "m", "WORKERS": "1"}
        environment = {**os.environ, **{f"ENTENTE_{name}": value for name, value in asked.items()}}
        process = subprocess.Popen(
            [COMMAND, "reextract"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        until = time.monotonic() + 240
        while len(endpoint.requests) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(number)
        printed, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert errors == "entente: stopped; to go on: entente reextract --after talks-0\n"
    assert printed.startswith("1 articles: ")
    rows = sqlite3.connect(tmp_path / "store.db").execute("SELECT id, extractor FROM articles ORDER BY id").fetchall()
    assert [(name, extractor[:3]) for name, extractor in rows] == [
        ("talks-0", "llm"),
        ("talks-1", "ent"),
        ("talks-2", "ent"),
    ]


def test_version_is_one_line() -> None:
    assert entente("version").stdout.startswith("entente 0.")


def newer(path: Path) -> str:
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('9999')"
    )
    connection.close()
    return f"sqlite:///{path}"


@pytest.mark.parametrize("case", ["setting", "folder", "newer", "port", "exposed"])
def test_start_that_cannot_be_is_refused_in_one_line(tmp_path: Path, case: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        settings, named = {
            "setting": ({"port": "eighty"}, "ENTENTE_PORT"),
            "extractor": ({"extractor": "llm", "llm_model": "small"}, "ENTENTE_LLM_URL"),
            "folder": ({"database_url": f"sqlite:///{tmp_path}/none/x.db"}, "none/x.db"),
            "newer": ({"database_url": newer(tmp_path / "newer.db")}, "9999"),
            "exposed": ({"host": "0.0.0.0", "anonymous_write": "true"}, "ENTENTE_EXPOSE_ANONYMOUS_WRITE"),
            "port": ({"database_url": f"sqlite:///{tmp_path}/x.db", "port": port}, port),
        }[case]
        ran = entente("serve", **settings)
    assert ran.returncode == 1
    assert ran.stderr.startswith("entente: ")
    assert len(ran.stderr.splitlines()) == 1
    assert named in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (("add", "https://bay.example/feed"), {"fetch": "false"}, "ENTENTE_FETCH=false"),
        (("add", "http://127.0.0.1/feed"), {}, "no address on the public internet"),
        (("poll", "https://bay.example/feed"), {}, "is not followed"),
        (("remove", "https://bay.example/feed"), {}, "is not followed"),
    ],
)
def test_feeds_that_cannot_be_followed_are_refused_in_one_line(
    tmp_path: Path, arguments: tuple[str, ...], settings: dict[str, str], said: str
) -> None:
    ran = entente("feed", *arguments, database_url=f"sqlite:///{tmp_path / 'store.db'}", **settings)
    assert (ran.returncode, len(ran.stderr.splitlines())) == (1, 1)
    assert said in ran.stderr


def test_port_that_is_taken_is_told_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = entente("serve", "--port", port, database_url=f"sqlite:///{tmp_path / 'store.db'}")
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert f"cannot listen on 127.0.0.1 port {port}" in ran.stderr
    assert "--port names another" in ran.stderr


def test_log_of_writes_is_printed_and_shortened(tmp_path: Path) -> None:
    store = {"database_url": f"sqlite:///{tmp_path / 'store.db'}"}
    entente("keys", "create", "--scope", "read", **store)
    (made,) = map(json.loads, entente("audit", "list", **store).stdout.splitlines())
    assert (made["action"], made["address"]) == ("create key", "local")
    assert (
        entente("audit", "prune", "--before", "9999-01-01", **store).stdout
        == "deleted 1 entry from before 9999-01-01\n"
    )
    (pruned,) = map(json.loads, entente("audit", "list", "--since", "2020-01-01", **store).stdout.splitlines())
    assert (pruned["action"], pruned["target"]) == ("prune audit", "1 entry from before 9999-01-01")
