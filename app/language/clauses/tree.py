"""The parse of one sentence as plain lists, and the stretches of text that hang on a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Span, Token


_OF_PREDICATES = frozenset({"obl", "advcl", "advmod", "parataxis", "ccomp", "xcomp", "punct"})
"""Labels of what hangs on a predicate rather than on a noun behind it."""


class Tree:
    """A sentence's words by their place in it, from 0. Whatever the heads are, it is a forest.

    A word whose head lies outside the sentence is a root, and so is one word of every ring of heads. ``labels`` are the
    dependency labels, ``bases`` the same without their subtypes. ``left`` and ``right`` are the first and the last word
    of what hangs on a word, itself included, punctuation at its ends not. ``order`` names each word after its head,
    and what hangs on a head from left to right. ``firsts`` are what each is, at last, coordinated with, else itself.
    """

    def __init__(self, sentence: Span) -> None:
        doc, start, size = sentence.doc, sentence.start, len(sentence)
        tokens = list(sentence)
        self.doc, self.start, self.tokens = doc, start, tokens
        self.lowers = [token.lower_ for token in tokens]
        self.lemmas = [token.lemma_.lower() or token.lower_ for token in tokens]
        self.tags = [token.tag_ for token in tokens]
        self.pos = [token.pos_ for token in tokens]
        self.labels = [token.dep_.lower() for token in tokens]
        self.bases = [label.partition(":")[0] for label in self.labels]
        self.heads = [_local(token.head.i - start, at, size) for at, token in enumerate(tokens)]
        self.children: list[list[int]] = [[] for _ in tokens]
        for at, head in enumerate(self.heads):
            if head != at:
                self.children[head].append(at)
        self.order = self._ordered()
        self.firsts = list(range(size))
        for at in self.order:
            if self.bases[at] == "conj":
                self.firsts[at] = self.firsts[self.heads[at]]
        self._measure()

    def _measure(self) -> None:
        self.left = list(range(len(self.tokens)))
        self.right = list(range(len(self.tokens)))
        for at in reversed(self.order):
            head = at if self.pos[at] == "PUNCT" else self.heads[at]  # quotation marks hang anywhere
            self.left[head] = min(self.left[head], self.left[at])
            self.right[head] = max(self.right[head], self.right[at])

    def __len__(self) -> int:
        return len(self.tokens)

    def _ordered(self) -> list[int]:
        order: list[int] = []
        seen = [False] * len(self.heads)
        roots = [at for at, head in enumerate(self.heads) if head == at]
        for root in (*roots, *range(len(self.heads))):
            if seen[root]:
                continue
            if self.heads[root] != root:  # a ring of heads: it is opened here
                self.children[self.heads[root]].remove(root)
                self.heads[root] = root
            seen[root] = True
            waiting = [root]
            while waiting:
                at = waiting.pop()
                order.append(at)
                for child in reversed(self.children[at]):
                    seen[child] = True
                    waiting.append(child)
        return order

    def relabel(self, at: int, label: str) -> None:
        """Give a word another label."""
        self.labels[at], self.bases[at] = label, label.partition(":")[0]

    def rehang(self, at: int, head: int) -> None:
        """Hang a word that nothing hangs on on another head."""
        self.children[self.heads[at]].remove(at)
        self.children[head] = sorted([*self.children[head], at])
        self.heads[at] = head
        self.left[head], self.right[head] = min(self.left[head], at), max(self.right[head], at)

    def hang(self, at: int, head: int) -> None:
        """Hang a word with all that hangs on it on a head further up, so that ``order`` stays as it is."""
        self.children[self.heads[at]].remove(at)
        self.children[head] = sorted([*self.children[head], at])
        self.heads[at] = head
        self._measure()

    def lift(self, at: int, pos: str, label: str) -> None:
        """Change places with the head, which becomes what ``label`` says; what stood before hangs on the word now.

        So do obliques, clauses and punctuation behind the old head.
        """
        under = self.heads[at]
        above = self.heads[under]
        keeps = [c for c in self.children[under] if c > at and self.bases[c] not in _OF_PREDICATES]
        goes = [c for c in self.children[under] if c != at and c not in keeps]
        self.pos[at] = pos
        self.relabel(at, self.labels[under])
        self.relabel(under, label)
        if above == under:
            self.heads[at] = at
        else:
            self.children[above] = sorted([*(c for c in self.children[above] if c != under), at])
            self.heads[at] = above
        for child in (under, *goes):
            self.heads[child] = at
        self.children[under] = keeps
        self.children[at] = sorted([*self.children[at], under, *goes])
        self.order = self._ordered()
        self._measure()

    def is_root(self, at: int) -> bool:
        """Whether the word has no head in this sentence."""
        return self.heads[at] == at

    def labelled(self, at: int, *labels: str) -> list[int]:
        """The children of a word whose label, or its part before the colon, is one of these."""
        return [child for child in self.children[at] if self.labels[child] in labels or self.bases[child] in labels]

    def conjuncts(self, at: int) -> list[int]:
        """The word and all that is coordinated with it, in the order of the text."""
        found, waiting = [at], [at]
        while waiting:
            more = [child for child in self.children[waiting.pop()] if self.bases[child] == "conj"]
            found.extend(more)
            waiting.extend(more)
        return sorted(found)

    def upwards(self, token: Token) -> Iterator[int]:
        """The places in the document of a token of this sentence and of its heads up to the root."""
        at = token.i - self.start
        while 0 <= at < len(self):
            yield at + self.start
            if self.is_root(at):
                return
            at = self.heads[at]

    def span(self, first: int, last: int) -> Span:
        """The words from first to last, both included."""
        return self.doc[self.start + first : self.start + last + 1]

    def grown(self, at: int, without: frozenset[str]) -> Span:
        """The stretch around a word made of its children, up to the first on either side with one of these labels.

        Punctuation at its ends is left out.
        """
        first = last = at
        for child in reversed(self.children[at]):
            if child < at:
                if self.labels[child] in without or self.bases[child] in without:
                    break
                first = min(first, self.left[child])
        for child in self.children[at]:
            if child > at:
                if self.labels[child] in without or self.bases[child] in without:
                    break
                last = max(last, self.right[child])
        return self.span(*self._trimmed(first, last, at))

    def extent(self, token: Token) -> Span:
        """All that hangs on a token, less the joining words and punctuation at its ends."""
        at = token.i - self.start
        if not 0 <= at < len(self):
            return token.doc[token.i : token.i + 1]
        first, last = self.left[at], self.right[at]
        joining = {child for child in self.children[at] if self.bases[child] == "cc" and child < at}
        while first < at and (first in joining or self.pos[first] == "PUNCT"):
            first += 1
        return self.span(*self._trimmed(first, last))

    def pieces(self, token: Token, without: Sequence[Token]) -> tuple[Span, ...]:
        """The extent of a token less what hangs on others."""
        whole = self.extent(token)
        if not 0 <= token.i - self.start < len(self):
            return (whole,)
        first, last = whole.start - self.start, whole.end - 1 - self.start
        gaps = sorted(
            (self.left[at], self.right[at]) for at in (other.i - self.start for other in without) if 0 <= at < len(self)
        )
        runs: list[tuple[int, int]] = []
        for left, right in gaps:
            if first < left <= last:
                runs.append((first, left - 1))
            first = max(first, right + 1) if right >= first else first
        if first <= last:
            runs.append((first, last))
        trimmed = (self._trimmed(*run) for run in runs)
        return tuple(self.span(*run) for run in trimmed if self.pos[run[0]] != "PUNCT")

    def _trimmed(self, first: int, last: int, keep: int | None = None) -> tuple[int, int]:
        """A stretch without punctuation at its ends, but with one word of it that is to be kept."""
        while last > (first if keep is None else keep) and self.pos[last] == "PUNCT":
            last -= 1
        while first < (last if keep is None else keep) and self.pos[first] == "PUNCT":
            first += 1
        return first, last


def _local(head: int, at: int, size: int) -> int:
    return head if 0 <= head < size else at
