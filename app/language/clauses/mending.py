"""What parsers often get wrong and the rest of the tree shows to be wrong, put right before clauses are read."""

from __future__ import annotations

from app.language.clauses.tree import Tree
from app.language.clauses.words import joining, speech_verbs

_RELATIVE_WORDS = frozenset({"who", "whom", "whose", "which", "that"})
_PARTICLES = frozenset({"away", "back", "down", "off", "out", "up"})
"""Words behind a verb that seldom begin an oblique: "wrapped up talks"."""
_AUXILIARIES = frozenset({"be", "have", "do", "get"})


def mend(tree: Tree) -> None:
    """Change what cannot stand: two objects, objects behind prepositions, obliques without, stray endings."""
    for at in range(len(tree)):
        _mend_small(tree, at)
    for at, pos in enumerate(tree.pos):
        if pos == "VERB" and tree.labelled(at, "det", "nmod:poss"):
            tree.pos[at] = "NOUN"
        elif pos == "VERB":
            _mend_infinitive(tree, at)
            _mend_prepositions(tree, at)
            _mend_inverted(tree, at)
            _mend_subjects(tree, at)
            _mend_objects(tree, at)
        if tree.tags[at] == "POS" and tree.labels[at] == "case":
            _mend_possessor(tree, at)
        _mend_hanging(tree, at)


def _mend_hanging(tree: Tree, at: int) -> None:
    """Clauses and words that hang on what they do not belong to, by what they are labelled."""
    label = tree.labels[at]
    if label == "acl" and _has_relative_word(tree, at):
        tree.relabel(at, "acl:relcl")
    elif label == "acl:relcl":
        _mend_relative(tree, at)
    if tree.labels[at] == "acl":
        _mend_told(tree, at)
    elif label == "conj":
        _mend_quoted(tree, at)
    elif label == "obl":
        _mend_scattered(tree, at)


def _mend_small(tree: Tree, at: int) -> None:
    """What is wrong about auxiliaries, prepositions and markers, which all else is read by."""
    if tree.labels[at] == "aux" and tree.labelled(at, "fixed"):
        tree.relabel(at, "mark")  # "due to visit"
    elif tree.tags[at] == "MD":
        _mend_auxiliary(tree, at)
    if tree.labels[at] == "aux" or (tree.labels[at] == "case" and not tree.children[at]):
        _mend_hidden(tree, at)
    elif tree.labels[at] == "mark" and tree.pos[tree.heads[at]] in ("NOUN", "PROPN"):
        _mend_marker(tree, at)


def _mend_auxiliary(tree: Tree, modal: int) -> None:
    """Hang the "would" of "would host talks" on the verb behind it, and not on what comes after that."""
    verb = modal + 1
    while verb < len(tree) and tree.tags[verb] == "RB":
        verb += 1
    if verb < tree.heads[modal] and tree.tags[verb] == "VB" and tree.pos[verb] == "VERB" and not tree.children[modal]:
        tree.rehang(modal, verb)


def _mend_hidden(tree: Tree, at: int) -> None:
    """Put in its place what is taken for a word beside a noun that hangs on it.

    "Discuss" of "will discuss trade" is no auxiliary, "due" of "is due in Oslo" no preposition, and "to" of "strives to
    mend ties" is none of "ties".
    """
    noun = tree.heads[at]
    if noun < at or not tree.tags[noun].startswith("NN"):
        return
    if tree.labels[at] == "aux":
        if tree.tags[at] == "VB" and tree.lemmas[at] not in _AUXILIARIES:
            tree.lift(at, "VERB", "obj")
            tree.pos[noun] = "NOUN" if tree.pos[noun] == "VERB" else tree.pos[noun]
    elif tree.tags[at] == "JJ":
        if any(tree.labels[child] == "cop" and child < at for child in tree.children[noun]):
            tree.lift(at, "ADJ", "obl")
    elif tree.lowers[at] == "to" and tree.tags[at + 1] == "VB" and at + 1 < noun:
        tree.rehang(at, at + 1)
        tree.relabel(at, "mark")


def _mend_marker(tree: Tree, at: int) -> None:
    """What stands before a noun that is no clause is a preposition: "calls for truce"."""
    noun = tree.heads[at]
    stands = tree.labels[noun].startswith("nsubj") or tree.labelled(noun, "nsubj", "cop", "aux", "csubj", "expl")
    if tree.tags[at] == "IN" and not stands:
        tree.relabel(at, "case")


def _mend_relative(tree: Tree, verb: int) -> None:
    """The border that opens in "the view that the border would open" is all there is: "that" stands for nothing.

    Nor is "Ana Ruiz said" of "The port, Ana Ruiz said, will open" a clause about the port: it is put in.
    """
    if _has_that(tree, verb) and tree.labelled(verb, "nsubj"):
        tree.relabel(verb, "acl")
        return
    first, last, noun = tree.left[verb], tree.right[verb], tree.heads[verb]
    between = first and tree.lowers[first - 1] == "," and tree.lowers[min(last + 1, len(tree) - 1)] == ","
    said = tree.lemmas[verb] in speech_verbs() and not tree.labelled(verb, "obj", "ccomp", "xcomp", "mark", "obl")
    subject = tree.labelled(verb, "nsubj")
    if between and said and subject and not _has_relative_word(tree, verb) and tree.labels[noun].startswith("nsubj"):
        tree.relabel(verb, "parataxis")
        tree.hang(verb, tree.heads[noun])


def _mend_told(tree: Tree, verb: int) -> None:
    """Take "that the port was closed" for what was said, and not for the briefing of "told a briefing that"."""
    hearer = tree.heads[verb]
    teller = tree.heads[hearer]
    told = tree.labels[hearer] in ("obj", "iobj") and speech_verbs().get(tree.lemmas[teller], False)
    if told and _has_that(tree, verb) and not tree.labelled(teller, "ccomp"):
        tree.hang(verb, teller)
        tree.relabel(verb, "ccomp")


def _mend_quoted(tree: Tree, verb: int) -> None:
    """Coordinate "left" of "said: “It is closed,” and left" with "said": a quotation that is closed goes no further."""
    inside = tree.heads[verb]
    sayer = tree.heads[inside]
    said = tree.labels[inside] == "ccomp" and sayer < inside and tree.lemmas[sayer] in speech_verbs()
    if not said or tree.labelled(verb, "nsubj"):
        return
    opens = any(tree.tags[at] == "``" for at in range(sayer, inside))
    if opens and any(tree.tags[at] == "''" for at in range(inside, verb)):
        tree.hang(verb, sayer)


def _mend_scattered(tree: Tree, noun: int) -> None:
    """Give "minister" and "is" of "the minister is due in Oslo", which hang on "Oslo", to "due" that this hangs on."""
    above = tree.heads[noun]
    for child in tree.labelled(noun, "nsubj", "cop"):
        if child < above < noun:
            tree.hang(child, above)


def _mend_infinitive(tree: Tree, verb: int) -> None:
    """A verb right behind its "to" is in its base form; a gerund with an object is no object but a clause."""
    bare = tree.lowers[verb - 1] == "to" and verb - 1 in tree.labelled(verb, "mark")
    if bare and tree.tags[verb] == "VBN" and not tree.lowers[verb].endswith("ed"):
        tree.tags[verb], tree.lemmas[verb] = "VB", tree.lowers[verb]
    governs = tree.tags[verb] == "VBG" and tree.labelled(verb, "obj") and not tree.labelled(verb, "det", "amod")
    if governs and tree.labels[verb] == "obj":
        tree.relabel(verb, "xcomp")


def _mend_possessor(tree: Tree, ending: int) -> None:
    """Hang the ending of "Peru's prime minister" on the name before it, and the name on the minister as whose he is."""
    owner = ending - 1
    if owner < 0 or tree.heads[owner] <= ending or tree.heads[ending] == owner:
        return
    tree.rehang(ending, owner)
    if tree.labels[owner] in ("compound", "amod", "nmod"):
        tree.relabel(owner, "nmod:poss")


def _mend_prepositions(tree: Tree, verb: int) -> None:
    """Give "in" of "signed in Geneva", taken for a particle, to the oblique that lacks a preposition."""
    for child in tree.labelled(verb, "compound:prt"):
        for noun in tree.labelled(verb, "obl"):
            bare = tree.labels[noun] == "obl" and not tree.labelled(noun, "case")
            takes = tree.lowers[child] not in _PARTICLES and not tree.children[child]
            if bare and takes and tree.left[noun] == child + 1:
                tree.relabel(child, "case")
                tree.rehang(child, noun)


def _mend_inverted(tree: Tree, verb: int) -> None:
    """Make a subject of what "From Oslo came an offer" has behind the verb."""
    finite = tree.is_root(verb) and tree.tags[verb] in ("VBD", "VBZ", "VBP")
    if not finite or tree.labelled(verb, "nsubj", "csubj", "expl", "aux", "cop", "compound:prt"):
        return
    objects = tree.labelled(verb, "obj")
    if len(objects) == 1 and objects[0] > verb and any(at < verb for at in tree.labelled(verb, "obl")):
        tree.relabel(objects[0], "nsubj")


def _mend_subjects(tree: Tree, verb: int) -> None:
    """A verb has one subject, the nearest; another belongs to a verb that the parser took for something else.

    That of "X will go, his office said" belongs to what is said; and a clause behind "it was said" is what is said.
    """
    if any(child < verb for child in tree.labelled(verb, "nsubj")):
        for child in tree.labelled(verb, "csubj"):
            if child > verb:
                tree.relabel(child, "ccomp")
    subjects = [child for child in tree.children[verb] if tree.labels[child] == "nsubj"]
    before = [child for child in subjects if child < verb]
    for child in before[:-1]:
        said = [at for at in tree.labelled(verb, "ccomp", "parataxis") if child < at < before[-1]]
        bare = [at for at in said if not tree.labelled(at, "nsubj", "nsubj:pass", "csubj", "expl")]
        if bare:
            tree.rehang(child, bare[0])
        else:
            tree.relabel(child, "dislocated")
    if before and not tree.labelled(verb, "obj", "iobj"):
        for child in subjects[len(before) :]:  # "two sailors told the daily"
            tree.relabel(child, "obj")


def _mend_objects(tree: Tree, verb: int) -> None:
    for child in tree.labelled(verb, "obj"):
        if any(case < child and tree.tags[case] != "POS" for case in tree.labelled(child, "case")):
            tree.relabel(child, "obl")
    objects = [child for child in tree.labelled(verb, "obj") if child > verb]
    if len(objects) > 1:
        together = objects[1] == objects[0] + 1 and tree.pos[objects[0]] == "NOUN"  # "the peace plan"
        tree.relabel(objects[0], "dep" if together else "iobj")
    if objects or _is_passive(tree, verb):
        return
    for child in tree.children[verb]:
        if child > verb and _is_lost_object(tree, verb, child):
            tree.relabel(child, "obl" if tree.labelled(child, "case") else "obj")
            return


def _is_passive(tree: Tree, verb: int) -> bool:
    participle = tree.tags[verb] == "VBN" and not tree.labelled(verb, "aux", "nsubj")
    return participle or bool(tree.labelled(verb, "nsubj:pass", "aux:pass", "obl:agent"))


def _is_lost_object(tree: Tree, verb: int, child: int) -> bool:
    """Whether a word behind a verb without an object is its object, though the label says something else.

    Obliques without a preposition have labels of their own; an indirect object does not stand without a direct one or a
    clause; a noun completes only such verbs as "become".
    """
    label = tree.labels[child]
    if label == "obl":
        return tree.pos[child] != "ADP" and not tree.labelled(child, "case")
    if label == "iobj":
        clause = tree.labelled(verb, "ccomp", "xcomp", "parataxis")
        return not clause and not speech_verbs().get(tree.lemmas[verb], False)
    return label == "xcomp" and tree.pos[child] == "NOUN" and tree.lemmas[verb] not in joining("linking")


def _has_that(tree: Tree, verb: int) -> bool:
    return any(tree.lowers[mark] == "that" for mark in tree.labelled(verb, "mark"))


def _has_relative_word(tree: Tree, at: int) -> bool:
    children = tree.labelled(at, "nsubj", "obj", "obl")
    return any(tree.pos[child] == "PRON" and tree.lowers[child] in _RELATIVE_WORDS and child < at for child in children)
