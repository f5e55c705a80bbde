"""One name, one kind: what the model says of every place where a name stands is summed over the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.domain.entity import EntityType
from app.language.component import KINDS as PROBABILITIES
from app.language.gazetteer import head_words, known_at, small_words, title_words
from app.language.name_words import EVENT, KINDS, ORGANIZATION, PERSON, PLACE, Proposal, Words, apart
from app.language.tokens import Token

Votes = dict[str, float]

SHORT_FOR = 2.0
"""What an acronym's long form weighs, in votes of single places."""
TITLED = 1.5
"""What a title before a name weighs for a person."""
HEADED = 1.0
"""What a head word weighs; that of an event twice as much, since the model takes most events for bodies."""
SHAPED = 1.2
"""What capitals alone weigh for a body."""
SEEN = 0.4
"""How probable a name must be to the model where it stands again and was passed over."""
FAMILY = 2.0
"""What a place of a full name weighs for its family name."""


def vote(words: Words, found: list[Proposal]) -> list[Proposal]:
    """The proposals, all of one name being of one kind, and further places where their names stand."""
    ballot = _Ballot(words, found)
    decided = list(ballot.alike([ballot.decided(proposal) for proposal in found]))
    return apart([*decided, *_further(words, decided)])


@dataclass(slots=True)
class _Ballot:
    words: Words
    found: list[Proposal]
    votes: dict[tuple[str, ...], Votes] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))

    def __post_init__(self) -> None:
        for proposal in self.found:
            for kind, weight in self._own(proposal).items():
                self.votes[self._key(proposal)][kind] += weight
        for proposal in self.found:
            if proposal.kind == PERSON and proposal.last - proposal.first > 1:
                for at in (proposal.first, proposal.last - 1):
                    self.votes[(self.words.reading.tokens[at].lower,)][PERSON] += FAMILY
        for proposal, acronym in _defined(self.words, self.found):
            self.votes[(self.words.reading.tokens[acronym].lower,)][proposal.kind] += SHORT_FOR

    def decided(self, proposal: Proposal) -> Proposal:
        """The proposal with the kind that most speak for."""
        if proposal.sure:
            return proposal
        votes = self.votes[self._key(proposal)]
        best = max(votes, key=lambda kind: (votes[kind], kind == proposal.kind))
        return replace(proposal, kind=best)

    def alike(self, decided: list[Proposal]) -> Iterator[Proposal]:
        """The proposals, each known where the same name of its kind is: the model may take one "Lima" for a person."""
        known = {(self._key(each), each.kind): each.known for each in decided if each.known}
        for each in decided:
            yield each if each.known else replace(each, known=known.get((self._key(each), each.kind)))

    def _key(self, proposal: Proposal) -> tuple[str, ...]:
        return tuple(token.lower for token in self.words.reading.tokens[proposal.first : proposal.last])

    def _own(self, proposal: Proposal) -> Votes:
        tokens = self.words.reading.tokens
        votes: Votes = defaultdict(float)
        for kind, weight in _probabilities(self.words, proposal).items():
            votes[kind] += weight
        votes[proposal.kind] += 0.5
        for kind, weight in _of_head(words=tokens[proposal.first : proposal.last]).items():
            votes[kind] += weight
        if proposal.first and tokens[proposal.first - 1].lower in title_words():
            votes[PERSON] += TITLED if title_words()[tokens[proposal.first - 1].lower] != "part" else 0
        if _is_held(self.words, proposal.first):
            votes[PERSON] += TITLED
        if proposal.last - proposal.first == 1 and self.words.acronym(proposal.first):
            votes[ORGANIZATION] += SHAPED
        return votes


def _is_held(words: Words, at: int) -> bool:
    """Whether an office and whom it is held of stand right before a name, or "counterpart": "Ambassador to Fiji X"."""
    tokens = words.reading.tokens
    behind = at - (at > 0 and tokens[at - 1].text == ",")
    if behind > 0 and tokens[behind - 1].lower in ("counterpart", "counterparts"):
        return True
    for first in range(max(0, at - 6), at - 1):
        if title_words().get(tokens[first].lower) == "office" and tokens[first + 1].lower in ("of", "to"):
            begin = first + 2 + (tokens[first + 2].lower == "the")
            found = known_at(tokens, begin, at) if begin < at else None
            if found and found[0] == at:
                return True
    return False


def _of_head(words: Sequence[Token]) -> Votes:
    """What a name's last word says of it; an event's, where no word before it names a body: "Ministry of Defense"."""
    head = head_words().get(words[-1].text)
    if head is None or (len(words) == 1 and head[0] is not EntityType.ORGANIZATION):
        return {}
    if head[0] is EntityType.EVENT:
        known = [head_words()[word.text] for word in words[:-1] if word.text in head_words()]
        body = any(where == "any" for _, where in known)
        return {ORGANIZATION: HEADED} if body else {EVENT: 2 * HEADED}
    return {ORGANIZATION if head[0] is EntityType.ORGANIZATION else PLACE: HEADED}


def _probabilities(words: Words, proposal: Proposal) -> Votes:
    """The mean of what the model says of a proposal's tokens; nothing of a text that it has not weighed."""
    doc = words.reading.parsed
    votes: Votes = defaultdict(float)
    for label, shares in doc.user_data.get(PROBABILITIES, {}).items():
        votes[KINDS[label]] += float(shares[proposal.first : proposal.last].mean())
    return votes


def _defined(words: Words, found: list[Proposal]) -> Iterator[tuple[Proposal, int]]:
    """Long forms with the token of the short one in brackets behind them: "World Wildlife Fund (WWF)", "(Minrex)"."""
    tokens = words.reading.tokens
    for proposal in found:
        at = proposal.last + 1
        if at + 1 >= len(tokens) or tokens[at - 1].text != "(" or proposal.last - proposal.first < 2:
            continue
        initials = "".join(t.text[0] for t in tokens[proposal.first : proposal.last] if t.text[0].isupper())
        if words.acronym(at):
            if initials[:1] == tokens[at].text[:1]:
                yield proposal, at
        elif (
            proposal.kind == ORGANIZATION
            and tokens[at + 1].text == ")"
            and tokens[at].text.istitle()
            and tokens[at].text[0] in initials
            and known_at(tokens, at, at + 1) is None
        ):
            yield proposal, at


def _further(words: Words, decided: list[Proposal]) -> Iterator[Proposal]:
    """Places that the model passed over where a name of the text stands again, whole or by its family name."""
    tokens = words.reading.tokens
    names: dict[tuple[str, ...], Proposal] = {}
    for proposal in decided:
        key = tuple(token.lower for token in tokens[proposal.first : proposal.last])
        names.setdefault(key, proposal)
        if proposal.kind == PERSON and len(key) > 1:
            names.setdefault(key[-1:], replace(proposal, known=None))
    by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for key in sorted(names, key=len, reverse=True):
        by_first[key[0]].append(key)
    taken = {at for proposal in decided for at in range(proposal.first, proposal.last)}
    for at, token in enumerate(tokens):
        if at in taken or token.lower not in by_first or not _name_like(words, at):
            continue
        for key in by_first[token.lower]:
            last = at + len(key)
            if tuple(t.lower for t in tokens[at:last]) == key and not taken.intersection(range(at, last)):
                same = names[key]
                yield Proposal(at, last, same.kind, same.known, sure=True)
                break


def _name_like(words: Words, at: int) -> bool:
    token = words.reading.tokens[at]
    if not token.text[0].isupper() or len(token.text) < 2:
        return False
    if token.lower in title_words() or token.text in small_words()["common"]:
        return False
    shares = words.reading.parsed.user_data.get(PROBABILITIES, {}).values()
    if shares and max(float(share[at]) for share in shares) < SEEN:
        return False
    if at in words.shouted:
        return True
    return words.capital(at) and (
        words.tags[at] in ("NNP", "NNPS") or known_at(words.reading.tokens, at, at + 1) is not None
    )
