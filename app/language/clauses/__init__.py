"""A parsed sentence as clauses: the one room that knows dependency labels (Universal Dependencies v2, English).

Everything after it is written on clauses. https://universaldependencies.org/en/dep/ says what the labels mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.language.clauses.arguments import Arguments
from app.language.clauses.draft import freeze
from app.language.clauses.mending import mend
from app.language.clauses.predicates import find
from app.language.clauses.records import (
    Argument,
    Clause,
    Clauses,
    Kind,
    Modal,
    Modality,
    Relation,
    Role,
    Tense,
    Voice,
)
from app.language.clauses.relations import (
    hang_on_nouns,
    hang_on_verbs,
    parents_first,
    read_headlines,
    relate,
    turn_quotations,
)
from app.language.clauses.sharing import Sharing
from app.language.clauses.tree import Tree

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

__all__ = [
    "Argument",
    "Clause",
    "Clauses",
    "Kind",
    "Modal",
    "Modality",
    "Relation",
    "Role",
    "Tense",
    "Voice",
    "bare_clause",
    "clauses",
]


def bare_clause(predicate: Token) -> Clause:
    """The clause of a word that the parse gives none: it has no sides, and no place among the others."""
    verbal = predicate.tag_.startswith("VB")
    return Clause(
        index=-1,
        kind=Kind.VERBAL if verbal else Kind.NOMINAL,
        predicate=predicate,
        words=(predicate,),
        lemma=predicate.lemma_,
        particle="",
        arguments=(),
        attribute=None,
        parent=None,
        relation=Relation.ROOT,
        marker="",
        conjunct=None,
        modality=(),
        negations=(),
        voice=Voice.ACTIVE,
        tense=Tense.NONE,
        perfect=False,
        progressive=False,
        finite=False,
        conditional=False,
        light=None,
        modifiers=(),
    )


def clauses(sentence: Span) -> Clauses:
    """The clauses of a sentence of a parsed `Doc`, in the order of their predicates. Never raises, whatever the parse.

    It takes time in proportion to the sentence's length and reads `dep_`, `head`, `tag_`, `pos_`, `lemma_` and `morph`.
    """
    tree = Tree(sentence)
    mend(tree)
    drafts = find(tree)
    arguments = Arguments(tree)
    for draft in drafts.values():
        arguments.read(draft)
    relate(tree, drafts)
    hang_on_nouns(tree, drafts)
    hang_on_verbs(tree, drafts)
    read_headlines(tree, drafts)
    sharing = Sharing(tree, drafts, arguments)
    for draft in parents_first(drafts):
        sharing.fill(draft)
    turn_quotations(tree, drafts)
    return freeze(tree, drafts.values())
