"""Whether anything was written, without asking: PostgreSQL notifies those who listen.

A process knows of its own writes at once, and of others' when the notification comes, which is some milliseconds after
they are acknowledged. A notification that gets lost is made up for within `BEAT` by a look at the count of changes, and
where that look fails for longer than `SURE`, nothing is claimed to be known. So an answer that is kept is never older
than the store by more than `SURE`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping

CHANNEL = "entente_changes"

BEAT = 1.0
SURE = 3.0
"""Seconds after which the count of changes is looked at, and for which such a look holds good."""

WAIT = 0.2
"""Seconds for which a notification is waited for at a time, and a stop may take."""

AGAIN = 1.0
"""Seconds after which a connection that was lost is tried again."""

log = logging.getLogger("entente.store")


class Listener:
    """Listens in a thread of its own, from the first question on."""

    def __init__(self, conninfo: str, timeout: Mapping[str, int]) -> None:
        self._conninfo = conninfo
        self._timeout = timeout
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._version = 0
        self._seen: int | None = None
        self._sure_until = 0.0

    def state(self) -> int | None:
        """Another number after every change; None while that cannot be told."""
        if self._thread is None:
            self._start()
        return self._version if time.monotonic() < self._sure_until else None

    def note(self) -> None:
        """Something was written."""
        with self._lock:
            self._version += 1

    def _see(self, count: int) -> None:
        if count != self._seen:
            self._seen = count
            self.note()

    def close(self) -> None:
        """Stop listening; the next question starts it again."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._sure_until = 0.0

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._stopped.clear()
                self._thread = threading.Thread(target=self._run, name="changes", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        import psycopg

        while not self._stopped.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                log.warning("changes are not heard of", extra={"fields": {"reason": str(error).strip()}})
                self._stopped.wait(AGAIN)

    def _listen(self) -> None:
        import psycopg

        with psycopg.connect(self._conninfo, autocommit=True, **self._timeout) as connection:  # type: ignore[arg-type]
            connection.execute(f"LISTEN {CHANNEL}")
            while not self._stopped.is_set():
                began = time.monotonic()
                (count,) = connection.execute("SELECT count FROM changes").fetchone() or (-1,)
                self._see(count)
                self._sure_until = began + SURE
                while time.monotonic() < began + BEAT and not self._stopped.is_set():
                    for notification in connection.notifies(timeout=WAIT):
                        self._see(int(notification.payload))
