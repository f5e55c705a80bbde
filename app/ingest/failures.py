"""What could not be loaded of an input, beside it in `<input>.failures.jsonl`, so that it can be mended and loaded."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import IO, Self

import orjson

from app.ingest.files import FAILURES, FAULT, RESULT, RawRecord


class FailuresFile:
    """Takes refused records. The file comes into being with the first, in place of one of an earlier run."""

    def __init__(self, source: Path) -> None:
        """``source`` is the file or folder that is loaded."""
        self.path = source.with_name(source.name + FAILURES)
        self._stream: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._stream:
            self._stream.close()
        elif kind is None:  # everything was taken, so what an earlier run wrote no longer holds
            self.path.unlink(missing_ok=True)

    def add(self, path: Path | str, line: int, reason: str, raw: RawRecord | None = None) -> None:
        """Write down a record with the reason why it was refused; one without a record is a file that broke off."""
        if self._stream is None:
            self._stream = self.path.open("wb")
        said = {"reason": reason, "file": str(path), "line": line}
        self._stream.write(orjson.dumps(said | (_fields(raw) if raw else {})) + b"\n")
        self._stream.flush()


def _fields(raw: RawRecord) -> dict[str, object]:
    """What the record held, as fields that load again; the reason and where it stood are passed over then."""
    words = raw.content.decode("utf-8", "replace")
    if raw.format == "html":
        return {"html": words, **({"url": raw.url} if raw.url else {})}
    if raw.format == FAULT:
        return {}
    if raw.format not in ("json", RESULT):
        return {"document": words, "format": raw.format}
    try:
        fields = orjson.loads(raw.content)
    except orjson.JSONDecodeError:
        fields = None
    return fields if isinstance(fields, dict) else {"record": words}
