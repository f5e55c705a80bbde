"""Titles that the model took into names, and whom they leave: "State Councilor Ruiz", "Minister of Trade Ana Ruiz"."""

from __future__ import annotations

from collections.abc import Sequence

from app.language.gazetteer import head_words, known_at, title_words
from app.language.geography import PlaceWord
from app.language.tokens import Token


def is_office(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a people's adjective and a title stand here, which name nobody alone: "Thai Police Commissioner"."""
    found = known_at(tokens, first, last)
    if found is None or found[1].kind != PlaceWord.DEMONYM or found[0] == last:
        return False
    titles = [title_words().get(token.lower) for token in tokens[found[0] : last]]
    return None not in titles and titles[-1] in ("office", "rank")


def is_charge(tokens: Sequence[Token], at: int) -> bool:
    """Whether what the holder of an office is in charge of begins here or goes on: "Trade" of "Minister of Trade"."""
    while at > 1 and (tokens[at - 1].lower in ("and", ",") or title_words().get(tokens[at - 1].lower) == "part"):
        at -= 1
    return at > 1 and tokens[at - 1].lower in ("of", "for") and title_words().get(tokens[at - 2].lower) == "office"


def charge_end(tokens: Sequence[Token], at: int, last: int) -> int:
    """Where it ends, with titles that follow: before the name in "Minister of Trade and Tourism Ana Ruiz"."""
    begin = at
    while at < last and (tokens[at].lower in title_words() or (at > begin and tokens[at].lower in ("and", ",", "."))):
        at += 1
    return at


def is_titled_person(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a rank or an office and a full name stand here: "General Ana Ruiz", not "General Dynamics"."""
    bearer = first
    while bearer < last and tokens[bearer].lower in title_words():
        bearer += 1
    titles = {title_words()[token.lower] for token in tokens[first:bearer]}
    named = last - bearer > 1 and not any(token.text in head_words() for token in tokens[bearer:last])
    whole = bearer == first + 1 or (bearer > first and title_words()[tokens[bearer - 1].lower] in ("office", "rank"))
    return named and whole and ("rank" in titles or (bearer > first + 1 and "office" in titles))
