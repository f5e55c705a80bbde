"""Clients that hand articles in, correct and remove them without a pause, and remember what they were told."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections.abc import Callable, Iterator

import httpx

from tests.faults.ledger import Ledger

COUNTRIES = ("Fiji", "Peru", "Ghana", "Japan", "Kenya", "Latvia", "Norway", "Oman", "Poland", "Spain")
ACTS = ("train their navies together", "open a joint port", "share weather data", "protect fishing grounds")
PATIENCE = 30.0
"""Seconds that a client waits for an answer."""

AGAIN = 0.2
"""Seconds after which a client that was refused, or got no answer, does the next thing."""


def article(number: int) -> dict[str, str]:
    """A tiny article with an act, two parties and a statement; no two numbers give the same."""
    chance = random.Random(number)
    one, other = chance.sample(COUNTRIES, 2)
    text = (
        f"{one} and {other} agreed to {chance.choice(ACTS)} under plan {number}. "
        f"Minister Ada Brandt of {one} said that plan {number} would last."
    )
    return {"title": f"{one} and {other} agree on plan {number}", "text": text, "published": "2025-03-04"}


class Clients:
    """Some clients. Between `resume` and `pause` they write; after `pause` nothing is under way any more."""

    def __init__(self, address: Callable[[], str], ledger: Ledger, seed: int, count: int = 3) -> None:
        """``address`` gives where the service is just now."""
        self._address = address
        self._ledger = ledger
        self._numbers = itertools.count(1)
        self._going = threading.Event()
        self._ended = threading.Event()
        self._idle = [threading.Event() for _ in range(count)]
        self._threads = [
            threading.Thread(target=self._run, args=(random.Random(f"{seed} {n}"), idle), daemon=True)
            for n, idle in enumerate(self._idle)
        ]
        for thread in self._threads:
            thread.start()

    def resume(self) -> None:
        """Go on."""
        for idle in self._idle:
            idle.clear()
        self._going.set()

    def pause(self) -> None:
        """Let what is under way end, one way or the other."""
        self._going.clear()
        for idle in self._idle:
            assert idle.wait(10 * PATIENCE), "a client got stuck"

    def end(self) -> None:
        """End the threads."""
        self._ended.set()
        self._going.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _run(self, chance: random.Random, idle: threading.Event) -> None:
        client = _Client(self._address, self._ledger, self._numbers, chance)
        while True:
            if not self._going.is_set():
                idle.set()
                self._going.wait()
                if self._ended.is_set():
                    return
                client.ask_again()
            client.act()


class _Client:
    """One client, with its own articles."""

    def __init__(
        self, address: Callable[[], str], ledger: Ledger, numbers: Iterator[int], chance: random.Random
    ) -> None:
        self._address = address
        self._ledger = ledger
        self._numbers = numbers
        self._chance = chance
        self._own: list[tuple[str, str]] = []  # ids and texts
        self._unanswered: list[dict[str, str]] = []
        self._http = httpx.Client(timeout=PATIENCE)

    def act(self) -> None:
        """Do one thing."""
        acts = [self._post, self._correct, self._remove, self._hand_in_many]
        self._chance.choices(acts, [60, 15, 10, 15])[0]()

    def ask_again(self) -> None:
        """Hand in anew what got no answer, as a client would that must know."""
        again, self._unanswered = self._unanswered, []
        for fields in again:
            self._hand_in(fields)

    def _post(self) -> None:
        self._hand_in(article(next(self._numbers)))

    def _hand_in(self, fields: dict[str, str]) -> None:
        self._ledger.posting(fields["text"])
        answer = self._ask("POST", "/articles", json=fields)
        if answer is not None and answer.status_code in (200, 201):
            self._ledger.posted(fields["text"], answer.json()["id"])
            self._own.append((answer.json()["id"], fields["text"]))
        else:
            self._unanswered.append(fields)

    def _correct(self) -> None:
        if not self._own:
            return
        own, old = self._own.pop(self._chance.randrange(len(self._own)))
        held = self._ask("GET", f"/articles/{own}")
        if held is None or held.status_code != 200:
            self._own.append((own, old))
            return
        fields = article(next(self._numbers))
        self._ledger.correcting(old, fields["text"])
        headers = {"If-Match": held.headers["ETag"]}
        answer = self._ask("PUT", f"/articles/{own}", json=fields, headers=headers)
        if answer is not None and answer.status_code == 200:
            self._ledger.corrected(old, fields["text"], own)
            self._own.append((own, fields["text"]))

    def _remove(self) -> None:
        if not self._own:
            return
        own, text = self._own.pop(self._chance.randrange(len(self._own)))
        self._ledger.removing(text)
        answer = self._ask("DELETE", f"/articles/{own}")
        if answer is not None and answer.status_code == 204:
            self._ledger.removed(text)

    def _hand_in_many(self) -> None:
        records = [article(next(self._numbers)) for _ in range(self._chance.randint(2, 6))]
        texts = [record["text"] for record in records]
        for text in texts:
            self._ledger.posting(text)
        headers = {"content-type": "application/x-ndjson"}
        content = "\n".join(map(json.dumps, records))
        answer = self._ask("POST", "/articles/bulk", content=content, headers=headers)
        if answer is not None and answer.status_code == 202:
            self._ledger.job_taken(answer.json()["id"], texts)

    def _ask(self, method: str, path: str, **what: object) -> httpx.Response | None:
        """None where no answer came. A 503 is an honest answer to a fault; a 500 or 404 is none."""
        try:
            answer = self._http.request(method, self._address() + path, **what)  # type: ignore[arg-type]
        except httpx.TransportError:
            self._ledger.unanswered += 1
            time.sleep(AGAIN)
            return None
        if answer.status_code == 503:
            self._ledger.refused += 1
            time.sleep(AGAIN)
        elif answer.status_code >= 400:
            self._ledger.broken.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer
