import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.article import Source
from app.ingest.text import CleanText, NotAnArticle, clean, normalise, one_line

TITLE = "Norway and Latvia Open a Joint Training Range"
POST = (Source("Nordic Post"),)
FIRST = "Norway and Latvia opened a range near the coast on Monday."
SECOND = "The two ministers said that both armies would train there."
STANDFIRST = "The defence ministers of Norway and Latvia said that crews will train side by side."

any_text = st.text(
    st.characters() | st.sampled_from("\u00ad\u200b\u200d\u202e\ufeff\x00\r\n\t \u2028\u2029\ud800é\u0301")
)


def body(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("one\r\ntwo\rthree\u2028four\x0cfive\x85six", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("one\u2029two\n\n\n \t\n\nthree", "one\n\ntwo\n\nthree"),
        ("one  \t\n two\u00a0\n", "one\n two"),
        ("  indented", "indented"),
        ("a\u00a0b\u2009c", "a\u00a0b\u2009c"),
        ("co\u00adop\u00ader\u200ba\u2060te\ufeff", "cooperate"),
        ("می\u200cخواهد", "می\u200cخواهد"),
        ("\u200eOslo\u200f \u202bRiga\u202c \u2066x\u2069", "\u200eOslo\u200f \u202bRiga\u202c \u2066x\u2069"),
        ("Ha\x00noi \x1b[1m \x92s \ud800", "Ha\ufffdnoi \ufffd[1m \ufffds \ufffd"),
        ("Mose\u0301 A\u030angstro\u0308m", "Mosé Ångström"),
        ("e\u200b\u0301", "é"),
        ("ﬁnal ½ Ⅷ", "ﬁnal ½ Ⅷ"),
        ("", ""),
    ],
)
def test_characters_are_put_in_order(raw: str, normal: str) -> None:
    assert normalise(raw) == normal


@given(any_text)
def test_normalising_again_changes_nothing(raw: str) -> None:
    assert normalise(normalise(raw)) == normalise(raw)


@given(any_text)
def test_a_normalised_text_can_be_kept_anywhere(raw: str) -> None:
    text = normalise(raw)
    assert text.encode().decode() == text
    assert unicodedata.is_normalized("NFC", text)
    assert not set(text) & set("\x00\r\u00ad\u200b\ufeff")
    assert "\n\n\n" not in text
    assert all(paragraph == paragraph.strip() != "" for paragraph in text.split("\n\n") if text)


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_no_visible_character_is_lost_or_added(raw: str) -> None:
    assert normalise(raw) == unicodedata.normalize("NFC", raw)


def test_a_title_is_one_line() -> None:
    assert one_line("  Oslo\u00a0and\n\nRiga\u00ad ") == "Oslo and Riga"


def test_headline_date_and_reading_time_are_told_from_the_text() -> None:
    raw = body(
        TITLE, "Monday, March 04, 2019 \u00a0Read time3 min", FIRST, TITLE.upper() + ".", SECOND, "Share | Print"
    )
    assert clean(raw, TITLE) == CleanText(TITLE, None, body(FIRST, SECOND), date(2019, 3, 4))


def test_standfirst_under_the_outlets_name_is_summary_and_first_paragraph() -> None:
    cleaned = clean(body(TITLE, f"NORDIC POST: {STANDFIRST}", TITLE, FIRST, SECOND), TITLE, POST)
    assert cleaned.summary == STANDFIRST
    assert cleaned.text == body(STANDFIRST, FIRST, SECOND)


def test_standfirst_that_the_text_repeats_stands_there_once() -> None:
    cleaned = clean(body(f"Nordic Post: {STANDFIRST}", FIRST, f"{STANDFIRST} {SECOND}"), TITLE, POST)
    assert cleaned.summary == STANDFIRST
    assert cleaned.text == body(FIRST, f"{STANDFIRST} {SECOND}")


def test_only_the_first_paragraph_can_be_a_standfirst() -> None:
    cleaned = clean(body(FIRST, f"Nordic Post: {STANDFIRST}"), TITLE, POST)
    assert (cleaned.summary, cleaned.text) == (None, body(FIRST, f"Nordic Post: {STANDFIRST}"))


@pytest.mark.parametrize(
    "paragraph",
    [
        "According to Nordic Post, crews of both states will train there.",
        "OSLO, 4 March (Nordic Post) - Crews of both states will train there.",
        "Minister: we will train there together with the crews.",
        "On Monday, March 4, 2019, crews of both states trained there.",
        "He added that reading the draft took 3 minutes.",
        "Norway and Latvia open a joint training range, the ministry said.",
    ],
)
def test_sentences_that_resemble_furniture_stay(paragraph: str) -> None:
    assert clean(body(paragraph, FIRST), TITLE, POST).text == body(paragraph, FIRST)


def test_headline_with_the_outlets_name_is_a_headline() -> None:
    assert clean(body(f"{TITLE} | Nordic Post", FIRST), TITLE, POST).text == FIRST


def test_furniture_in_lines_of_its_own_goes_from_the_rims_of_a_paragraph() -> None:
    raw = f"{TITLE}\n4 March 2019\n{FIRST}\n{SECOND}\nRead more: Storm closes the port"
    assert clean(raw, TITLE).text == f"{FIRST}\n{SECOND}"


def test_a_date_that_heads_a_later_part_is_text() -> None:
    raw = body("4 March 2019", FIRST, SECOND, "5 March 2019", "Crews from both states fired the first shots.")
    cleaned = clean(raw, TITLE)
    assert cleaned.published == date(2019, 3, 4)
    assert "\n\n5 March 2019\n\n" in cleaned.text


def test_an_impossible_date_is_text() -> None:
    cleaned = clean(body("31 February 2019", FIRST), TITLE)
    assert (cleaned.published, cleaned.text) == (None, body("31 February 2019", FIRST))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "empty"),
        (" \n\u00ad\n", "empty"),
        (body(TITLE, "Read time3 min", "Advertisement"), "empty"),
        ("*** 2019 ***", "empty"),
        ("More soon.", "too short"),
    ],
)
def test_what_holds_no_sentence_is_no_article(raw: str, reason: str) -> None:
    with pytest.raises(NotAnArticle, match=reason) as refusal:
        clean(raw, TITLE)
    assert reason in refusal.value.reason


@given(any_text, st.text(max_size=40), st.text(max_size=20))
def test_cleaning_keeps_words_and_their_order(raw: str, title: str, outlet: str) -> None:
    try:
        cleaned = clean(raw, title, (Source(outlet),))
    except NotAnArticle:
        return
    remaining = iter(normalise(raw))
    assert all(character in remaining for character in cleaned.text if not character.isspace())
    assert normalise(cleaned.text) == cleaned.text


def test_a_paragraph_of_a_million_characters_and_ten_thousand_sentences_stay_whole() -> None:
    long = "Crews of both states trained there " * 30_000 + "for a day."
    many = " ".join(f"Crew number {i} fired." for i in range(10_000))
    assert clean(body(long, many), TITLE).text == body(long, many)
