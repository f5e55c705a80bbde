"""Short names of bodies that the article itself gives: in brackets, and by what they are ("the Council")."""

from __future__ import annotations

from app.domain.entity import EntityType
from app.language.gazetteer import head_words
from app.language.names import Name
from app.language.pipeline import Reading


def short_form(reading: Reading, name: Name, names: list[Name]) -> str | None:
    """The short name of a body in brackets behind it, in lower case: "National Fisheries Authority (Fishnat)"."""
    tokens = reading.tokens
    at = name.last + 1
    if name.last - name.first < 2 or at + 1 >= len(tokens) or tokens[at - 1].text != "(" or tokens[at + 1].text != ")":
        return None
    word = tokens[at].text
    named = next((n for n in names if n.first == at), None)
    if not word.isalpha() or not word[0].isupper() or len(word) < 2 or (named and named.known):
        return None
    return word.lower() if word.isupper() or (named and named.type is EntityType.ORGANIZATION) else None


def called_by_kind(reading: Reading, names: list[Name]) -> dict[tuple[int, int], int]:
    """The places where a body is called by what it is, "the Council", to where the name is that it is short for.

    That is the latest name before it in which the word stands: "the Fishing Council of Fiji".
    """
    tokens = reading.tokens
    latest: dict[str, int] = {}
    found: dict[tuple[int, int], int] = {}
    for name in names:
        if name.type is not EntityType.ORGANIZATION:
            continue
        words = [token.text for token in tokens[name.first : name.last]]
        alone = len(words) == 1 and name.first > 0 and tokens[name.first - 1].lower == "the" and not name.known
        if alone and words[0] in latest:
            found[name.first, name.last] = latest[words[0]]
        for word in words if len(words) > 1 else ():
            if word in head_words() and head_words()[word][0] is EntityType.ORGANIZATION:
                latest[word] = name.first
    return found
