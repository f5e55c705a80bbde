"""Tell page furniture from text by the table ``furniture.toml``, and read the date that it gives."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("furniture.toml")
LONGEST_LINE = 320
"""Characters; a longer line is never furniture, and no pattern is tried on it."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORDS = {
    "{weekday}": r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?",
    "{month}": r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?",
    "{clock}": r"\d{1,2}[:.]\d\d(?::\d\d)?(?:\s*[ap]\.?m\.?)?(?:\s*(?:[A-Z]{1,4}T?|\(?(?:GMT|UTC)\s*[+-]?\d*\)?))?",
}
_SEPARATORS = re.compile(r"[\s|•·‧;,/–—-]+")


@dataclass(frozen=True, slots=True)
class Furniture:
    """One row of the table."""

    name: str
    where: str
    pattern: re.Pattern[str]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@cache
def furniture() -> tuple[Furniture, ...]:
    """Read the table."""
    rows = tomllib.loads(TABLE.read_text("utf-8"))["furniture"]
    return tuple(
        Furniture(row["name"], row["where"], _compiled(row["pattern"]), tuple(row["examples"]), tuple(row["not"]))
        for row in rows
    )


def pieces(line: str, places: frozenset[str], names: Sequence[str] = ()) -> list[re.Match[str]] | None:
    """Take a line to pieces of furniture; None where the line holds anything else.

    ``places`` are those that the line stands in ("head", "foot", "anywhere"); ``names`` are the outlet's, which stand
    in a line of furniture without making one: a line of nothing but the name counts too.
    """
    if len(line) > LONGEST_LINE or not line.strip():
        return None
    patterns = [row.pattern for row in furniture() if row.where in places]
    patterns += [re.compile(re.escape(name), re.IGNORECASE) for name in names if name]
    return _cover(line, _past_separators(line, 0), patterns)


def dates(found: Sequence[re.Match[str]]) -> Iterator[date]:
    """Yield the dates of publication among the pieces of a line, impossible ones left out."""
    for match in found:
        groups = match.groupdict()
        if "year" in groups:
            month = groups["month"]
            number = int(month) if month.isdigit() else _MONTHS.index(month[:3].casefold()) + 1
            try:
                yield date(int(groups["year"]), number, int(groups["day"]))
            except ValueError:
                continue


def _compiled(pattern: str) -> re.Pattern[str]:
    for word, meaning in _WORDS.items():
        pattern = pattern.replace(word, meaning)
    return re.compile(pattern, re.IGNORECASE)


def _cover(line: str, start: int, patterns: Sequence[re.Pattern[str]]) -> list[re.Match[str]] | None:
    """Greedy: at each place the longest piece, which must end at a separator or at the end of the line."""
    found: list[re.Match[str]] = []
    while start < len(line):
        matches = [match for pattern in patterns if (match := pattern.match(line, start)) and match.end() > start]
        longest = max(matches, key=lambda match: match.end(), default=None)
        if longest is None:
            return None
        after = _past_separators(line, longest.end())
        if after == longest.end() < len(line):
            return None
        found.append(longest)
        start = after
    return found


def _past_separators(line: str, start: int) -> int:
    match = _SEPARATORS.match(line, start)
    return match.end() if match else start
