"""A clause in the making, by places in the sentence; `freeze` turns drafts into records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.language.clauses.records import (
    Argument,
    Clause,
    Clauses,
    Kind,
    Modal,
    Relation,
    Role,
    Tense,
    Voice,
)
from app.language.clauses.tree import Tree


@dataclass(slots=True, eq=False)
class Draft:
    """As `Clause`, but ``at``, ``words`` and ``negations`` are places in the sentence and parents are drafts.

    ``outer`` is set where the copula of "the trouble is that it rained" is itself the predicate. ``antecedents`` are
    the nouns that the nearest relative clause around is said of. ``forms`` are the ways in which the tables may name
    the predicate, longest first ("carry out", "carry"). ``headline`` is set for the "visit" of "King to visit Riga".
    """

    at: int
    kind: Kind
    outer: bool = False
    words: list[int] = field(default_factory=list)
    lemma: str = ""
    particle: str = ""
    marker: str = ""
    forms: tuple[str, ...] = ()
    voice: Voice = Voice.ACTIVE
    tense: Tense = Tense.NONE
    perfect: bool = False
    progressive: bool = False
    finite: bool = False
    conditional: bool = False
    arguments: list[Argument] = field(default_factory=list)
    attribute: Argument | None = None
    modality: list[Modal] = field(default_factory=list)
    negations: list[int] = field(default_factory=list)
    modifiers: list[int] = field(default_factory=list)
    parent: Draft | None = None
    relation: Relation = Relation.ROOT
    conjunct: Draft | None = None
    light: Draft | None = None
    headline: bool = False
    antecedents: tuple[int, ...] = ()

    def sides(self, *roles: Role) -> list[Argument]:
        """The arguments of these roles."""
        return [argument for argument in self.arguments if argument.role in roles]

    def behind(self, prepositions: Sequence[str]) -> list[Argument]:
        """The obliques behind these prepositions."""
        return [side for side in self.sides(Role.OBLIQUE) if side.preposition in prepositions]


def freeze(tree: Tree, drafts: Iterable[Draft]) -> Clauses:
    """The drafts as records, in the order of their predicates."""
    ordered = sorted(drafts, key=lambda draft: draft.at)
    places = {id(draft): index for index, draft in enumerate(ordered)}
    return Clauses([_frozen(tree, index, draft, places) for index, draft in enumerate(ordered)], tree)


def _frozen(tree: Tree, index: int, draft: Draft, places: dict[int, int]) -> Clause:
    tokens = tree.tokens
    return Clause(
        index=index,
        kind=draft.kind,
        predicate=tokens[draft.at],
        words=tuple(tokens[at] for at in sorted(draft.words)),
        lemma=draft.lemma,
        particle=draft.particle,
        arguments=tuple(sorted(draft.arguments, key=lambda argument: argument.head.i)),
        attribute=draft.attribute,
        parent=None if draft.parent is None else places[id(draft.parent)],
        relation=draft.relation,
        marker=draft.marker,
        conjunct=None if draft.conjunct is None else places[id(draft.conjunct)],
        modality=tuple(draft.modality),
        negations=tuple(tokens[at] for at in sorted(set(draft.negations))),
        voice=draft.voice,
        tense=draft.tense,
        perfect=draft.perfect,
        progressive=draft.progressive,
        finite=draft.finite,
        conditional=draft.conditional,
        light=None if draft.light is None else tokens[draft.light.at],
        modifiers=tuple(tokens[at] for at in sorted(set(draft.modifiers))),
    )
