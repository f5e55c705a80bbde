"""What a sentence's parse says, as clauses: records that point into the `Doc` and copy no words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

    from app.language.clauses.tree import Tree


class Kind(StrEnum):
    """What carries the clause: a verb, a noun or adjective said of a subject ("is ready"), or a noun with sides."""

    VERBAL = "verbal"
    COPULAR = "copular"
    NOMINAL = "nominal"


class Voice(StrEnum):
    """Whether the surface subject acts or is acted on."""

    ACTIVE = "active"
    PASSIVE = "passive"


class Tense(StrEnum):
    """The tense of the finite verb; NONE for infinitives, participles and nouns."""

    PAST = "past"
    PRESENT = "present"
    FUTURE = "future"
    NONE = "none"


class Role(StrEnum):
    """What an argument is to its clause, as it stands on the surface; `Clause.logical_subjects` looks through voice.

    AGENT is the "by" of a passive. POSSESSOR stands before a noun ("Iran's visit"). OBLIQUE has a preposition,
    or none ("on Monday", "last week"). ATTRIBUTE is what a copula links to.
    """

    SUBJECT = "subject"
    OBJECT = "object"
    INDIRECT_OBJECT = "indirect object"
    AGENT = "agent"
    OBLIQUE = "oblique"
    POSSESSOR = "possessor"
    ATTRIBUTE = "attribute"


class Relation(StrEnum):
    """What a clause is to its parent. A conjoined clause has the parent and the relation of the first conjunct.

    ROOT has no parent. COMPLEMENT: what is said, sought or begun, quotations wherever their "he said" stands.
    PURPOSE: "to" or "in order to" said of a verb; ADVERBIAL: other subordinate clauses. RELATIVE: with "which", "that"
    or none; ADNOMINAL: a participle, infinitive or that-clause said of a noun ("sanctions imposed by", "desire to
    deepen"). PARATAXIS: set beside without a word that joins. SUBJECT, OBJECT, OBLIQUE: stands there as an argument of
    the parent. NOUN: belongs to a noun that is itself a clause. APPOSITION: renames another noun.
    """

    ROOT = "root"
    COMPLEMENT = "complement"
    PURPOSE = "purpose"
    ADVERBIAL = "adverbial"
    RELATIVE = "relative"
    ADNOMINAL = "adnominal"
    PARATAXIS = "parataxis"
    SUBJECT = "subject"
    OBJECT = "object"
    OBLIQUE = "oblique"
    NOUN = "noun"
    APPOSITION = "apposition"


class Modality(StrEnum):
    """The classes of modality.tsv, which gives each word its class, its meaning and an example."""

    FUTURE = "future"
    HYPOTHETICAL = "hypothetical"
    OBLIGATION = "obligation"
    ADVICE = "advice"
    POSSIBILITY = "possibility"
    ABILITY = "ability"
    ARRANGEMENT = "arrangement"
    READINESS = "readiness"
    WISH = "wish"
    INTENTION = "intention"
    PROMISE = "promise"
    AGREEMENT = "agreement"
    DECISION = "decision"
    PROPOSAL = "proposal"
    REQUEST = "request"
    ATTEMPT = "attempt"
    PERMISSION = "permission"
    REFUSAL = "refusal"
    THREAT = "threat"
    PHASE = "phase"


@dataclass(frozen=True, slots=True)
class Modal:
    """A word that says how far the clause holds: its class, its entry in modality.tsv, and where it stands."""

    modality: Modality
    word: str
    token: Token


@dataclass(frozen=True, slots=True)
class Argument:
    """A side of a clause. Coordinated sides are arguments of their own.

    ``head`` is the word that the rest hangs on. ``span`` is all that hangs on it, but neither its preposition nor what
    is coordinated with it; ``core`` also leaves out relative clauses, participles and appositions. ``preposition`` is
    in lower case, of several words where they act as one ("according to", "together with"), and empty where none
    stands. ``appositions`` rename it ("the army chief, General Ruiz").
    """

    role: Role
    head: Token
    span: Span
    core: Span
    preposition: str = ""
    appositions: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """A predicate with its sides and all that says whether, when and how firmly it holds.

    ``index`` is its place among the sentence's clauses, in the order of their predicates; ``parent`` and ``conjunct``
    (the first of the clauses that it is coordinated with) are such places too. ``words`` are auxiliaries, copula,
    predicate and particle; ``lemma`` is the predicate's, without the ``particle``. ``arguments`` hold what the clause
    shares with others too: the subject of a conjoined verb or of an infinitive, the noun that a relative clause is said
    of, and for a noun behind a light verb ("hold talks") that verb's sides, ``light`` being the verb. ``attribute`` is
    what a copula links to, where it is a noun. ``modality`` runs from the outermost word inwards and includes what
    governs the clause ("will seek to expand": will, seek). ``negations`` are the words that deny it, wherever they
    stand ("did not agree to help" denies "help" too). ``modifiers`` are a verb's adverbs, or a noun's adjectives and
    compounds, hyphenated pairs apart ("US-China talks"). A clause is ``conditional`` under "if" or "unless".
    """

    index: int
    kind: Kind
    predicate: Token
    words: tuple[Token, ...]
    lemma: str
    particle: str
    arguments: tuple[Argument, ...]
    attribute: Argument | None
    parent: int | None
    relation: Relation
    marker: str
    conjunct: int | None
    modality: tuple[Modal, ...]
    negations: tuple[Token, ...]
    voice: Voice
    tense: Tense
    perfect: bool
    progressive: bool
    finite: bool
    conditional: bool
    light: Token | None
    modifiers: tuple[Token, ...]

    @property
    def negated(self) -> bool:
        """Whether the clause is denied; "refuse" and the like are no denial here but a modality."""
        return bool(self.negations)

    @property
    def span(self) -> Span:
        """From the first to the last of ``words``, with what stands between them."""
        return self.predicate.doc[self.words[0].i : self.words[-1].i + 1]

    @property
    def subjects(self) -> tuple[Argument, ...]:
        """Who the clause is said of on the surface."""
        return self.with_role(Role.SUBJECT)

    @property
    def objects(self) -> tuple[Argument, ...]:
        """Its direct objects on the surface."""
        return self.with_role(Role.OBJECT)

    @property
    def indirect_objects(self) -> tuple[Argument, ...]:
        """To whom, without a preposition: "gave Peru a ship"."""
        return self.with_role(Role.INDIRECT_OBJECT)

    @property
    def agents(self) -> tuple[Argument, ...]:
        """By whom, behind a passive."""
        return self.with_role(Role.AGENT)

    @property
    def possessors(self) -> tuple[Argument, ...]:
        """Whose, before a noun."""
        return self.with_role(Role.POSSESSOR)

    @property
    def obliques(self) -> tuple[Argument, ...]:
        """All that stands behind a preposition, or as a bare adverbial."""
        return self.with_role(Role.OBLIQUE)

    @property
    def logical_subjects(self) -> tuple[Argument, ...]:
        """Who acts, whatever the voice: the agent of a passive; whose or by whom with a noun; empty if unsaid."""
        if self.kind is Kind.NOMINAL:
            return self.agents or self.by("by") or self.possessors or self.subjects
        return self.agents if self.voice is Voice.PASSIVE else self.subjects

    @property
    def logical_objects(self) -> tuple[Argument, ...]:
        """What is acted on, whatever the voice. With a noun that is left to its prepositions."""
        return self.subjects if self.voice is Voice.PASSIVE and self.kind is Kind.VERBAL else self.objects

    def with_role(self, role: Role) -> tuple[Argument, ...]:
        """The arguments of a role, in the order of the text."""
        return tuple(argument for argument in self.arguments if argument.role is role)

    def by(self, *prepositions: str) -> tuple[Argument, ...]:
        """The obliques behind one of these prepositions: ``by("with", "together with")``."""
        return tuple(argument for argument in self.obliques if argument.preposition in prepositions)

    def has(self, *classes: Modality) -> bool:
        """Whether a word of one of these classes of modality governs the clause."""
        return any(modal.modality in classes for modal in self.modality)


class Clauses(Sequence[Clause]):
    """The clauses of a sentence, in the order of their predicates, and how they hang together."""

    def __init__(self, clauses: Sequence[Clause], tree: Tree) -> None:
        self._clauses = tuple(clauses)
        self._tree = tree
        self._by_predicate = {clause.predicate.i: clause for clause in self._clauses}
        self._dependents: dict[int, list[Clause]] = {}
        for clause in self._clauses:
            if clause.parent is not None:
                self._dependents.setdefault(clause.parent, []).append(clause)

    @overload
    def __getitem__(self, index: int) -> Clause: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Clause, ...]: ...
    def __getitem__(self, index: int | slice) -> Clause | tuple[Clause, ...]:
        return self._clauses[index]

    def __iter__(self) -> Iterator[Clause]:
        return iter(self._clauses)

    def __len__(self) -> int:
        return len(self._clauses)

    def parent(self, clause: Clause) -> Clause | None:
        """The clause that governs this one, or None for a root."""
        return None if clause.parent is None else self._clauses[clause.parent]

    def dependents(self, clause: Clause, *relations: Relation) -> tuple[Clause, ...]:
        """The clauses that this one governs, in the order of the text: of these relations, or of any."""
        found = self._dependents.get(clause.index, ())
        return tuple(each for each in found if not relations or each.relation in relations)

    def clause_of(self, token: Token, *kinds: Kind) -> Clause | None:
        """The innermost clause that the token belongs to: of these kinds, or of any."""
        for above in self._tree.upwards(token):
            clause = self._by_predicate.get(above)
            if clause is not None and (not kinds or clause.kind in kinds):
                return clause
        return None

    def extent(self, token: Token) -> Span:
        """All that hangs on the token, marker and conjuncts included, but no joining word or punctuation at the ends.

        Of the predicate of what somebody says, that is the content of the statement. Where the reporting words stand
        inside it ("The pact, he said, will hold"), see `pieces`.
        """
        return self._tree.extent(token)

    def pieces(self, token: Token, without: Sequence[Token]) -> tuple[Span, ...]:
        """The extent of the token less that of other tokens: the runs that remain, trimmed of punctuation."""
        return self._tree.pieces(token, without)
