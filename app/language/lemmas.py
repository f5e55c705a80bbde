"""Lemmas by the rules of English spelling: what a model proposes is kept where the rules allow it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import cache

from app.language.tables import rows

_VOWELS = frozenset("aeiou")
_BARE = frozenset({"VB", "VBP", "NN"})
_HISSING = ("ss", "x", "zz", "ch", "sh")
_SAME_IN_PLURAL = frozenset({"series", "species", "means", "clothes", "headquarters"})
_MANY_SYLLABLES_IN_EL = re.compile(r"[aeiou][^aeiou]+ell$")
_LOST_E = re.compile(
    r"""(?: [cuv] | (?<!s)s | (?<!z)z | [rd]g | [aeu]ng | [bpdgt]l | e  # reduc(e), clos(e), chang(e), agre(e)
    | (?<![aeo])at | (?<!o)ut | (?<!o)ot | (?:sc|pl|ign|st)or                                # execut(e), promot(e)
    | (?<![aeiou])(?: [aei]g | [io]k | ak | i[dbmnr] | u[drn] | ar | ced )  # manag(e), provid(e), combin(e), secur(e)
    | ^[^aeiou]*[aeiou][^aeiouwxy] | ^.i )$""",  # hop(e): a short word without an e would have doubled its last letter
    re.VERBOSE,
)
"""Ends of stems that are likelier to have lost an e than not."""


def lemma_of(word: str, tag: str, proposed: str, known: Container[str]) -> str:
    """The lemma of a common noun or a verb with this Penn tag, in lower case; of other words what is proposed.

    ``known`` tells whether a word is English. Of the forms from which the word can be made by rule, the proposed one is
    taken for the form in -s if it is known, else the likeliest that is known, else the likeliest.
    """
    lower = word.lower().replace("’", "'")
    if not tag.startswith(("VB", "NN")) or tag.startswith("NNP"):
        return proposed
    if tag.startswith("VB") and lower in _irregular():
        return _irregular()[lower]
    if not lower.isalpha():
        return proposed
    if tag in _BARE or (tag == "NNS" and lower in _SAME_IN_PLURAL):
        mistagged = lower.endswith("ed") and not lower.endswith("eed") and len(lower) > 4 and tag != "NN"
        past = _without_suffix(lower[:-2]) if mistagged else iter(())
        forms = list(past)
        return next((each for each in forms if each in known), forms[0] if forms and len(lower) > 6 else lower)
    candidates = list(_candidates(lower, tag))
    if not candidates or (tag in ("NNS", "VBZ") and proposed.lower() in candidates and proposed.lower() in known):
        return proposed.lower()
    return next((each for each in candidates if each in known), candidates[0])


@cache
def _irregular() -> dict[str, str]:
    return {form: row["base"] for row in rows("irregular_verbs.tsv") for form in row["forms"].split("|")}


def _candidates(word: str, tag: str) -> Iterator[str]:
    """What the word can be made of, likeliest first; nothing where it does not end as its tag wants."""
    if tag in ("NNS", "VBZ"):
        yield from _without_s(word)
    elif tag == "VBG" and word.endswith("ing"):
        yield from _without_suffix(word[:-3])
    elif tag in ("VBD", "VBN") and word.endswith("ed"):
        yield from _without_suffix(word[:-2])


def _without_s(word: str) -> Iterator[str]:
    if word.endswith("men"):
        yield word[:-2] + "an"
    if not word.endswith("s") or word.endswith("ss") or len(word) < 3:
        return
    if word.endswith("ies") and len(word) > 4:
        yield word[:-3] + "y"
    if word.endswith("ves"):
        yield from (word[:-1], word[:-3] + "f", word[:-3] + "fe")
    if word.endswith("es") and (word[:-2].endswith(_HISSING) or (word.endswith("oes") and len(word) > 5)):
        yield word[:-2]
    yield word[:-1]
    if word.endswith("ses"):
        yield word[:-2]


def _without_suffix(stem: str) -> Iterator[str]:
    """Of "agre", "plann", "clos", "ratifi": agree, plan, close, ratify."""
    if len(stem) < 2:
        return
    if stem.endswith("i") and len(stem) > 2:
        yield stem[:-1] + "y"
    doubled = len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in _VOWELS
    if doubled and (stem[-1] not in "lsfz" or _MANY_SYLLABLES_IN_EL.search(stem)):
        yield stem[:-1]
    silent = stem + "e"
    if re.search(r"[aeiou][^aeiou]+is$", stem):
        yield silent  # emphasise, not emphasis
        return
    yield from ((silent, stem) if _LOST_E.search(stem) else (stem, silent))
    if doubled:
        yield stem[:-1]
