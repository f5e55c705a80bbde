"""Who is reported to say what: reporting words, their speakers and their contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.article import Article
from app.domain.evidence import Span
from app.domain.facts import statement_id
from app.domain.statement import Speaker, Statement, StatementForm
from app.extraction.contents import Contents
from app.extraction.continuation import carried_on
from app.extraction.entities import Cast
from app.extraction.quotations import MARKS, Quotations
from app.extraction.reporting import documents, light_verbs, rows_of
from app.extraction.said import Part, Said, reported
from app.extraction.speakers import Voice, closed, spoken, voices
from app.extraction.turns import laid_out, within_turns
from app.language.clauses import Argument, Clause, Kind, Relation, Role
from app.language.sentences import Sentence
from app.language.tables import Row

if TYPE_CHECKING:
    from spacy.tokens import Token

CUE = 2
"""The column of `Marks.attributed` that is for cues."""

_STOPS = frozenset({",", ".", ";", ":", "(", "-", "–", "—", *MARKS})
MARKED = 0.5
"""Least probability of being a cue for a verb that reporting.tsv lacks."""

__all__ = ["Said", "find_statements", "identities", "identity_of", "statements"]


def find_statements(cast: Cast) -> list[Said]:
    """All statements, in the order of the text, each with the innermost of those that report it."""
    quotations = Quotations(cast.reading)
    found: list[Said] = []
    for sentence in cast.reading.sentences:
        found.extend(sorted(_Here(cast, quotations, sentence).statements(), key=lambda said: said.cue))
    turns = laid_out(cast, quotations)
    carried = carried_on(cast.reading, quotations, within_turns(found, turns), turns)
    return reported(sorted((*carried, *turns), key=lambda said: said.cue), cast.reading.tokens)


class _Here:
    """The statements of one sentence."""

    def __init__(self, cast: Cast, quotations: Quotations, sentence: Sentence) -> None:
        self.cast = cast
        self.tokens = cast.reading.tokens
        self.sentence = sentence
        self.quotations = quotations
        self.contents = Contents(cast.reading, quotations, sentence)
        self.attributed = cast.reading.marks.attributed
        self.marked = [
            mark
            for mark in cast.reading.marks.attributions
            if mark.kind == "source" and sentence.first <= mark.first < sentence.last
        ]

    def statements(self) -> list[Said]:
        """Those that a clause reports, and those according to somebody, in the order of the text."""
        made: dict[int, Said] = {}
        for clause in self.contents.found:
            said = self._said(clause)
            if said:
                made[clause.index] = self._by_the_same(clause, said, made)
        for clause in self.contents.found:
            if clause.index in made and clause.kind is Kind.NOMINAL:
                self._join_light_verb(clause, made)
        return sorted((*made.values(), *self._according()), key=lambda said: said.cue)

    def _by_the_same(self, clause: Clause, said: Said, made: dict[int, Said]) -> Said:
        """Give the second verb of "said that ... and added that" the speaker of the first."""
        found = self.contents.found
        host = found[clause.conjunct] if clause.conjunct is not None else found.parent(clause)
        if host is None or host.parent not in made or not self.contents.says_more(clause):
            return said
        return replace(said, speakers=made[host.parent].speakers)

    def _join_light_verb(self, clause: Clause, made: dict[int, Said]) -> None:
        """Make one cue of verb and noun in "expressed hope that"."""
        verb = self.contents.found.parent(clause)
        if verb is None or clause.relation is not Relation.OBJECT or verb.predicate.lower_ not in light_verbs():
            return
        if clause.possessors or verb.voice == "passive" or verb.predicate.i > clause.predicate.i:
            return
        said = made[clause.index]
        made[clause.index] = replace(said, cue=(self._cue(verb)[0], said.cue[1]))
        made.pop(verb.index, None)

    def _said(self, clause: Clause) -> Said | None:
        rows = rows_of(clause) or self._marked_as_cue(clause)
        if not rows:
            return None
        cue = self._cue(clause)
        for row, takes in ((each, takes) for each in rows for takes in each["takes"].split("|")):
            taken = self.contents.taken(clause, cue, takes)
            if taken is None:
                continue
            speaking = self._voices(clause) or self._beside(clause, cue, row["kind"])
            if not speaking and not self._may_be_unsaid(clause) and not self.contents.says_more(clause):
                return None
            parts = self._whole(cue, taken.parts)
            return Said(self.sentence, (cue[0], taken.cue_end), parts, speaking, row["kind"], row=row)
        return None

    def _marked_as_cue(self, clause: Clause) -> tuple[Row, ...]:
        """A row for a verb that the table lacks and the reader takes for a reporting one."""
        at = clause.predicate.i
        beside = clause.relation is Relation.ADVERBIAL and not clause.finite  # "said, smiling"
        if clause.kind is not Kind.VERBAL or beside or self.attributed[at][CUE] < MARKED:
            return ()
        return ({"word": clause.predicate.lower_, "part": "verb", "takes": "clause", "kind": "say"},)

    def _cue(self, clause: Clause) -> Part:
        """The predicate with the auxiliaries, denials and adverbs that stand right before it, and its particle."""
        at = clause.predicate.i
        own = {word.i for word in (*clause.words, *clause.negations, *clause.modifiers)}
        first = at
        while first > self.sentence.first and (first - 1 in own or self._is_adverb(first - 1)):
            first -= 1
        last = at + 1
        if last in own and clause.particle == self.tokens[last].lower:
            last += 1
        return first, last

    def _is_adverb(self, at: int) -> bool:
        tag = self.cast.reading.parsed[at].tag_
        return tag in ("RB", "MD") and self.tokens[at].lower not in ("when", "how")

    def _voices(self, clause: Clause) -> tuple[Voice, ...]:
        sides = tuple(side for side in self._sources(clause) if not self._is_quoted_apart(side, clause))
        return voices(self.cast, sides, self._cue(clause)[0], self._relative(clause, sides))

    def _is_quoted_apart(self, side: Argument, clause: Clause) -> bool:
        """Whether a side stands in a quotation and the reporting words outside it: who is named there is silent."""
        held = self.quotations.holding(side.head.i)
        return held is not None and not held.first <= clause.predicate.i < held.last

    def _beside(self, clause: Clause, cue: Part, kind: str) -> tuple[Voice, ...]:
        """Who is marked or known right before the cue, or behind it, where the parse gives it no subject.

        What stands before a passive is not who speaks: "it was reported".
        """
        if kind not in ("say", "tell") or clause.voice == "passive":
            return ()
        marked = [mark for mark in self.marked if mark.last == cue[0] or mark.first == cue[1]]
        spans = [(mark.first, mark.last) for mark in marked]
        spans += [(r.start, r.last) for r in (self.cast.ending(cue[0]), self.cast.beginning(cue[1])) if r]
        return (spoken(self.cast, *spans[0]),) if spans else ()

    def _sources(self, clause: Clause) -> tuple[Argument, ...]:
        if clause.kind is not Kind.NOMINAL:
            return self._issuers(clause) or tuple(s for s in clause.logical_subjects if s.head.tag_ != "EX")
        if clause.possessors:
            return clause.possessors
        verb = self.contents.found.parent(clause)
        if verb is not None and clause.relation is Relation.OBJECT:
            return verb.logical_subjects
        return ()

    def _issuers(self, clause: Clause) -> tuple[Argument, ...]:
        """Who issues the statement in "issued a statement saying"."""
        if clause.relation is not Relation.ADNOMINAL or clause.predicate.tag_ != "VBG":
            return ()
        noun = self.contents.found.parent(clause)
        if noun is None or noun.kind is not Kind.NOMINAL or noun.predicate.lower_ not in documents():
            return ()
        verb = self.contents.found.parent(noun)
        if noun.possessors:
            return noun.possessors
        return verb.logical_subjects if verb is not None and noun.relation is Relation.OBJECT else ()

    def _relative(self, clause: Clause, sides: tuple[Argument, ...]) -> Token | None:
        """The "who" that stands in a relative clause for what it is said of."""
        if clause.relation is not Relation.RELATIVE or not sides:
            return None
        for token in self.cast.reading.parsed[sides[0].head.i + 1 : clause.predicate.i]:
            if token.tag_ in ("WP", "WDT") and token.lower_ in ("who", "which", "that"):
                return token
        return None

    def _may_be_unsaid(self, clause: Clause) -> bool:
        """Whether the source may be missing: with "is expected to" and "asked whether"."""
        return clause.voice == "passive" and clause.kind is Kind.VERBAL

    def _whole(self, cue: Part, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """The parts of a content, each with the whole of a quotation that it begins or ends in."""
        whole: list[Part] = []
        for first, last in parts:
            for at in (first, last - 1, first - 1, last):
                held = self.quotations.holding(at) if 0 <= at < len(self.tokens) else None
                if held and not held.first <= cue[0] < held.last and self._belongs(held.first, held.last, first, last):
                    first, last = min(first, held.first), max(last, held.last)
            whole.append((first, last))
        return tuple(whole)

    def _belongs(self, begin: int, end: int, first: int, last: int) -> bool:
        return begin < last and first < end and not (begin < self.sentence.first and end < self.sentence.first)

    def _according(self) -> Iterator[Said]:
        for clause in self.contents.found:
            for side in clause.with_role(Role.OBLIQUE):
                if side.preposition != "according to":
                    continue
                first, last = side.span.start - 2, closed(self.cast, side.span.start, side.span.end)
                if first < self.sentence.first or self.tokens[first].lower != "according":
                    continue
                last = self._and_who_else(last)
                parts = self._around(clause, first, last)
                if parts:
                    speaking = tuple(
                        replace(voice, last=max(voice.last, last))
                        for voice in voices(self.cast, (side,), self.sentence.last)
                    )
                    yield Said(self.sentence, (first, first + 2), self._whole((first, last), parts), speaking, "say")

    def _and_who_else(self, last: int) -> int:
        """The end of "two diplomats and a security source", where "and" leads to no clause of its own."""
        end = next((at for at in range(last, self.sentence.last) if self.tokens[at].text in _STOPS), self.sentence.last)
        if last + 1 >= end or self.tokens[last].lower != "and":
            return last
        tags = [token.tag_ for token in self.cast.reading.parsed[last + 1 : end]]
        return last if any(tag.startswith("V") or tag in ("MD", "TO") for tag in tags) else end

    def _around(self, clause: Clause, first: int, last: int) -> tuple[Part, ...]:
        """The sentence, where "according to" begins or ends it, else the clause that it stands in."""
        parts = self.contents.around(first, last)
        if len(parts) < 2:
            return parts
        extent = self.contents.found.extent(clause.predicate)
        inside = (self.contents.trimmed(extent.start, first), self.contents.trimmed(last, extent.end))
        return tuple(part for part in inside if part[0] < part[1])


def statements(cast: Cast, article: Article, ids: dict[int, str], found: list[Said]) -> tuple[Statement, ...]:
    """Records of the statements found; each id once."""
    text = article.text
    records: dict[str, Statement] = {}
    for said, identity in zip(found, identities(cast, article, found), strict=True):
        parent = identity_of(cast, article, found[said.within]) if said.within is not None else None
        records[identity] = Statement(
            identity,
            _form(cast, said),
            tuple(
                Speaker(_span(cast, text, (v.first, v.last)), ids[v.referent] if v.referent is not None else None)
                for v in said.speakers
            ),
            (_span(cast, text, said.cue),),
            tuple(_span(cast, text, part) for part in said.content),
            nested_in=parent if parent != identity else None,
        )
    return tuple(records.values())


def identities(cast: Cast, article: Article, found: list[Said]) -> list[str]:
    """The id of each statement."""
    return [identity_of(cast, article, said) for said in found]


def identity_of(cast: Cast, article: Article, said: Said) -> str:
    """The id of a statement."""
    parts = [_span(cast, article.text, part) for part in said.content]
    return statement_id(article, (_span(cast, article.text, said.cue),), parts)


def _form(cast: Cast, said: Said) -> StatementForm:
    if said.laid_out:
        return StatementForm.DIRECT
    tokens = cast.reading.tokens
    quoted = [any(t.text in MARKS for t in tokens[first:last]) for first, last in said.content]
    if not any(quoted):
        return StatementForm.INDIRECT
    whole = all(_is_quoted([token.text for token in tokens[first:last]]) for first, last in said.content)
    return StatementForm.DIRECT if whole else StatementForm.MIXED


def _is_quoted(words: list[str]) -> bool:
    """Whether marks enclose the words; the last is missing where the quotation goes on in the next paragraph."""
    return words[0] in MARKS and (words[-1] in MARKS or not MARKS.intersection(words[1:]))


def _span(cast: Cast, text: str, part: Part) -> Span:
    tokens = cast.reading.tokens
    return Span.of(text, tokens[part[0]].start, tokens[part[1] - 1].end)
