"""How clauses hang together: what governs each and as what, what it is coordinated with, who reports it."""

from __future__ import annotations

from app.language.clauses.draft import Draft
from app.language.clauses.records import Kind, Relation, Role, Voice
from app.language.clauses.tree import Tree
from app.language.clauses.words import governors, joining, light_verbs, speech_verbs

_RELATIONS = {
    "acl": Relation.ADNOMINAL,
    "acl:relcl": Relation.RELATIVE,
    "advcl": Relation.ADVERBIAL,
    "advcl:relcl": Relation.RELATIVE,
    "amod": Relation.ADNOMINAL,
    "appos": Relation.APPOSITION,
    "ccomp": Relation.COMPLEMENT,
    "csubj": Relation.SUBJECT,
    "iobj": Relation.OBJECT,
    "nmod": Relation.NOUN,
    "nsubj": Relation.SUBJECT,
    "obj": Relation.OBJECT,
    "obl": Relation.OBLIQUE,
    "xcomp": Relation.COMPLEMENT,
}
"""What a label says of a predicate; all others set it beside (parataxis, lists, fragments)."""


def relate(tree: Tree, drafts: dict[int, Draft]) -> None:
    """Give each draft its parent, its relation to it, and the first of those that it is coordinated with."""
    above: list[Draft | None] = [None] * len(tree)
    for at in tree.order:
        head = tree.heads[at]
        if head != at:
            above[at] = drafts.get(head) or above[head]
        draft = drafts.get(at)
        if draft is not None and not draft.outer:
            _relate(tree, drafts, draft, above[at])
    for draft in list(drafts.values()):
        if draft.outer:
            _put_between(drafts[tree.heads[draft.at]], draft)


def _relate(tree: Tree, drafts: dict[int, Draft], draft: Draft, above: Draft | None) -> None:
    first = tree.firsts[draft.at]
    if first != draft.at:
        draft.conjunct = drafts.get(first)
        if draft.conjunct is not None:
            draft.parent, draft.relation = draft.conjunct.parent, draft.conjunct.relation
            draft.marker = draft.marker or (draft.conjunct.marker if draft.kind is not Kind.NOMINAL else "")
            draft.conditional = draft.conjunct.conditional
            return
    draft.parent = above if draft.at != first or not tree.is_root(draft.at) else None
    draft.relation = _relation(tree, first, draft)
    draft.conditional = (
        draft.marker in joining("condition")
        or any(draft.marker.startswith(f"{word} ") for word in joining("condition"))
        or _is_inverted_condition(tree, draft)
        or (above is not None and above.conditional)
    )


def _relation(tree: Tree, at: int, draft: Draft) -> Relation:
    """By the label of the word, or of the first that it is coordinated with."""
    if draft.parent is None:
        return Relation.ROOT
    label = tree.labels[at]
    relation = _RELATIONS.get(label) or _RELATIONS.get(tree.bases[at], Relation.PARATAXIS)
    infinitive = draft.marker == "to" or draft.marker.endswith(" to")
    if relation is Relation.ADVERBIAL and infinitive and tree.tags[draft.at] != "VBG" and not draft.finite:
        return Relation.PURPOSE
    return relation


def _is_inverted_condition(tree: Tree, draft: Draft) -> bool:
    """A clause that hangs on another as "should Riga agree" and "had Riga agreed" do."""
    if tree.bases[draft.at] != "advcl" or draft.marker or not draft.finite or draft.kind is Kind.NOMINAL:
        return False
    subjects = draft.sides(Role.SUBJECT)
    helper = min(draft.words)
    return (
        bool(subjects)
        and tree.lowers[helper] in ("should", "were", "had")
        and (helper + tree.start < subjects[0].head.i)
    )


def hang_on_nouns(tree: Tree, drafts: dict[int, Draft]) -> None:
    """In "extended an invitation to Riga to join" make "join" hang on the noun, though the parse hangs it on the verb.

    The noun is one of modality.tsv that leads on to an infinitive, and the verb is light beside it.
    """
    nouns: dict[int, Draft] = {}
    for draft in drafts.values():
        verb = draft.parent
        if verb is None or verb.kind is not Kind.VERBAL:
            continue
        row = governors().get(("noun", draft.lemma))
        if draft.kind is Kind.NOMINAL and row is not None and "to" in row.links and is_light(verb, draft):
            nouns[id(verb)] = draft
        elif id(verb) in nouns and nouns[id(verb)].at < draft.at and _is_infinitive(draft):
            draft.parent, draft.relation = nouns[id(verb)], Relation.ADNOMINAL


def _is_infinitive(draft: Draft) -> bool:
    bare = draft.marker == "to" and not draft.finite
    return bare and draft.relation in (Relation.PURPOSE, Relation.COMPLEMENT)


def is_light(verb: Draft, noun: Draft) -> bool:
    """Whether a verb says little beside the noun that is its object, or its subject."""
    as_object = noun.relation is Relation.OBJECT and verb.voice is Voice.ACTIVE
    of_passive = noun.relation is Relation.SUBJECT and verb.voice is Voice.PASSIVE
    if as_object or of_passive:
        place = "object"
    elif noun.relation is Relation.SUBJECT and verb.kind is Kind.VERBAL:
        place = "subject"
    else:
        return False
    table = light_verbs()
    nouns: frozenset[str] = next((table[form, place] for form in verb.forms if (form, place) in table), frozenset())
    return "*" in nouns or noun.lemma in nouns


def _put_between(inner: Draft, outer: Draft) -> None:
    outer.parent, outer.relation, outer.conditional = inner.parent, inner.relation, inner.conditional
    inner.parent, inner.relation = outer, Relation.COMPLEMENT


def turn_quotations(tree: Tree, drafts: dict[int, Draft]) -> None:
    """Make "he said" the parent of the clause beside or inside which it is set."""
    turned: set[int] = set()
    for draft in drafts.values():
        host = draft.parent
        if host is None or id(host) in turned or not _reports(tree, draft):
            continue
        turned.add(id(host))
        followers = [each for each in drafts.values() if each.conjunct is host] if _is_coordinated(tree, host) else []
        draft.parent, draft.relation, draft.conjunct = host.parent, host.relation, host.conjunct
        for each in (host, *(follower for follower in followers if follower is not draft)):
            each.parent, each.relation = draft, Relation.COMPLEMENT
        host.conjunct = None


def _is_coordinated(tree: Tree, draft: Draft) -> bool:
    return any(tree.bases[child] == "conj" for child in tree.children[draft.at])


def _reports(tree: Tree, draft: Draft) -> bool:
    if draft.relation is not Relation.PARATAXIS or draft.kind is not Kind.VERBAL or draft.lemma not in speech_verbs():
        return False
    return bool(draft.sides(Role.SUBJECT)) and not tree.labelled(draft.at, "ccomp", "obj")
