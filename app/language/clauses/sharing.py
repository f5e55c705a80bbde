"""What clauses lend each other: the nouns of relative clauses, and the sides and auxiliaries of conjuncts."""

from __future__ import annotations

from app.language.clauses.arguments import Arguments
from app.language.clauses.draft import Draft
from app.language.clauses.governing import Governing
from app.language.clauses.records import Argument, Kind, Relation, Role, Voice
from app.language.clauses.relations import is_light
from app.language.clauses.tree import Tree

_RELATIVE_TAGS = frozenset({"WDT", "WP", "WP$", "WRB"})
_NOUNS = frozenset({"NOUN", "PROPN", "PRON", "NUM", "DET"})


class Sharing:
    """Fills drafts in from those that govern them; drafts are to come in the order of `predicates.find`."""

    def __init__(self, tree: Tree, drafts: dict[int, Draft], arguments: Arguments) -> None:
        self._tree, self._drafts, self._arguments = tree, drafts, arguments
        self._governing = Governing(tree, drafts, arguments)

    def fill(self, draft: Draft) -> None:
        """Give a draft what those before it lend it."""
        self._take_antecedents(draft)
        neighbour = self._neighbour(draft)
        shared = neighbour is not None and self._share(neighbour, draft)
        if draft.kind is Kind.NOMINAL:
            self._join_light_verb(draft)
            self._lend_upwards(draft)
        if draft.headline:
            self._governing.head_line(draft)
        if not shared:
            self._governing.pass_down(draft)
        if draft.kind is not Kind.NOMINAL and not draft.sides(Role.SUBJECT):
            draft.arguments += self._governing.subjects(draft)
        self._governing.look_through_aim(draft)
        if draft.relation is Relation.RELATIVE and draft.conjunct is None:
            self._fill_gap(draft)

    def _take_antecedents(self, draft: Draft) -> None:
        tree = self._tree
        if draft.relation is Relation.RELATIVE:
            noun = tree.heads[tree.firsts[draft.at]]
            draft.antecedents = (noun,) if tree.pos[noun] in _NOUNS else ()
        elif draft.parent is not None and draft.relation is not Relation.PARATAXIS:
            draft.antecedents = draft.parent.antecedents
        if draft.antecedents or draft.relation is Relation.RELATIVE:
            draft.arguments = [new for old in draft.arguments for new in self._resolved(draft, old)]
            self._add_place(draft)

    def _resolved(self, draft: Draft, argument: Argument) -> list[Argument]:
        at = argument.head.i - self._tree.start
        if not self._is_relative(at):
            return [argument]
        nouns = [noun for noun in draft.antecedents if noun != at]
        place = self._cleft(draft) or (argument.role, argument.preposition)
        return [self._arguments.of(noun, *place) for noun in nouns]

    def _is_relative(self, at: int) -> bool:
        tree = self._tree
        if tree.lowers[at] == "that":
            return tree.pos[at] == "PRON" and tree.tags[at] in ("WDT", "IN", "WP")
        return tree.tags[at] in _RELATIVE_TAGS and tree.lowers[at] not in ("what", "whatever", "how", "why")

    def _add_place(self, draft: Draft) -> None:
        """Put the noun of "Oslo, where they met" behind the preposition "where"."""
        tree = self._tree
        for child in tree.labelled(draft.at, "advmod"):
            if tree.lowers[child] in ("where", "when") and tree.tags[child] == "WRB" and child < draft.at:
                places = [self._arguments.of(noun, Role.OBLIQUE, tree.lowers[child]) for noun in draft.antecedents]
                draft.arguments += places

    def _fill_gap(self, draft: Draft) -> None:
        """Give the noun of "the deal Oslo signed" the place that nothing fills."""
        tree = self._tree
        taken = {side.head.i - tree.start for side in draft.arguments}
        relative = any(self._is_relative(at) for at in range(tree.left[draft.at], draft.at))
        if relative or taken.intersection(draft.antecedents):
            return
        place = self._cleft(draft) or self._gap(draft)
        if place is not None:
            draft.arguments += [self._arguments.of(noun, *place) for noun in draft.antecedents]

    def _gap(self, draft: Draft) -> tuple[Role, str] | None:
        tree, at = self._tree, draft.at
        if not draft.sides(Role.SUBJECT):
            return Role.SUBJECT, ""
        for child in tree.labelled(at, "obl", "advmod", "case"):
            if child > at and tree.pos[child] == "ADP" and not tree.children[child]:
                return Role.OBLIQUE, tree.lowers[child]
        filled = draft.sides(Role.OBJECT) or draft.voice is Voice.PASSIVE or tree.labelled(at, "xcomp", "ccomp")
        return None if filled or draft.kind is not Kind.VERBAL else (Role.OBJECT, "")

    def _cleft(self, draft: Draft) -> tuple[Role, str] | None:
        """The place of "Oslo" in "it was in Oslo that they met"."""
        place = next((self._arguments.preposition(noun) for noun in draft.antecedents), "")
        split = any(self._tree.labelled(noun, "cop") for noun in draft.antecedents)
        return (Role.OBLIQUE, place) if split and place else None

    def _neighbour(self, draft: Draft) -> Draft | None:
        """The clause that this one is directly coordinated with."""
        tree = self._tree
        if tree.bases[draft.at] != "conj" or tree.is_root(draft.at):
            return None
        other = self._drafts.get(tree.heads[draft.at])
        nominal = draft.kind is Kind.NOMINAL
        return other if other is not None and (other.kind is Kind.NOMINAL) == nominal else None

    def _share(self, giver: Draft, taker: Draft) -> bool:
        """Lend a conjunct what it lacks; whether modality and denial are shared too."""
        tree = self._tree
        behind = [side for side in giver.arguments if side.head.i - tree.start > taker.at]
        if taker.kind is Kind.NOMINAL:
            if not taker.sides(Role.POSSESSOR):
                taker.arguments += giver.sides(Role.POSSESSOR)
            taker.arguments += [side for side in behind if side.role is Role.OBLIQUE]
            return False
        if taker.sides(Role.SUBJECT) or tree.labelled(taker.at, "nsubj", "csubj", "expl"):
            return False
        subjects = giver.sides(Role.SUBJECT)
        front = min([giver.at, *(side.head.i - tree.start for side in subjects)])
        shared = self._shares_auxiliaries(giver, taker)
        if shared:
            self._share_auxiliaries(giver, taker)
        taker.arguments += subjects
        if taker.voice is Voice.PASSIVE and giver.voice is Voice.PASSIVE and not giver.sides(Role.AGENT):
            giver.arguments += taker.sides(Role.AGENT)
        if taker.voice is Voice.ACTIVE and not taker.sides(Role.OBJECT):
            taker.arguments += [side for side in behind if side.role is Role.OBJECT]
        for side in giver.sides(Role.OBLIQUE, Role.AGENT):
            if side in behind or side.head.i - tree.start < front:
                taker.arguments.append(side)
        return shared

    def _shares_auxiliaries(self, giver: Draft, taker: Draft) -> bool:
        tree = self._tree
        if any(tree.bases[at] in ("aux", "cop") for at in taker.words):
            return False
        forms = {tree.tags[giver.at], tree.tags[taker.at]}
        confused = forms == {"VBN", "VBD"} and (giver.perfect or (giver.finite and not taker.sides(Role.OBJECT)))
        return len(forms) == 1 or confused or taker.kind is Kind.COPULAR

    def _share_auxiliaries(self, giver: Draft, taker: Draft) -> None:
        tree = self._tree
        taker.tense, taker.finite = giver.tense, giver.finite
        taker.perfect, taker.progressive = giver.perfect, giver.progressive
        if taker.kind is Kind.VERBAL and giver.kind is Kind.VERBAL:
            taker.voice = giver.voice
        taker.modality = [*giver.modality, *taker.modality]
        if all(tree.lowers[child] != "but" for child in tree.labelled(taker.at, "cc")):
            taker.negations = [*giver.negations, *taker.negations]

    def _lend_upwards(self, draft: Draft) -> None:
        """Give "delivery of arms by Oslo" the side that the parse hangs on the inner noun."""
        outer = draft.parent
        inside = self._arguments.preposition(draft.at) == "of" and draft.relation is Relation.NOUN
        if inside and outer is not None and outer.kind is Kind.NOMINAL and self._tree.heads[draft.at] == outer.at:
            outer.arguments += draft.behind(("by", "between", "among"))

    def _join_light_verb(self, draft: Draft) -> None:
        """Give a noun the sides and the tense of the light verb whose object or subject it is."""
        verb = draft.parent
        if verb is None or verb.kind is not Kind.VERBAL or not is_light(verb, draft):
            return
        draft.light = verb
        draft.tense, draft.finite = verb.tense, verb.finite
        draft.perfect, draft.progressive = verb.perfect, verb.progressive
        place = Role.SUBJECT if draft.relation is Relation.SUBJECT else Role.OBJECT
        known = {side.head for side in draft.arguments} | {self._tree.tokens[draft.at]}
        draft.arguments += [
            side
            for side in verb.arguments
            if side.head not in known and side.role is not place and side.role is not Role.OBJECT
        ]
