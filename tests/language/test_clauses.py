from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from app.language.clauses import Argument, Clause, Clauses, Kind, Modality, Relation, Tense, Voice, clauses
from tests.language.parses import parsed

PLEDGE = parsed("""
    Oslo PROPN NNP 2 nsubj
    pledged=pledge VERB VBD 0 root
    to PART TO 4 mark
    train VERB VB 2 xcomp
    pilots=pilot NOUN NNS 4 obj
    and CCONJ CC 7 cc
    share VERB VB 4 conj
    data NOUN NN 7 obj
    with ADP IN 10 case
    Riga PROPN NNP 7 obl
    and CCONJ CC 12 cc
    Tallinn PROPN NNP 10 conj
    . PUNCT . 2 punct
""")

PASSIVE = parsed("""
    The DET DT 2 det
    accord NOUN NN 6 nsubj:pass
    has=have AUX VBZ 6 aux
    not PART RB 6 advmod
    been=be AUX VBN 6 aux:pass
    ratified=ratify VERB VBN 0 root
    by ADP IN 8 case
    parliament NOUN NN 6 obl:agent
""")

INVITATION = parsed("""
    She PRON PRP 2 nsubj
    extended=extend VERB VBD 0 root
    an DET DT 4 det
    invitation NOUN NN 2 obj
    to ADP IN 6 case
    Ruiz PROPN NNP 4 nmod
    to PART TO 8 mark
    inspect VERB VB 4 acl
    the DET DT 10 det
    fleet NOUN NN 8 obj
""")

VISIT = parsed("""
    Ruiz PROPN NNP 3 nmod:poss
    's PART POS 1 case
    visit NOUN NN 11 nsubj
    to ADP IN 5 case
    Riga PROPN NNP 3 nmod
    , PUNCT , 9 punct
    which PRON WDT 9 obj
    Oslo PROPN NNP 9 nsubj
    praised=praise VERB VBD 3 acl:relcl
    , PUNCT , 9 punct
    lasted=last VERB VBD 0 root
    two NUM CD 13 nummod
    days=day NOUN NNS 11 obl:unmarked
""")

QUOTE = parsed("""
    “ PUNCT `` 4 punct
    The DET DT 3 det
    pact NOUN NN 9 nsubj
    , PUNCT , 6 punct
    ” PUNCT '' 6 punct
    said=say VERB VBD 9 parataxis
    Ruiz PROPN NNP 6 nsubj
    , PUNCT , 6 punct
    holds=hold VERB VBZ 0 root
    until ADP IN 11 case
    May PROPN NNP 9 obl
    . PUNCT . 9 punct
""")

READY = parsed("""
    If SCONJ IN 3 mark
    Riga PROPN NNP 3 nsubj
    agrees=agree VERB VBZ 7 advcl
    , PUNCT , 7 punct
    Oslo PROPN NNP 7 nsubj
    is=be AUX VBZ 7 cop
    ready ADJ JJ 0 root
    to PART TO 9 mark
    host VERB VB 7 xcomp
    the DET DT 11 det
    talks=talk NOUN NNS 9 obj
""")

HEADLINE = parsed("""
    King NOUN NN 3 nsubj
    to PART TO 3 mark
    visit VERB VB 0 root
    Riga PROPN NNP 3 obj
    for ADP IN 8 case
    Latvia PROPN NNP 8 compound
    - PUNCT HYPH 6 punct
    talks=talk NOUN NNS 3 obl
""")

URGED = parsed("""
    Ruiz PROPN NNP 2 nsubj
    urged=urge VERB VBD 0 root
    the DET DT 5 det
    army NOUN NN 5 compound
    chief NOUN NN 2 obj
    , PUNCT , 5 punct
    General PROPN NNP 5 appos
    Soto PROPN NNP 7 flat
    , PUNCT , 5 punct
    who PRON WP 11 nsubj
    resigned=resign VERB VBD 5 acl:relcl
    , PUNCT , 5 punct
    to PART TO 14 mark
    stay VERB VB 2 xcomp
""")

AIM = parsed("""
    The DET DT 2 det
    aim NOUN NN 7 nsubj:outer
    of ADP IN 4 case
    Oslo PROPN NNP 2 nmod
    is=be AUX VBZ 7 cop
    to PART TO 7 mark
    join VERB VB 0 root
    the DET DT 9 det
    bloc NOUN NN 7 obj
""")

DENIED = parsed("""
    Riga PROPN NNP 4 nsubj
    did=do AUX VBD 4 aux
    not PART RB 4 advmod
    agree VERB VB 0 root
    to PART TO 6 mark
    host VERB VB 4 xcomp
    talks=talk NOUN NNS 6 obj
    with ADP IN 9 case
    Oslo PROPN NNP 7 nmod
""")

CLEFT = parsed("""
    It PRON PRP 4 expl
    was=be AUX VBD 4 cop
    in ADP IN 4 case
    Oslo PROPN NNP 0 root
    that SCONJ IN 7 mark
    they PRON PRP 7 nsubj
    met=meet VERB VBD 4 advcl:relcl
""")

FRAGMENT = parsed("""
    Talks=talk NOUN NNS 0 root
    between ADP IN 3 case
    Oslo PROPN NNP 1 nmod
    and CCONJ CC 5 cc
    Riga PROPN NNP 3 conj
    to PART TO 7 mark
    resume VERB VB 1 acl
    in ADP IN 9 case
    Bern PROPN NNP 7 obl
""")

ALLOWED = parsed("""
    It PRON PRP 2 nsubj
    allows=allow VERB VBZ 0 root
    ships=ship NOUN NNS 2 obj
    to PART TO 5 mark
    enter VERB VB 3 acl
""")

HOPE = parsed("""
    Oslo PROPN NNP 2 nsubj
    hopes=hope VERB VBZ 0 root
    that SCONJ IN 5 mark
    Riga PROPN NNP 5 nsubj
    agrees=agree VERB VBZ 2 ccomp
    and CCONJ CC 8 cc
    will AUX MD 8 aux
    sign VERB VB 5 conj
    on ADP IN 10 case
    behalf NOUN NN 8 obl
    of ADP IN 13 case
    the DET DT 13 det
    islands=island NOUN NNS 10 nmod
""")

COMMA = parsed("""
    Oslo PROPN NNP 3 nsubj
    will AUX MD 3 aux
    sign VERB VB 0 root
    , PUNCT , 7 punct
    the DET DT 6 det
    agency NOUN NN 7 nsubj
    reported=report VERB VBD 3 conj
""")

OUTER = parsed("""
    The DET DT 2 det
    trouble NOUN NN 6 nsubj:outer
    is=be AUX VBZ 6 cop
    that SCONJ IN 6 mark
    Oslo PROPN NNP 6 nsubj
    refuses=refuse VERB VBZ 0 root
""")


def one(found: Clauses, lemma: str) -> Clause:
    (clause,) = [each for each in found if each.lemma == lemma]
    return clause


def read_one(lemma: str, lines: str) -> Clause:
    """The one clause of a parsed sentence with this predicate."""
    return one(clauses(parsed(lines)), lemma)


def heads(arguments: tuple[Argument, ...]) -> list[str]:
    return [argument.head.text for argument in arguments]


def test_conjoined_infinitives_share_subject_and_modality() -> None:
    found = clauses(PLEDGE)
    train, share = one(found, "train"), one(found, "share")
    for clause in (train, share):
        assert heads(clause.subjects) == ["Oslo"]
        assert [modal.modality for modal in clause.modality] == [Modality.PROMISE]
        assert found.parent(clause) is one(found, "pledge")
        assert clause.relation is Relation.COMPLEMENT
    assert heads(share.objects) == ["data"]
    assert heads(share.by("with")) == ["Riga", "Tallinn"]
    assert share.conjunct == train.index
    assert found.dependents(one(found, "pledge"), Relation.COMPLEMENT) == (train, share)


def test_passive_gives_up_its_logical_sides_and_its_denial() -> None:
    clause = one(clauses(PASSIVE), "ratify")
    assert clause.voice is Voice.PASSIVE
    assert heads(clause.subjects) == ["accord"]
    assert heads(clause.logical_subjects) == ["parliament"]
    assert heads(clause.logical_objects) == ["accord"]
    assert (clause.negated, clause.tense, clause.perfect, clause.finite) == (True, Tense.PRESENT, True, True)
    assert clause.span.text == "has not been ratified"


@pytest.mark.parametrize("hangs_on", [4, 2])
def test_invitation_names_who_asks_and_who_is_to_come(hangs_on: int) -> None:
    lines = [f"{t.text}={t.lemma_} {t.pos_} {t.tag_} {t.head.i + 1} {t.dep_}" for t in INVITATION]
    lines[1] = "extended=extend VERB VBD 0 root"
    lines[7] = f"inspect VERB VB {hangs_on} {'acl' if hangs_on == 4 else 'advcl'}"
    found = clauses(parsed("\n".join(lines)))
    invitation, inspect = one(found, "invitation"), one(found, "inspect")
    assert invitation.kind is Kind.NOMINAL
    assert invitation.light is not None
    assert heads(invitation.logical_subjects) == ["She"]
    assert heads(invitation.by("to")) == ["Ruiz"]
    assert invitation.tense is Tense.PAST
    assert heads(inspect.subjects) == ["Ruiz"]
    assert inspect.has(Modality.REQUEST)
    assert found.parent(inspect) is invitation


def test_noun_has_sides_and_relative_clause_has_its_noun() -> None:
    found = clauses(VISIT)
    visit, praise = one(found, "visit"), one(found, "praise")
    assert heads(visit.logical_subjects) == ["Ruiz"]
    assert heads(visit.by("to")) == ["Riga"]
    assert heads(praise.objects) == ["visit"]
    assert praise.relation is Relation.RELATIVE
    (subject,) = one(found, "last").subjects
    assert subject.core.text == "Ruiz's visit to Riga".replace("'s", " 's")
    assert subject.span.text.endswith("which Oslo praised")


def test_what_is_said_around_the_reporting_words() -> None:
    found = clauses(QUOTE)
    say, hold = one(found, "say"), one(found, "hold")
    assert found.parent(hold) is say
    assert (hold.relation, say.relation) == (Relation.COMPLEMENT, Relation.ROOT)
    pieces = found.pieces(hold.predicate, [say.predicate])
    assert [piece.text for piece in pieces] == ["The pact", "holds until May"]


def test_condition_and_readiness() -> None:
    found = clauses(READY)
    agree, ready, host = one(found, "agree"), one(found, "ready"), one(found, "host")
    assert (agree.conditional, ready.conditional, host.conditional) == (True, False, False)
    assert ready.kind is Kind.COPULAR
    assert heads(host.subjects) == ["Oslo"]
    assert [(modal.word, modal.modality) for modal in host.modality] == [("ready", Modality.READINESS)]
    assert found.extent(host.predicate).text == "to host the talks"
    assert found.clause_of(READY[1]) is agree
    assert found.clause_of(READY[10], Kind.VERBAL) is host


def test_headline_infinitive_is_an_arrangement() -> None:
    found = clauses(HEADLINE)
    assert one(found, "visit").has(Modality.ARRANGEMENT)
    assert heads(one(found, "visit").subjects) == ["King"]
    assert [token.text for token in one(found, "talk").modifiers] == ["Latvia"]


def test_who_is_urged_acts_with_apposition_and_relative_clause_apart() -> None:
    found = clauses(URGED)
    (subject,) = one(found, "stay").subjects
    assert subject.core.text == "the army chief"
    assert [each.span.text for each in subject.appositions] == ["General Soto"]
    assert heads(one(found, "resign").subjects) == ["chief"]
    asking = found.parent(one(found, "stay"))
    assert asking is not None
    assert heads(asking.logical_subjects) == ["Ruiz"]


def test_an_aim_that_is_to_do_something_is_its_owners_intention() -> None:
    join = one(clauses(AIM), "join")
    assert heads(join.subjects) == ["Oslo"]
    assert [(modal.word, modal.modality) for modal in join.modality] == [("aim", Modality.INTENTION)]


def test_denial_reaches_what_is_not_agreed_to_and_the_noun_behind_its_light_verb() -> None:
    found = clauses(DENIED)
    assert [each.lemma for each in found if each.negated] == ["agree", "host", "talk"]
    assert one(found, "host").has(Modality.AGREEMENT)
    assert heads(one(found, "talk").by("with")) == ["Oslo"]


def test_cleft_gives_back_the_place() -> None:
    assert heads(one(clauses(CLEFT), "meet").by("in")) == ["Oslo"]


def test_headline_parsed_as_a_noun_is_still_an_arrangement() -> None:
    found = clauses(FRAGMENT)
    resume, talk = one(found, "resume"), one(found, "talk")
    assert (resume.relation, heads(resume.subjects)) == (Relation.ROOT, ["Talks"])
    assert resume.has(Modality.ARRANGEMENT)
    assert talk.has(Modality.ARRANGEMENT)
    assert heads(talk.by("between")) == ["Oslo", "Riga"]
    assert heads(talk.by("in")) == ["Bern"]


def test_infinitive_hung_on_the_object_of_a_verb_of_permission_completes_the_verb() -> None:
    enter = one(clauses(ALLOWED), "enter")
    assert (enter.relation, heads(enter.subjects)) == (Relation.COMPLEMENT, ["ships"])
    assert enter.has(Modality.PERMISSION)


def test_hope_reaches_the_clause_with_that_and_prepositions_of_three_words_are_one() -> None:
    found = clauses(HOPE)
    agree, sign = one(found, "agree"), one(found, "sign")
    assert agree.has(Modality.WISH)
    assert [modal.word for modal in sign.modality] == ["hope", "will"]
    assert heads(sign.subjects) == ["Riga"]
    assert heads(sign.by("on behalf of")) == ["islands"]
    assert found.extent(agree.predicate).text == "that Riga agrees and will sign on behalf of the islands"
    assert found.extent(sign.predicate).text == "will sign on behalf of the islands"


def test_a_second_subject_behind_the_verb_is_its_object() -> None:
    found = clauses(
        parsed("""
            Sailors=sailor NOUN NNS 2 nsubj
            told=tell VERB VBD 0 root
            Riga PROPN NNP 2 nsubj
        """)
    )
    assert (heads(one(found, "tell").subjects), heads(one(found, "tell").objects)) == (["Sailors"], ["Riga"])


def test_a_subject_that_stands_behind_its_verb_alone_is_none() -> None:
    found = clauses(
        parsed("""
            So ADV RB 2 advmod
            said=say VERB VBD 0 root
            Riga PROPN NNP 2 nsubj
        """)
    )
    assert heads(one(found, "say").subjects) == ["Riga"]


def test_a_modal_belongs_to_the_verb_behind_it() -> None:
    host = read_one(
        "host",
        """
        Oslo NOUN NNP 2 nsubj
        confirmed=confirm VERB VBD 0 root
        it PRON PRP 5 nsubj
        would AUX MD 6 aux
        host VERB VB 2 ccomp
        talks=talk NOUN NNS 5 obj
        """,
    )
    assert host.finite
    assert [modal.modality for modal in host.modality] == [Modality.HYPOTHETICAL]


def test_what_stands_behind_a_verb_without_a_subject_that_a_place_leads_is_its_subject() -> None:
    came = read_one(
        "come",
        """
        From ADP IN 2 case
        Windhoek PROPN NNP 3 obl
        came=come VERB VBD 0 root
        an DET DT 5 det
        offer NOUN NN 3 obj
        """,
    )
    assert (heads(came.subjects), heads(came.objects)) == (["offer"], [])


def test_a_clause_behind_it_was_said_is_what_is_said() -> None:
    opens = read_one(
        "open",
        """
        It PRON PRP 3 nsubj:pass
        was AUX VBD 3 aux:pass
        said=say VERB VBN 0 root
        that SCONJ IN 7 mark
        Peru PROPN NNP 7 nsubj
        would AUX MD 7 aux
        open VERB VB 3 csubj:pass
        """,
    )
    assert opens.relation is Relation.COMPLEMENT


def test_what_follows_a_word_of_effort_at_once_is_what_it_aims_at() -> None:
    mend = read_one(
        "mend",
        """
        Oslo PROPN NNP 2 nsubj
        works=work VERB VBZ 0 root
        to PART TO 4 mark
        mend=men VERB VBN 2 advcl
        ties=tie NOUN NNS 4 obj
        """,
    )
    assert [modal.modality for modal in mend.modality] == [Modality.ATTEMPT]


def test_reporting_clause_behind_a_comma_governs() -> None:
    found = clauses(COMMA)
    assert found.parent(one(found, "sign")) is one(found, "report")


def test_clause_behind_a_copula_has_the_copula_as_parent() -> None:
    found = clauses(OUTER)
    be, refuse = one(found, "be"), one(found, "refuse")
    assert found.parent(refuse) is be
    assert (heads(be.subjects), heads(refuse.subjects)) == (["trouble"], ["Oslo"])


_LABELS = [
    *("nsubj", "obj", "iobj", "obl", "obl:agent", "nmod", "nmod:poss", "conj", "cc", "xcomp", "ccomp", "advcl", "acl"),
    *("acl:relcl", "advcl:relcl", "csubj", "nsubj:pass", "nsubj:outer", "aux", "aux:pass", "cop", "mark", "case"),
    *(
        "punct",
        "appos",
        "flat",
        "compound",
        "compound:prt",
        "parataxis",
        "advmod",
        "amod",
        "det",
        "expl",
        "dep",
        "root",
    ),
    *("obl:unmarked", "fixed", "orphan", "unheard-of", ""),
]
_SHAPES = [
    *(("VERB", "VBD"), ("VERB", "VB"), ("VERB", "VBG"), ("VERB", "VBN"), ("AUX", "MD"), ("AUX", "VBZ"), ("", "")),
    *(("NOUN", "NN"), ("PROPN", "NNP"), ("PRON", "WDT"), ("PRON", "PRP"), ("ADJ", "JJ"), ("ADP", "IN")),
    *(("PART", "TO"), ("PUNCT", ","), ("CCONJ", "CC"), ("ADV", "WRB"), ("SCONJ", "IN"), ("DET", "DT")),
]
_WORDS = [
    "to",
    "that",
    "not",
    "say",
    "seek",
    "agree",
    "hold",
    "talk",
    "invitation",
    "be",
    "if",
    "will",
    ",",
    "who",
    "is",
]
_VOCAB = spacy.blank("en").vocab


@st.composite
def trees(draw: st.DrawFn) -> Doc:
    """Any tree over any words, tags and labels."""
    size = draw(st.integers(1, 24))
    order = draw(st.permutations(range(size)))
    heads = [0] * size
    for place, at in enumerate(order):
        heads[at] = order[draw(st.integers(0, place - 1))] if place else at
    shapes = draw(st.lists(st.sampled_from(_SHAPES), min_size=size, max_size=size))
    words = draw(st.lists(st.sampled_from(_WORDS), min_size=size, max_size=size))
    labels = draw(st.lists(st.sampled_from(_LABELS), min_size=size, max_size=size))
    pos, tags = [shape[0] for shape in shapes], [shape[1] for shape in shapes]
    return Doc(_VOCAB, words=words, lemmas=words, pos=pos, tags=tags, heads=heads, deps=labels)


@given(trees(), st.data())
@settings(max_examples=150, deadline=None)
def test_any_tree_has_clauses_that_point_into_it(doc: Doc, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(doc) - 1))
    sentence = doc[start : data.draw(st.integers(start + 1, len(doc)))]
    found = clauses(sentence)
    assert [clause.index for clause in found] == list(range(len(found)))
    for clause in found:
        assert all(sentence.start <= token.i < sentence.end for token in clause.words)
        for argument in clause.arguments:
            assert sentence.start <= argument.core.start <= argument.head.i < argument.core.end <= sentence.end
            assert argument.span.start <= argument.core.start
            assert argument.core.end <= argument.span.end
        above, steps = found.parent(clause), 0
        while above is not None:
            above, steps = found.parent(above), steps + 1
            assert steps <= len(found), "clauses govern one another in a ring"
        extent = found.extent(clause.predicate)
        assert sentence.start <= extent.start < extent.end <= sentence.end
    for token in doc:
        found.clause_of(token)
        found.pieces(token, [each.predicate for each in found])


@pytest.mark.parametrize("label", ["conj", "xcomp", "acl:relcl", "appos", "nmod", "parataxis"])
def test_a_chain_of_a_thousand_words_is_read(label: str) -> None:
    size = 1000
    words = ["talk", "sign"] * (size // 2)
    pos, tags = ["NOUN", "VERB"] * (size // 2), ["NN", "VBD"] * (size // 2)
    heads = [max(0, at - 1) for at in range(size)]
    deps = ["root", *[label] * (size - 1)]
    doc = Doc(_VOCAB, words=words, lemmas=words, pos=pos, tags=tags, heads=heads, deps=deps)
    assert len(clauses(doc[:])) == size
