"""How clauses hang together: what governs each and as what, what it is coordinated with, who reports it."""

from __future__ import annotations

from app.language.clauses.draft import Draft
from app.language.clauses.records import Kind, Modality, Relation, Role, Voice
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
    inverted = _is_inverted_condition(tree, draft)
    if inverted:
        draft.modality = [modal for modal in draft.modality if modal.word != "should"]
    marked = any(f"{draft.marker} ".startswith(f"{word} ") for word in joining("condition"))
    draft.conditional = marked or inverted or (above is not None and above.conditional)


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
    """Make "join" of "extended an invitation to Riga to join" hang on the noun, where the parse hangs it on the verb.

    The noun is one of modality.tsv that leads on to an infinitive. It stands right before it, or its verb is light.
    """
    ending: dict[int, Draft] = {}
    light: dict[int, Draft] = {}
    for draft in drafts.values():
        verb = draft.parent
        row = governors().get(("noun", draft.lemma))
        if draft.kind is Kind.NOMINAL and row is not None and "to" in row.links:
            ending[tree.right[draft.at]] = draft
            agreed = row.modality is Modality.AGREEMENT  # "the pact was signed to please Riga" says what for
            if verb is not None and is_light(verb, draft) and not (agreed and verb.voice is Voice.PASSIVE):
                light[id(verb)] = draft
        elif draft.marker == "to" and draft.relation is Relation.ADNOMINAL and verb is not None:
            _hang_on_outer_noun(tree, draft, verb)
        elif verb is not None and verb.kind is Kind.VERBAL and _is_infinitive(draft):
            noun = ending.get(tree.left[draft.at] - 1) if draft.relation is Relation.PURPOSE else None
            noun = noun or light.get(id(verb))
            if noun is not None and noun.at < draft.at:
                draft.parent, draft.relation = noun, Relation.ADNOMINAL


def _hang_on_outer_noun(tree: Tree, draft: Draft, inner: Draft) -> None:
    """Make "send" of "the decision of the cabinet to send" hang on the decision, not on the cabinet."""
    outer = inner.parent
    if outer is None or outer.kind is not Kind.NOMINAL or tree.heads[inner.at] != outer.at:
        return
    own, row = governors().get(("noun", inner.lemma)), governors().get(("noun", outer.lemma))
    if own is None and row is not None and "to" in row.links:
        draft.parent = outer


def hang_on_verbs(tree: Tree, drafts: dict[int, Draft]) -> None:
    """Make "join" of "invited Riga to join" complete the verb, where the parse hangs it on the object or beside it."""
    for draft in drafts.values():
        noun = tree.heads[draft.at]
        of_object = tree.bases[draft.at] == "acl" and tree.bases[noun] in ("obj", "iobj")
        purpose = draft.relation is Relation.PURPOSE
        if draft.marker != "to" or draft.finite or not (of_object or purpose):
            continue
        verb = drafts.get(tree.heads[noun] if of_object else noun)
        if verb is None or verb.voice is Voice.PASSIVE or tree.labelled(verb.at, "xcomp"):
            continue
        row = next((row for form in verb.forms if (row := governors().get(("verb", form)))), None)
        asks = row is not None and row.modality in (Modality.REQUEST, Modality.PERMISSION, Modality.WISH)
        if row is None or row.control != "object" or not asks:
            continue
        whom = verb.sides(Role.OBJECT, Role.INDIRECT_OBJECT)
        named = any(side.head.pos_ in ("PROPN", "PRON") for side in whom)
        if named if purpose else ("noun", tree.lemmas[noun]) not in governors():
            draft.parent, draft.relation = verb, Relation.COMPLEMENT


def read_headlines(tree: Tree, drafts: dict[int, Draft]) -> None:
    """Make "visit" of the headline "King to visit Riga" the root, where the parse makes it of the noun."""
    for draft in list(drafts.values()):
        noun = tree.heads[draft.at]
        row = governors().get(("noun", tree.lemmas[noun]))
        fragment = (
            tree.is_root(noun) and tree.pos[noun] in ("NOUN", "PROPN") and tree.bases[draft.at] in ("acl", "advcl")
        )
        bare = draft.kind is Kind.VERBAL and draft.marker == "to" and not draft.sides(Role.SUBJECT)
        if not (fragment and bare) or row is not None or tree.right[draft.at] < tree.right[noun]:
            continue
        subject = drafts.get(noun)
        if subject is not None and subject.kind is not Kind.NOMINAL:
            continue
        draft.parent, draft.relation, draft.headline = None, Relation.ROOT, True
        for each in drafts.values():
            if each is not draft and (each is subject or (subject is not None and each.conjunct is subject)):
                each.parent, each.relation = draft, Relation.SUBJECT


def parents_first(drafts: dict[int, Draft]) -> list[Draft]:
    """The drafts, each after its parent, otherwise in the order given."""
    placed: dict[int, Draft] = {}
    for draft in drafts.values():
        above: list[Draft] = []
        each: Draft | None = draft
        while each is not None and id(each) not in placed:
            above.append(each)
            each = each.parent
        for each in reversed(above):
            placed[id(each)] = each
    return list(placed.values())


def _is_infinitive(draft: Draft) -> bool:
    bare = draft.marker == "to" and not draft.finite
    return bare and draft.kind is Kind.VERBAL and draft.relation in (Relation.PURPOSE, Relation.COMPLEMENT)


def is_light(verb: Draft, noun: Draft) -> bool:
    """Whether a verb says little beside the noun that is its object, or its subject."""
    as_object = noun.relation is Relation.OBJECT and verb.voice is Voice.ACTIVE
    of_passive = noun.relation is Relation.SUBJECT and verb.voice is Voice.PASSIVE
    if as_object or of_passive:
        place = "object"
    elif noun.relation is Relation.SUBJECT and verb.kind is Kind.VERBAL and not _acts_on_something(verb):
        place = "subject"
    else:
        return False
    table = light_verbs()
    nouns: frozenset[str] = next((table[form, place] for form in verb.forms if (form, place) in table), frozenset())
    return "*" in nouns or noun.lemma in nouns


def _acts_on_something(verb: Draft) -> bool:
    """Whether a verb has an object, other than the one it makes a phrase with: "opened markets", not "took place"."""
    idiom = {word for form in verb.forms for word in form.split()}
    return any(side.head.lower_ not in idiom for side in verb.sides(Role.OBJECT))


def _put_between(inner: Draft, outer: Draft) -> None:
    outer.parent, outer.relation, outer.conditional = inner.parent, inner.relation, inner.conditional
    inner.parent, inner.relation = outer, Relation.COMPLEMENT


def turn_quotations(tree: Tree, drafts: dict[int, Draft]) -> None:
    """Make "he said" the parent of the clause beside or inside which it is set."""
    turned: set[int] = set()
    for draft in drafts.values():
        host = drafts.get(tree.heads[draft.at])
        if host is None or host is draft or id(host) in turned or not _reports(tree, draft):
            continue
        turned.add(id(host))
        coordinated = any(tree.bases[child] == "conj" for child in tree.children[host.at])
        followers = [each for each in drafts.values() if each.conjunct is host] if coordinated else []
        draft.parent, draft.relation, draft.conjunct = host.parent, host.relation, host.conjunct
        host.conjunct = None
        for each in (host, *followers):
            if each is not draft:
                each.parent, each.relation = draft, Relation.COMPLEMENT


def _reports(tree: Tree, draft: Draft) -> bool:
    """Whether a clause is set beside another, or joined to it by nothing but a comma, and says who says it."""
    hearer = speech_verbs().get(draft.lemma)
    past = draft.finite or tree.tags[draft.at] == "VBN"  # taken for a participle: "he underlined"
    if draft.kind is not Kind.VERBAL or hearer is None or not past or tree.labelled(draft.at, "ccomp"):
        return False
    base = tree.bases[draft.at]
    joined = tree.labelled(draft.at, "cc") if base == "conj" else draft.marker
    beside = base == "parataxis" or (base in ("conj", "advcl") and not joined)
    return beside and bool(draft.sides(Role.SUBJECT)) and (hearer or not tree.labelled(draft.at, "obj"))
