"""Acts of cooperation in a sentence, by the lexicon: what is done, and how firm it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from app.domain.commitment import Form, Stage
from app.extraction.inflection import verb
from app.extraction.parties import Scene
from app.extraction.patterns import Match, Matcher
from app.extraction.tables import rows, word_set
from app.language.tables import Row
from app.language.tokens import Token

_FUTURE = frozenset({"will", "shall", "'ll", "would", "wo"})
_DUTY = frozenset({"should", "must", "ought", "need", "needs"})
_DOUBT = frozenset({"may", "might", "could", "can"})
_NEGATIONS = frozenset({"not", "n't", "never", "no", "without", "cannot", "neither", "nor"})
_BE = verb("be").all
_NOUN_VERBS = word_set("acts.noun_verbs")
_BEFORE_ING = word_set("acts.before_ing")
_BEFORE_NOUN = word_set("acts.before_noun")
_BEFORE_INFINITIVE = word_set("acts.before_infinitive")
STANCE_REACH = 9
"""Most tokens between what says how firm an act is and the act."""


@dataclass(frozen=True, slots=True)
class FoundAct:
    """An act at tokens ``[first, last)``, with the token where the words that make it firm or not begin."""

    match: Match
    stage: Stage
    form: Form
    negated: bool
    begin: int
    stances: tuple[Match, ...]
    doubtful: bool
    modal: bool

    @property
    def row(self) -> Row:
        """The row of triggers.tsv that found it."""
        return self.match.row


@cache
def triggers() -> Matcher:
    """triggers.tsv, ready to search."""
    return Matcher(rows("triggers.tsv"))


@cache
def stances() -> Matcher:
    """stances.tsv, ready to search."""
    return Matcher(rows("stances.tsv"))


def find_acts(scene: Scene) -> list[FoundAct]:
    """Acts of a sentence, none overlapping another; a stance with an act of its own is not one too."""
    tokens, first, last = scene.tokens, scene.first, scene.sentence.last
    matches = [m for m in triggers().find(tokens, first, last) if not _excluded(m, tokens, last)]
    before = list(stances().find(tokens, first, last))
    kept = _longest(matches)
    acts: list[FoundAct] = []
    for match in kept:
        acts.append(_coordinated(scene, _act(scene, match, before), acts[-1] if acts else None))
    used = {(s.first, s.last) for act in acts for s in act.stances}
    return [a for a in acts if not any(s < a.match.last and a.match.first < e for s, e in used) and _stands(a)]


def _coordinated(scene: Scene, act: FoundAct, before: FoundAct | None) -> FoundAct:
    """An act joined by "and" to an infinitive is as firm as that: "to expand trade and deepen ties"."""
    if before is None or act.stances or act.modal or act.match.first - before.match.last > 8:
        return act
    tokens = scene.tokens
    if tokens[act.match.first - 1].lower not in ("and", "or", ",") or act.row["part"] != "verb":
        return act
    if tokens[before.match.first - 1].lower not in ("to", *_FUTURE) or tokens[act.match.first].lower.endswith(
        ("ed", "s")
    ):
        return act
    return replace(act, stage=before.stage, stances=before.stances, modal=before.modal, negated=before.negated)


def _stands(act: FoundAct) -> bool:
    return act.row["frame"] not in _background() or bool(act.stances) or act.modal


@cache
def _background() -> frozenset[str]:
    """Frames whose acts count only behind a stance or a modal verb."""
    return frozenset(row["frame"] for row in rows("frames.tsv") if row["stance"] == "yes")


def _excluded(match: Match, tokens: Sequence[Token], last: int) -> bool:
    """Whether words around make it something else: "meet the demands", "their support", "to deal with"."""
    if _wrong_part(match, tokens):
        return True
    unless = set(match.row["unless"].split("|")) - {""}
    return bool(unless) and any(t.lower in unless for t in tokens[match.first : min(match.last + 3, last)])


def _wrong_part(match: Match, tokens: Sequence[Token]) -> bool:
    """Whether a verb's row stands on a noun or an adjective, or a noun's row on a verb, by the word before."""
    word = tokens[match.first].lower
    before = tokens[match.first - 1].lower if match.first else ""
    if match.row["part"] == "noun":
        return before in _BEFORE_INFINITIVE and word in _NOUN_VERBS
    if before == "-" and tokens[match.first].glued:
        return True
    if word == "meeting":
        return before not in _BEFORE_ING
    return word in _NOUN_VERBS and before in _BEFORE_NOUN


def _longest(matches: list[Match]) -> list[Match]:
    """Of matches that overlap, the one that begins first, and of these the longest."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda m: (m.first, -m.last)):
        if not kept or match.first >= kept[-1].last:
            kept.append(match)
    return kept


def _act(scene: Scene, match: Match, before: list[Match]) -> FoundAct:
    tokens = scene.tokens
    default = Stage(match.row["stage"])
    chain = _chain(scene, match, before)
    begin = chain[0].first if chain else match.first
    modal = _modal(tokens, begin, scene.first)
    negated = (
        _negated(tokens, begin, match.first, scene.first)
        or match.row["frame"] == "sever"
        or any(s.row["negates"] == "yes" for s in chain)
    )
    stage = _stage(tokens, match, chain, modal, default, scene.first)
    if modal is not None:
        begin = modal
    form = _form(scene, match)
    doubtful = modal is not None and tokens[modal].lower in _DOUBT
    return FoundAct(match, stage, form, negated, begin, tuple(chain), doubtful, modal is not None)


def _chain(scene: Scene, match: Match, before: list[Match]) -> list[Match]:
    """The stances that govern an act, outermost first: each reaches up to the next over few words and no clause."""
    chain: list[Match] = []
    at = match.first
    for stance in sorted(before, key=lambda s: -s.last):
        if stance.last > at or stance.first >= at:
            continue
        if at - stance.last > STANCE_REACH or not _reaches(scene, stance, at, match):
            continue
        chain.insert(0, stance)
        at = stance.first
    return chain


def _reaches(scene: Scene, stance: Match, at: int, match: Match) -> bool:
    between = [t.lower for t in scene.tokens[stance.last : at]]
    if any(word in _BREAKS for word in between):
        return False
    reach = stance.row["reach"]
    if "to" in between[-3:] or (scene.tokens[stance.last - 1].lower in ("to", "for", "at", "on") and len(between) < 4):
        return reach in ("to", "both") or stance.row["negates"] != "yes"
    if reach == "to":
        return False
    if match.row["part"] == "noun" or scene.tokens[at].lower.endswith("ing"):
        return len(between) <= 4
    return stance.row["by"] == "asker" and len(between) <= 6 and "that" in between


_BREAKS = word_set("acts.breaks")


def _modal(tokens: Sequence[Token], at: int, first: int) -> int | None:
    """The modal verb that governs the word at a token, or "is to": its token."""
    for back in range(at - 1, max(first, at - 5) - 1, -1):
        word = tokens[back].lower
        if word in _FUTURE | _DUTY | _DOUBT:
            return back
        if word == "to" and back > first and tokens[back - 1].lower in _BE and back == at - 1:
            return back - 1
        if word not in _BETWEEN and not word.endswith("ly"):
            return None
    return None


_BETWEEN = word_set("acts.between")


def _negated(tokens: Sequence[Token], begin: int, at: int, first: int) -> bool:
    if any(t.lower in _NEGATIONS for t in tokens[max(first, begin - 3) : begin]):
        return True
    return any(t.lower in ("not", "n't", "never") for t in tokens[max(first, at - 3) : at])


def _stage(
    tokens: Sequence[Token], match: Match, chain: list[Match], modal: int | None, default: Stage, first: int
) -> Stage:
    asked = [s for s in chain if s.row["stage"] == "proposed"]
    if asked:
        return Stage.PROPOSED
    positive = [s for s in chain if s.row["negates"] != "yes"]
    refused = [s for s in chain if s.row["negates"] == "yes"]
    if positive:
        return Stage(positive[0].row["stage"])
    if refused:
        return default if default is Stage.AGREED else Stage(refused[0].row["stage"])
    if _advocated(tokens, match):
        return Stage.PROPOSED
    if modal is not None and default is not Stage.PROPOSED:
        return Stage.PROPOSED if tokens[modal].lower in _DUTY | _DOUBT else Stage.INTENDED
    if match.row["part"] == "noun" and default is Stage.ENACTED and _to_come(tokens, match.last):
        return Stage.INTENDED
    if _infinitive(tokens, match, first) and default is not Stage.PROPOSED:
        return Stage.INTENDED
    return default


def _advocated(tokens: Sequence[Token], match: Match) -> bool:
    """Whether an act is praised for what it would bring ("sharing this could help"), and so proposed."""
    at = match.first
    if not tokens[at].lower.endswith("ing") or (at and tokens[at - 1].lower in _BE):
        return False
    for token in tokens[match.last : match.last + 5]:
        if token.lower in ("could", "would", "can"):
            return True
        if token.text in (",", ".") or token.lower in ("that", "who", "which"):
            return False
    return False


_TO_COME = word_set("acts.to_come")


def _to_come(tokens: Sequence[Token], last: int) -> bool:
    """Whether what stands behind a noun says that it is yet to be ("the talks are due on Monday")."""
    for token in tokens[last - 3 : last + 10]:
        if token.lower in _TO_COME:
            return True
        if token.text in (",", ";", ".") or token.lower in ("that", "who", "which", "said", "was", "were", "has"):
            return False
    return False


def _infinitive(tokens: Sequence[Token], match: Match, first: int) -> bool:
    """Whether it reads "to deepen ties": an aim; not "the first to visit"."""
    at = match.first - 1
    while at > first and (tokens[at].lower in ("jointly", "further", "also") or tokens[at].lower.endswith("ly")):
        at -= 1
    if match.row["part"] != "verb" or at <= first or tokens[at].lower != "to":
        return False
    return not any(
        t.lower in ("first", "official", "leader", "only", "latest", "last", "president")
        for t in tokens[max(first, at - 4) : at]
    )


@cache
def _topics() -> dict[str, Form]:
    return {word: Form(row["form"]) for row in reversed(rows("topics.tsv")) for word in row["words"].split("|")}


def _form(scene: Scene, match: Match) -> Form:
    """The row's form, or that of the first topic word that the act governs, or stands in front of it."""
    if match.row["form"] not in ("topic", "relief"):
        return Form(match.row["form"])
    end = max(scene.clause_end(match.last), min(match.last + 4, scene.sentence.last))
    ahead = [t.lower for t in scene.tokens[match.first : end]]
    if match.row["form"] == "relief":
        military = any(_topics().get(word) is Form.MILITARY for word in ahead[: match.last - match.first + 3])
        return Form.MILITARY if military else Form.AID
    for distance, word in enumerate(ahead, start=match.first - match.last):
        form = _topics().get(word)
        if form and (form is not Form.CONSULTATION or (match.row["pattern"] == "agree:v" and distance < 4)):
            return form
    for token in reversed(scene.tokens[max(scene.first, match.first - 4) : match.first]):
        if token.lower in _topics() and _topics()[token.lower] is not Form.CONSULTATION:
            return _topics()[token.lower]
    if match.row["stage"] == Stage.AGREED:
        here = (_topics().get(t.lower) for t in scene.tokens[scene.first : scene.sentence.last])
        return next((form for form in here if form and form is not Form.CONSULTATION), Form.DIPLOMATIC)
    return Form.DIPLOMATIC
