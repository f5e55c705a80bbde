"""What words of modality do to the clauses beneath them: how far those hold, and who does what they say."""

from __future__ import annotations

from app.language.clauses.arguments import Arguments
from app.language.clauses.draft import Draft
from app.language.clauses.records import Argument, Kind, Modal, Modality, Relation, Role, Voice
from app.language.clauses.tree import Tree
from app.language.clauses.words import Governor, governors

_THAT = ("that", "")


class Governing:
    """Passes modality, denial and subjects down; a parent is to be filled before what it governs."""

    def __init__(self, tree: Tree, drafts: dict[int, Draft], arguments: Arguments) -> None:
        self._tree, self._drafts, self._arguments = tree, drafts, arguments

    def pass_down(self, draft: Draft) -> None:
        """Take over the modality and the denial of the parent, where they reach the clause."""
        parent = draft.parent
        if parent is None:
            return
        row = self._governor(draft)
        if row is None and draft.light is not parent and not self._is_open(draft):
            return
        inherited = list(parent.modality)
        if row is not None:
            inherited.append(Modal(row.modality, row.word, self._tree.tokens[parent.at]))
        draft.modality = inherited + draft.modality
        draft.negations = parent.negations + draft.negations

    def subjects(self, draft: Draft) -> list[Argument]:
        """Who does what a clause without a subject says."""
        parent, tree = draft.parent, self._tree
        if parent is None or draft.conjunct is not None or tree.labelled(draft.at, "nsubj", "csubj", "expl"):
            return []
        if draft.relation is Relation.ADNOMINAL:
            found = self._said_of(draft)
        elif draft.finite or draft.relation not in (Relation.COMPLEMENT, Relation.PURPOSE, Relation.ADVERBIAL):
            return []
        elif parent.kind is Kind.NOMINAL:
            found = self._owners(parent, self._governor(draft))
        else:
            found = self._controllers(parent, draft)
        return [self._arguments.again(side, Role.SUBJECT) for side in found]

    def head_line(self, draft: Draft) -> None:
        """Read "King to visit Riga" as what is arranged, the noun as who does it."""
        tree = self._tree
        mark = next(child for child in tree.labelled(draft.at, "mark") if tree.lowers[child] == "to")
        draft.modality = [Modal(Modality.ARRANGEMENT, "be", tree.tokens[mark]), *draft.modality]
        draft.arguments += [self._arguments.of(noun, Role.SUBJECT) for noun in tree.conjuncts(tree.heads[draft.at])]

    def look_through_aim(self, draft: Draft) -> None:
        """Read "the aim of Oslo is to sign" as Oslo's aim to sign."""
        for place, modal in enumerate(draft.modality):
            if modal.word != "be":
                continue
            for side in draft.sides(Role.SUBJECT):
                noun = self._drafts.get(side.head.i - self._tree.start)
                row = None if noun is None else governors().get(("noun", noun.lemma))
                if noun is None or row is None or "to" not in row.links:
                    continue
                draft.modality[place] = Modal(row.modality, row.word, side.head)
                others = [other for other in draft.arguments if other is not side]
                owners = [self._arguments.again(owner, Role.SUBJECT) for owner in self._owners(noun, row)]
                draft.arguments = owners + others

    def _is_open(self, draft: Draft) -> bool:
        """Whether the clause completes its parent, as in "will help to build" and "did not manage to land"."""
        return self._tree.bases[self._tree.firsts[draft.at]] == "xcomp" and not draft.finite

    def _governor(self, draft: Draft) -> Governor | None:
        """The row of modality.tsv for the parent, if that word reaches down to this clause."""
        parent = draft.parent
        if parent is None:
            return None
        link = self._link(draft)
        for row in _rows(parent, draft):
            if link in row.links and self._reaches(draft, row):
                return row
        return None

    def _link(self, draft: Draft) -> str:
        """What leads from the parent to the clause, as the table's column ``links`` names it."""
        if draft.kind is Kind.NOMINAL:
            if draft.relation in (Relation.OBLIQUE, Relation.NOUN):
                return self._arguments.preposition(self._tree.firsts[draft.at])
            return "object" if draft.relation in (Relation.OBJECT, Relation.SUBJECT) else ""
        if draft.finite or draft.marker == "that":
            return "that" if draft.marker in _THAT else ""
        if not draft.marker and draft.relation in (Relation.COMPLEMENT, Relation.OBJECT, Relation.SUBJECT):
            return "object"
        return "to" if draft.marker.endswith("to") else draft.marker

    def _reaches(self, draft: Draft, row: Governor) -> bool:
        """A purpose ("agreed, to avoid a war") is not governed, unless the word asks somebody behind a preposition.

        What follows the word at once ("works to avoid a war") is no purpose, whatever the parser takes it for.
        """
        parent = draft.parent
        assert parent is not None
        if draft.kind is Kind.NOMINAL:
            return draft.relation is not Relation.SUBJECT or parent.voice is Voice.PASSIVE
        if draft.relation in (Relation.COMPLEMENT, Relation.SUBJECT, Relation.ADVERBIAL):
            return True
        if draft.relation is Relation.PURPOSE:
            asked = row.control not in ("subject", "object") and parent.behind(row.control.split("|"))
            follows = parent.at + 1 in self._tree.labelled(draft.at, "mark")
            return parent.kind is not Kind.VERBAL or parent.voice is Voice.PASSIVE or bool(asked) or follows
        return draft.relation is Relation.ADNOMINAL

    def _controllers(self, parent: Draft, draft: Draft) -> list[Argument]:
        row = self._governor(draft)
        surface = parent.sides(Role.SUBJECT)
        if row is not None and row.control not in ("subject", "object"):
            return parent.behind(row.control.split("|"))
        if draft.relation is Relation.COMPLEMENT and parent.voice is Voice.ACTIVE:
            whom = parent.sides(Role.OBJECT, Role.INDIRECT_OBJECT)
            return whom if whom and (row is None or row.control == "object") else surface
        if draft.relation is Relation.PURPOSE and parent.voice is Voice.PASSIVE and row is None:
            return parent.sides(Role.AGENT)
        return surface

    def _said_of(self, draft: Draft) -> list[Argument]:
        """Participles are said of their noun, infinitives of whose it is or to whom it goes."""
        tree = self._tree
        owner = draft.parent
        noun = tree.heads[tree.firsts[draft.at]]
        if owner is not None and owner.kind is Kind.NOMINAL and draft.marker and not self._is_first(noun):
            return self._owners(owner, self._governor(draft))
        participle = draft.voice is Voice.PASSIVE or tree.tags[draft.at] in ("VBG", "VBN")
        if draft.kind is Kind.COPULAR or (participle and not draft.marker) or self._is_first(noun):
            return [self._arguments.of(noun, Role.SUBJECT)]
        return []

    def _is_first(self, noun: int) -> bool:
        """Whether a noun is counted, as in "the first state to recognize Oslo"."""
        tree = self._tree
        return any("Ord" in tree.tokens[child].morph.get("NumType", []) for child in tree.labelled(noun, "amod"))

    def _owners(self, noun: Draft, row: Governor | None) -> list[Argument]:
        if row is not None and row.control not in ("subject", "object"):
            return noun.behind(row.control.split("|"))
        found = noun.sides(Role.AGENT) or noun.behind(("by",)) or noun.sides(Role.POSSESSOR)
        found = found or noun.behind(("between", "among"))
        if row is not None:
            found = found or noun.behind(("of", "from")) or self._named_modifiers(noun)
        return found or noun.sides(Role.SUBJECT)

    def _named_modifiers(self, noun: Draft) -> list[Argument]:
        """The names before a noun, and their adjectives: "a Norwegian offer to host"."""
        tokens = self._tree.tokens
        named = [at for at in noun.modifiers if 0 < at < noun.at and tokens[at].text[:1].isupper()]
        return [self._arguments.of(at, Role.SUBJECT) for at in named]


def _rows(parent: Draft, draft: Draft) -> list[Governor]:
    """The rows that the parent's word has in the part of speech that it stands in here, longest word first."""
    if parent.kind is Kind.NOMINAL:
        parts = ["noun"]
    elif parent.kind is Kind.COPULAR:
        parts = ["adjective", "noun"]
    elif parent.voice is Voice.ACTIVE:
        parts = ["verb"]
    else:
        parts = ["passive", "adjective", *(["verb"] if draft.kind is Kind.NOMINAL else [])]
    table = governors()
    return [table[part, form] for part in parts for form in parent.forms if (part, form) in table]
