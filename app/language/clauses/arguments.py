"""The sides of a predicate: who, whom, by whom, with what; one argument for each of those coordinated."""

from __future__ import annotations

from collections.abc import Iterator

from app.language.clauses.draft import Draft
from app.language.clauses.predicates import outer_copula
from app.language.clauses.records import Argument, Kind, Role, Voice
from app.language.clauses.tree import Tree
from app.language.clauses.words import calendar, joining

_ROLES = {
    "nsubj": Role.SUBJECT,
    "obj": Role.OBJECT,
    "iobj": Role.INDIRECT_OBJECT,
    "obl": Role.OBLIQUE,
    "obl:agent": Role.AGENT,
    "nmod": Role.OBLIQUE,
    "nmod:poss": Role.POSSESSOR,
}

_LEFT_OUT = frozenset({"conj", "cc", "case", "mark", "cop", "aux", "nsubj", "csubj", "expl", "parataxis", "discourse"})
"""What hangs on a noun but is no part of it as an argument."""

_RENAMING = frozenset({"acl", "advcl", "appos", "dep", "list"})
"""What the core of an argument leaves out besides."""

_OF_THE_CLAUSE = frozenset({"obl", "advcl", "ccomp", "xcomp", "advmod"})
"""What hangs on a noun behind a copula but belongs to the clause."""

_COUNTS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}
"""Numbers by which a noun says how many names follow it."""


class Arguments:
    """Makes the arguments of a sentence's predicates, each stretch of text found once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._made: dict[tuple[int, Role, str], Argument] = {}

    def read(self, draft: Draft) -> None:
        """Give a predicate the arguments that hang on it, and what its copula links to."""
        tree, at = self._tree, draft.at
        if draft.outer:
            inner = tree.heads[at]
            draft.arguments = list(self._sides(dict.fromkeys(tree.labelled(inner, "nsubj:outer"), Role.SUBJECT)))
            return
        draft.arguments = list(self._sides(self._children(draft)))
        if draft.kind is Kind.COPULAR and tree.pos[at] in ("NOUN", "PROPN", "PRON", "NUM"):
            draft.attribute = self.of(at, Role.ATTRIBUTE, self.preposition(at))

    def of(self, head: int, role: Role, preposition: str = "") -> Argument:
        """The argument around a noun."""
        key = (head, role, preposition)
        if key not in self._made:
            tree = self._tree
            without = _LEFT_OUT | _OF_THE_CLAUSE if role is Role.ATTRIBUTE else _LEFT_OUT
            self._made[key] = Argument(
                role,
                tree.tokens[head],
                tree.grown(head, without),
                tree.grown(head, without | _RENAMING),
                preposition,
                tuple(self._appositions(head, role)),
            )
        return self._made[key]

    def again(self, argument: Argument, role: Role, preposition: str = "") -> Argument:
        """The same noun in another role."""
        return self.of(argument.head.i - self._tree.start, role, preposition)

    def preposition(self, head: int) -> str:
        """The words that lead on to a noun, as one; empty if none does."""
        return self._lead(head)[0]

    def _children(self, draft: Draft) -> dict[int, Role]:
        """The children of a predicate that are sides of it, and as what."""
        tree, at = self._tree, draft.at
        children = {child: role for child in tree.children[at] if (role := self._role(child)) is not None}
        if outer_copula(tree, at) is not None:  # that copula is a predicate and has the outer subject
            children = {child: role for child, role in children.items() if not tree.labels[child].endswith(":outer")}
        if draft.voice is Voice.PASSIVE and Role.AGENT not in children.values():
            children |= {child: Role.AGENT for child in children if self._is_named_agent(child)}
        owners = [child for child, role in children.items() if role is Role.POSSESSOR]
        for child in owners[:-1]:  # a noun has but one: "his country's wish" is the country's
            del children[child]
        return children

    def _is_named_agent(self, child: int) -> bool:
        """Whether an oblique is "by Oslo" or "by them", and not "by Monday"."""
        tree = self._tree
        named = tree.pos[child] == "PROPN" and tree.tokens[child].text not in calendar()
        return self._lead(child)[0] == "by" and (named or tree.pos[child] == "PRON")

    def _role(self, child: int) -> Role | None:
        tree = self._tree
        if tree.labels[child] == "nmod:desc" or (tree.pos[child] == "ADP" and not tree.children[child]):
            return None  # a title, or a preposition left behind: "the country they spoke about"
        return _ROLES.get(tree.labels[child]) or _ROLES.get(tree.bases[child])

    def _sides(self, children: dict[int, Role]) -> Iterator[Argument]:
        for child, role in children.items():
            preposition = ""
            for head in self._coordinated(child):
                own, inner = self._lead(head)
                preposition = own or preposition
                if role in (Role.OBLIQUE, Role.AGENT):
                    for noun in inner:
                        yield self.of(noun, role, preposition)
                else:
                    yield self.of(head, role)

    def _coordinated(self, noun: int) -> list[int]:
        """The sides that a noun stands for; "the two neighbours, Chad and Niger" are two, not three."""
        others = [head for head in self._tree.conjuncts(noun) if head != noun]
        if self._counts(noun, others):
            return [noun]
        return [noun, *(head for head in others if not self._is_apart(head))]

    def _counts(self, noun: int, names: list[int]) -> bool:
        tree = self._tree
        number = [tree.lowers[child] for child in tree.labelled(noun, "nummod")]
        return number[:1] == [_COUNTS.get(len(names))] and all(tree.pos[name] == "PROPN" for name in names)

    def _is_apart(self, conjunct: int) -> bool:
        """Whether a conjunct is denied ("but not Riga") or is a clause of its own."""
        tree = self._tree
        denied = any(tree.lowers[child] == "not" for child in tree.labelled(conjunct, "advmod", "cc"))
        return denied or bool(tree.labelled(conjunct, "nsubj", "cop"))

    def _lead(self, head: int) -> tuple[str, list[int]]:
        """The preposition before a noun, and the nouns that it leads to: "on behalf of the king" leads to the king."""
        tree = self._tree
        cases = [child for child in tree.labelled(head, "case") if child < head]
        if not cases:
            return "", [head]
        words: list[str] = []
        for case in cases:
            words += [tree.lowers[case], *(tree.lowers[part] for part in tree.labelled(case, "fixed"))]
        preposition = " ".join(words)
        known = joining("preposition")
        if cases[0] and f"{tree.lowers[cases[0] - 1]} {preposition}" in known:
            return f"{tree.lowers[cases[0] - 1]} {preposition}", [head]
        for child in tree.labelled(head, "nmod"):
            inner = [case for case in tree.labelled(child, "case") if head < case < child]
            whole = " ".join([*tree.lowers[cases[0] : head + 1], *(tree.lowers[case] for case in inner)])
            if inner and whole in known:
                return whole, tree.conjuncts(child)
        return preposition, [head]

    def _appositions(self, head: int, role: Role) -> Iterator[Argument]:
        tree = self._tree
        waiting, seen = [head], {head}
        while waiting:
            at = waiting.pop()
            names = tree.labelled(at, "conj")
            for child in [*tree.labelled(at, "appos"), *(names if self._counts(at, tree.conjuncts(at)[1:]) else [])]:
                for noun in tree.conjuncts(child):
                    if noun not in seen:
                        seen.add(noun)
                        waiting.append(noun)
                        spans = tree.grown(noun, _LEFT_OUT), tree.grown(noun, _LEFT_OUT | _RENAMING)
                        yield Argument(role, tree.tokens[noun], *spans)
