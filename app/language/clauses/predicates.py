"""Which words of a sentence are predicates, and what stands with each: auxiliaries, markers, denials, adverbs."""

from __future__ import annotations

from collections.abc import Iterator

from app.language.clauses.draft import Draft
from app.language.clauses.records import Kind, Modal, Modality, Tense, Voice
from app.language.clauses.tree import Tree
from app.language.clauses.words import governors, joining

_SERVANTS = frozenset(
    {"aux", "cop", "case", "mark", "cc", "fixed", "flat", "goeswith", "punct", "det", "discourse", "compound"}
    | {"reparandum", "expl", "nummod"}
)
"""Labels of words that serve another word and are no predicates."""

_CLAUSAL = frozenset({"xcomp", "ccomp", "advcl", "acl", "csubj"})
"""Labels that make a clause of a word that is not a verb: "made ties **stronger**"."""

_BARE_NOUNS = frozenset({"nmod:desc", "nmod:unmarked", "obl:unmarked", "obl:tmod", "obl:npmod"})
"""Labels of nouns that are titles, times and measures."""

_SIDES = ("nmod", "acl", "ccomp", "xcomp")
_SAID_OF = frozenset({"ADJ", "NOUN", "PROPN", "PRON", "NUM", "ADV", "DET", "ADP", "X", "SYM"})
_FINITE = frozenset({"MD", "VBD", "VBP", "VBZ"})
_FUTURE = frozenset({"will", "shall", "'ll", "’ll", "wo"})
_LIMITERS = frozenset({"only", "just", "merely", "simply"})
_HYPHENS = frozenset({"-", "–", "—", "/"})


def find(tree: Tree) -> dict[int, Draft]:
    """The predicates of a sentence, each after the one that governs it."""
    drafts: dict[int, Draft] = {}
    for at in tree.order:
        kind = _kind(tree, at, drafts)
        if kind is None:
            continue
        outer = outer_copula(tree, at)
        if outer is not None:
            drafts[outer] = Draft(outer, Kind.COPULAR, outer=True)
            _read(tree, drafts[outer])
        drafts[at] = Draft(at, kind)
        _read(tree, drafts[at])
    return drafts


def _kind(tree: Tree, at: int, drafts: dict[int, Draft]) -> Kind | None:
    pos, base = tree.pos[at], tree.bases[at]
    if base in _SERVANTS and not tree.is_root(at):
        return None
    if pos in ("VERB", "AUX"):
        return None if base == "amod" and not tree.labelled(at, "obj", "xcomp", "obl") else Kind.VERBAL
    if pos not in _SAID_OF:
        return None
    if base in _CLAUSAL or tree.labelled(at, "cop", "nsubj", "csubj"):
        return Kind.COPULAR
    if pos == "ADJ" and (tree.is_root(at) or tree.labelled(at, "xcomp", "ccomp", "advcl")):
        return Kind.COPULAR
    first = drafts.get(tree.firsts[at])
    if base == "conj" and first is not None and first.kind is Kind.COPULAR:
        return Kind.COPULAR
    if pos == "NOUN" and tree.labels[at] not in _BARE_NOUNS:
        return Kind.NOMINAL
    return Kind.NOMINAL if pos == "PROPN" and _has_sides(tree, at) else None


def _has_sides(tree: Tree, at: int) -> bool:
    """Whether a name is one of a deal or meeting ("the Oslo Accord between the two"), not of a place or body."""
    for child in tree.labelled(at, *_SIDES):
        cases = {tree.lowers[case] for case in tree.labelled(child, "case")}
        if cases & {"between", "with", "on", "among"}:
            return True
    return False


def outer_copula(tree: Tree, at: int) -> int | None:
    """The copula of "the trouble is that it rained", where a clause stands behind it; not that of "is to leave"."""
    copulas = [child for child in tree.labelled(at, "cop") if child < at]
    if not copulas or not tree.labelled(at, "nsubj:outer", "csubj:outer"):
        return None
    if any(tree.lowers[child] == "to" for child in tree.labelled(at, "mark")):
        return None
    inside = tree.pos[at] == "VERB" or len(copulas) > 1 or tree.labelled(at, "mark")
    return copulas[0] if inside else None


def _read(tree: Tree, draft: Draft) -> None:
    at = draft.at
    draft.words, draft.lemma = [at], tree.lemmas[at]
    if draft.outer:
        draft.tense, draft.finite = _tense(tree, [at])
        draft.forms = (draft.lemma,)
        return
    draft.marker = _marker(tree, at)
    draft.modifiers = list(_modifiers(tree, at, draft.kind))
    draft.negations = _denials(tree, at)
    if draft.kind is Kind.NOMINAL:
        draft.forms = (draft.lemma,)
        return
    particles = tree.labelled(at, "compound:prt")
    outer = outer_copula(tree, at)
    auxiliaries = [child for child in tree.labelled(at, "aux", "cop") if child != outer]
    draft.words += auxiliaries + particles
    draft.particle = " ".join(tree.lowers[child] for child in particles)
    _read_verbs(tree, draft, sorted(auxiliaries))
    draft.forms = tuple(_forms(tree, at, auxiliaries, particles))


def _read_verbs(tree: Tree, draft: Draft, auxiliaries: list[int]) -> None:
    at = draft.at
    chain = [*auxiliaries, at] if draft.kind is Kind.VERBAL else auxiliaries
    draft.tense, draft.finite = _tense(tree, chain)
    draft.perfect = any(tree.lemmas[child] == "have" and tree.tags[child] != "MD" for child in auxiliaries)
    being = any(tree.lemmas[child] == "be" for child in auxiliaries)
    draft.progressive = any(tree.lowers[child] == "being" for child in auxiliaries) or (
        draft.kind is Kind.VERBAL and tree.tags[at] == "VBG" and being
    )
    if draft.kind is Kind.VERBAL and _is_passive(tree, draft):
        draft.voice = Voice.PASSIVE
    for child in auxiliaries:
        row = governors().get(("auxiliary", tree.lowers[child].replace("’", "'")))
        if row is not None:
            draft.modality.append(Modal(row.modality, row.word, tree.tokens[child]))
    arranged = _arranged(tree, draft, auxiliaries)
    if arranged is not None:
        draft.modality.append(Modal(Modality.ARRANGEMENT, "be", tree.tokens[arranged]))


def _tense(tree: Tree, chain: list[int]) -> tuple[Tense, bool]:
    if not chain or tree.tags[chain[0]] not in _FINITE:
        return Tense.NONE, False
    first = chain[0]
    if tree.tags[first] == "VBD":
        return Tense.PAST, True
    future = tree.tags[first] == "MD" and tree.lowers[first] in _FUTURE
    return (Tense.FUTURE if future else Tense.PRESENT), True


def _is_passive(tree: Tree, draft: Draft) -> bool:
    at = draft.at
    if tree.labelled(at, "nsubj:pass", "csubj:pass", "aux:pass", "obl:agent"):
        return True
    if tree.tags[at] != "VBN" or tree.labelled(at, "obj"):
        return False
    being = any(tree.lemmas[child] == "be" for child in tree.labelled(at, "aux", "cop"))
    return being or (not draft.perfect and not tree.labelled(at, "nsubj"))


def _arranged(tree: Tree, draft: Draft, auxiliaries: list[int]) -> int | None:
    """The word that makes an arrangement: "is" of "is to leave", "to" of the headline's "king to leave Oslo"."""
    marks = [child for child in tree.labelled(draft.at, "mark") if child < draft.at]
    infinitive = [child for child in marks if tree.lowers[child] == "to"]
    if draft.marker == "due to" and tree.tags[draft.at] == "VB":
        return marks[0]
    if draft.kind is not Kind.VERBAL or not infinitive:
        return None
    before = [child for child in auxiliaries if tree.lemmas[child] == "be" and child < infinitive[-1]]
    if before:
        return before[0]
    headline = tree.is_root(draft.at) and tree.labelled(draft.at, "nsubj") and draft.marker == "to"
    return infinitive[-1] if headline else None


def _forms(tree: Tree, at: int, auxiliaries: list[int], particles: list[int]) -> Iterator[str]:
    lemma = tree.lemmas[at]
    for child in particles:
        yield f"{lemma} {tree.lowers[child]}"
    for child in tree.labelled(at, "advmod", "obj"):
        if child == at + 1:
            yield f"{lemma} {tree.lowers[child]}"
    for child in auxiliaries:
        yield f"{tree.lowers[child].replace('’', chr(39)).replace(chr(39) + 'd', 'would')} {lemma}"
    if any(tree.lowers[child] == "there" for child in tree.labelled(at, "expl")):
        yield f"there {lemma}"
    yield lemma
    yield tree.lowers[at]


def _marker(tree: Tree, at: int) -> str:
    marks = [child for child in tree.labelled(at, "mark") if child < at]
    if tree.pos[at] in ("VERB", "AUX") and not marks:
        marks = [child for child in tree.labelled(at, "case") if child < at]
    words: list[str] = []
    for child in marks:
        words += [tree.lowers[child], *(tree.lowers[part] for part in tree.labelled(child, "fixed"))]
    if words and words[-1] == "to" and words[0] == "for":
        return "to"
    if not words:
        words = [tree.lowers[child] for child in tree.labelled(at, "advmod") if child < at and _asks(tree, child)]
    return " ".join(words)


def _asks(tree: Tree, at: int) -> bool:
    return tree.tags[at] == "WRB"


def _modifiers(tree: Tree, at: int, kind: Kind) -> Iterator[int]:
    if kind is not Kind.NOMINAL:
        for child in tree.labelled(at, "advmod"):
            if not _asks(tree, child) and tree.lowers[child] not in joining("denial"):
                yield child
        return
    for child in tree.labelled(at, "amod", "compound", "nmod:desc"):
        yield child
        for part in tree.labelled(child, "conj", "amod", "compound", "nmod", "flat", "dep"):
            if tree.bases[part] == "conj" or _HYPHENS & set(tree.lowers[min(part, child) + 1 : max(part, child)]):
                yield part


def _denials(tree: Tree, at: int) -> list[int]:
    found = [child for child in tree.labelled(at, "advmod", "cc", "det", "discourse") if _denies(tree, child)]
    for child in tree.labelled(at, "advmod"):
        found += [part for part in tree.labelled(child, "advmod", "det") if _denies(tree, part)]
    for side in tree.labelled(at, "nsubj", "obj"):
        if _denies(tree, side):
            found.append(side)
        for each in tree.conjuncts(side):
            found += [child for child in tree.labelled(each, "det", "cc") if _denies(tree, child)]
    marks = tree.labelled(at, "mark", "case")
    return found + [child for child in marks if tree.lowers[child] in joining("lacking") or _lacks(tree, child)]


def _denies(tree: Tree, at: int) -> bool:
    """Whether a word denies what it stands with: not that of "not only"."""
    if tree.lowers[at].replace("’", "'") not in joining("denial"):
        return False
    following = tree.lowers[at + 1] if at + 1 < len(tree) else ""
    return following not in _LIMITERS


def _lacks(tree: Tree, at: int) -> bool:
    words = [tree.lowers[at], *(tree.lowers[part] for part in tree.labelled(at, "fixed"))]
    return " ".join(words) in joining("lacking")
