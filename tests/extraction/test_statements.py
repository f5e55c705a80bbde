from __future__ import annotations

import pytest

from app.domain.article import Article
from app.domain.statement import Statement
from app.extraction.extractor import extract


def statements_of(text: str) -> tuple[Statement, ...]:
    facts = extract(Article(text))
    facts.check(text)
    return facts.statements


def parts(statement: Statement) -> tuple[list[str], str, list[str]]:
    """Speakers, cue and content in the text's words."""
    speakers = [speaker.span.text for speaker in statement.speakers]
    return speakers, statement.cue[0].text, [span.text for span in statement.content]


@pytest.mark.parametrize(
    ("text", "speakers", "cue", "content", "form"),
    [
        (
            "Minister Ana Ruiz said that the port was open.",
            ["Minister Ana Ruiz"],
            "said",
            ["that the port was open"],
            "indirect",
        ),
        ("The port was shut, two sailors told Reuters.", ["two sailors"], "told", ["The port was shut"], "indirect"),
        ("Ana Ruiz denied closing the port.", ["Ana Ruiz"], "denied", ["closing the port"], "indirect"),
        (
            "Ana Ruiz affirmed the will to close the port.",
            ["Ana Ruiz"],
            "affirmed",
            ["the will to close the port"],
            "indirect",
        ),
        ("The port was open, Ana Ruiz said.", ["Ana Ruiz"], "said", ["The port was open"], "indirect"),
        ("“The port is open,” said Ana Ruiz.", ["Ana Ruiz"], "said", ["“The port is open,”"], "direct"),
        ("“It is open,” said Ana Ruiz. “Come in.”", ["Ana Ruiz"], "said", ["“It is open,”", "“Come in.”"], "direct"),
        ("According to Ana Ruiz, the port was open.", ["Ana Ruiz"], "According to", ["the port was open"], "indirect"),
        (
            "The port was open, according to the ministry.",
            ["the ministry"],
            "according to",
            ["The port was open"],
            "indirect",
        ),
        (
            "A Peruvian official has said the port was “open” again.",
            ["A Peruvian official"],
            "has said",
            ["the port was “open” again"],
            "mixed",
        ),
        (
            "Ana Ruiz, the port's director, warned that ships would wait.",
            ["Ana Ruiz, the port's director"],
            "warned",
            ["that ships would wait"],
            "indirect",
        ),
        (
            "Ana Ruiz told reporters on Monday that ships would wait.",
            ["Ana Ruiz"],
            "told",
            ["that ships would wait"],
            "indirect",
        ),
        (
            "Ana Ruiz and Juan Soto stressed that ships would wait.",
            ["Ana Ruiz", "Juan Soto"],
            "stressed",
            ["that ships would wait"],
            "indirect",
        ),
        (
            "The campaign is warning that ships would wait.",
            ["The campaign"],
            "is warning",
            ["that ships would wait"],
            "indirect",
        ),
    ],
)
def test_a_statement_has_speaker_cue_and_content(
    text: str, speakers: list[str], cue: str, content: list[str], form: str
) -> None:
    (statement,) = statements_of(text)
    assert parts(statement) == (speakers, cue, content)
    assert statement.form == form


@pytest.mark.parametrize(
    ("text", "speakers", "cue", "content"),
    [
        ("The port, Ana Ruiz said, will open in May.", ["Ana Ruiz"], "said", ["The port", "will open in May"]),
        ("“The port,” Ana Ruiz said, “is open.”", ["Ana Ruiz"], "said", ["“The port,”", "“is open.”"]),
        ("Ana Ruiz said: “The port is open.”", ["Ana Ruiz"], "said", ["“The port is open.”"]),
        (
            "In a statement, the ministry said the port would open.",
            ["the ministry"],
            "said",
            ["the port would open"],
        ),
        (
            "The ministry issued a statement saying the port was open.",
            ["The ministry"],
            "saying",
            ["the port was open"],
        ),
        ("Sources said on Monday the port was open.", ["Sources"], "said", ["the port was open"]),
        ("The minister, who said the port was open, left.", ["who"], "said", ["the port was open"]),
        ("The port is expected to open in May.", [], "is expected", ["The port", "to open in May"]),
        ("It was reported that the port was open.", [], "was reported", ["that the port was open"]),
        ("Peru's claim that the port was closed angered us.", ["Peru"], "claim", ["that the port was closed"]),
        ("He expressed hope that the port would open.", ["He"], "expressed hope", ["that the port would open"]),
        ("The minister called for open borders.", ["The minister"], "called for", ["open borders"]),
        ("Ana Ruiz plans to open the port.", ["Ana Ruiz"], "plans", ["to open the port"]),
        ("Officials believe the port will open.", ["Officials"], "believe", ["the port will open"]),
        ("Oslo confirmed it would host talks.", ["Oslo"], "confirmed", ["it would host talks"]),
    ],
)
def test_words_wishes_and_thoughts_have_a_source_and_a_content(
    text: str, speakers: list[str], cue: str, content: list[str]
) -> None:
    (statement,) = statements_of(text)
    assert parts(statement) == (speakers, cue, content)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("“It is open,” Ana Ruiz said, smiling. “Ships may come.”", ["“It is open,”", "“Ships may come.”"]),
        ("“It is open,” Ana Ruiz said.\n\n“Ships may come.”", ["“It is open,”", "“Ships may come.”"]),
        ("“It is open again.\n\n“Ships may come,” Ana Ruiz said.", ["“It is open again.", "“Ships may come,”"]),
    ],
)
def test_a_quotation_without_a_cue_goes_on_with_the_statement_beside_it(text: str, content: list[str]) -> None:
    (statement,) = statements_of(text)
    assert [span.text for span in statement.content] == content
    assert statement.form == "direct"


def test_a_participle_behind_a_content_is_said_by_the_speaker_not_by_its_subject() -> None:
    first, second = statements_of("Ana Ruiz said that Peru had opened the port, adding that ships would come.")
    assert parts(first) == (["Ana Ruiz"], "said", ["that Peru had opened the port"])
    assert parts(second) == (["Ana Ruiz"], "adding", ["that ships would come"])


def test_the_relative_pronoun_stands_for_whom_it_refers_to() -> None:
    (statement,) = statements_of("Ana Ruiz, who said the port was open, left.")
    assert [speaker.entity for speaker in statement.speakers] == ["ana-ruiz"]


def test_a_quotation_over_sentences_is_one_statement() -> None:
    (statement,) = statements_of("“The port is open. Ships may come,” Ana Ruiz said.")
    assert [span.text for span in statement.content] == ["“The port is open. Ships may come,”"]


def test_two_verbs_of_one_speaker_are_two_statements() -> None:
    first, second = statements_of("Ana Ruiz said the port was open and added that ships would come.")
    assert parts(first)[2] == ["the port was open"]
    assert parts(second) == (["Ana Ruiz"], "added", ["that ships would come"])


def test_a_participle_reports_what_the_subject_says() -> None:
    found = statements_of("Ana Ruiz smiled at the crowd, adding that ships would come.")
    assert parts(found[-1]) == (["Ana Ruiz"], "adding", ["that ships would come"])


def test_a_statement_in_a_statement_names_its_frame() -> None:
    outer, inner = statements_of("The radio reported that Ana Ruiz said the port was open.")
    assert inner.nested_in == outer.id
    assert outer.nested_in is None


@pytest.mark.parametrize(
    "text",
    [
        "The port was open on Monday.",
        "The said port was open.",
        "Ana Ruiz went to the port.",
        "It goes without saying.",
        "I think that the port is open.",
        "The ship, as expected, sailed.",
        "He had a lot to carry to the “Blue Anchor” inn.",
    ],
)
def test_where_nobody_says_anything_there_is_no_statement(text: str) -> None:
    assert statements_of(text) == ()


def spoken(text: str) -> list[tuple[list[str], str, list[str]]]:
    """The statements that no other reports."""
    return [parts(statement) for statement in statements_of(text) if statement.nested_in is None]


def test_a_transcript_gives_each_turn_to_whom_its_label_names() -> None:
    text = (
        "Foreign Minister Ana Rojas answered questions in Lima.\n\n"
        "QUESTION: Will the port open this year?\n\n"
        "ROJAS: The port will open in May.\n\nWe have waited for a long time.\n\n"
        "QUESTION: Who will pay for it?\n\n"
        "ROJAS: That was settled long ago."
    )
    said = spoken(text)
    assert (["QUESTION"], ":", ["Will the port open this year?"]) in said
    assert (["ROJAS"], ":", ["The port will open in May.", "We have waited for a long time."]) in said
    assert (["ROJAS"], ":", ["That was settled long ago."]) in said
    turns = [statement for statement in statements_of(text) if statement.cue[0].text == ":"]
    assert {statement.form for statement in turns} == {"direct"}
    assert {speaker.entity for s in turns for speaker in s.speakers if speaker.span.text == "ROJAS"} == {"ana-rojas"}


@pytest.mark.parametrize(
    "text",
    [
        "LIMA: The port will open in May.\n\nLIMA: The bridge is closed.",
        "QUITO: The port will open in May.\n\nShips have waited for a long time.",
        "Date: 4 May\n\nPlace: Quito\n\nThe port is open.",
    ],
)
def test_a_place_or_a_heading_before_a_colon_speaks_for_nobody(text: str) -> None:
    assert not [statement for statement in statements_of(text) if statement.cue[0].text == ":"]


@pytest.mark.parametrize("gap", ["\n", " ", "\n\n"])
def test_a_quotation_is_given_to_who_signs_it(gap: str) -> None:
    text = f"“The port is open. Ships may come in.”{gap}— Ana Rojas, port director\n\n“No ship came.” — Juan Soto"
    assert spoken(text) == [
        (["Ana Rojas, port director"], "—", ["“The port is open. Ships may come in.”"]),
        (["Juan Soto"], "—", ["“No ship came.”"]),
    ]


def test_words_behind_a_dash_that_go_on_sign_nothing() -> None:
    text = "“The port is open” — Ships came in from all over the world on Monday."
    assert not [statement for statement in statements_of(text) if statement.cue[0].text == "—"]


def test_a_quotation_that_a_comma_leaves_unfinished_goes_on_behind_what_else_is_told() -> None:
    text = (
        "“Whenever a ship comes in,” Ana Rojas said, pointing to the empty quay, “you can hear the whole town cheer.”"
    )
    assert (["Ana Rojas"], "said", ["“Whenever a ship comes in,”", "“you can hear the whole town cheer.”"]) in spoken(
        text
    )


@pytest.mark.parametrize(
    "text", ["”The port is open again,” said Ana Rojas.", "“The port is open again,“ said Ana Rojas."]
)
def test_quotation_marks_set_the_wrong_way_round_still_enclose_a_quotation(text: str) -> None:
    assert spoken(text) == [(["Ana Rojas"], "said", [text.partition(" said")[0]])]


def test_a_quotation_with_reporting_words_of_its_own_is_not_what_the_sentence_before_says() -> None:
    found = statements_of("Two traders forecast losses.\n\n“The port is closed,” said Ana Ruiz.")
    quoted = [parts(one)[0] for one in found if "“The port is closed,”" in parts(one)[2]]
    assert quoted == [["Ana Ruiz"]]


def test_a_quotation_that_ends_a_sentence_is_not_what_the_next_one_says() -> None:
    found = statements_of(
        "Ana Ruiz told a briefing that the port was “closed for a very long time.” She lashed out at us."
    )
    assert all("“closed for a very long time.”" not in parts(one)[2] for one in found)


def test_an_announced_quotation_is_found_though_it_goes_on() -> None:
    found = statements_of("The minister said: “The port is closed,” and left.")
    assert [parts(one)[0] for one in found if one.form == "direct"] == [["The minister"]]


@pytest.mark.parametrize(
    ("text", "speaker", "content"),
    [
        (
            "The port is shut, according to a guard and two angry sailors.",
            "a guard and two angry sailors",
            "The port is shut",
        ),
        (
            "According to the Fisheries Board (FB), the port is shut.",
            "the Fisheries Board (FB)",
            "the port is shut",
        ),
    ],
)
def test_whom_something_is_according_to_is_named_whole(text: str, speaker: str, content: str) -> None:
    found = [parts(one) for one in statements_of(text) if "ccording to" in parts(one)[1]]
    assert [(who, what[-1]) for who, _, what in found] == [([speaker], content)]
