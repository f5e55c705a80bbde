import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.likeness import BANDS, SAME_STORY, SIGNATURE_BYTES, band_keys, similarity
from app.ingest.same_story import signature

WORDS = ["ship", "range", "coast", "envoy", "crew", "radar", "harbour", "accord", "minister", "border", "patrol"]


def story(seed: int, words: int = 300) -> list[str]:
    chance = random.Random(seed)
    return [chance.choice(WORDS) + str(chance.randrange(100)) for _ in range(words)]


def text(words: list[str]) -> str:
    return " ".join(words)


def shared(one: list[str], other: list[str]) -> float:
    """The similarity that is estimated, counted."""
    runs = [{tuple(words[i : i + 3]) for i in range(len(words) - 2)} for words in (one, other)]
    return len(runs[0] & runs[1]) / len(runs[0] | runs[1])


@pytest.mark.parametrize("kept", [300, 270, 210, 150, 60, 0])
def test_the_estimate_is_near_the_share_of_runs_of_words(kept: int) -> None:
    for seed in range(10):
        one = story(seed)
        other = one[:kept] + story(seed + 1000, 300 - kept)
        assert similarity(signature(text(one)), signature(text(other))) == pytest.approx(shared(one, other), abs=0.15)


def test_case_punctuation_and_spacing_do_not_count() -> None:
    one = signature("Norway and Latvia opened a range,\nthe minister said.")
    assert one == signature("NORWAY and Latvia — opened a “range”; the minister said")


def test_a_cut_report_is_one_story_and_another_report_is_not() -> None:
    whole = story(1)
    assert similarity(signature(text(whole)), signature(text(whole[:210]))) > SAME_STORY
    assert similarity(signature(text(whole)), signature(text(story(2)))) < 0.1


def test_near_duplicates_have_a_band_in_common_and_others_seldom_do() -> None:
    found = missed = 0
    for seed in range(50):
        whole = story(seed)
        keys = set(band_keys(signature(text(whole))))
        found += bool(keys & set(band_keys(signature(text(whole[:240])))))
        missed += bool(keys & set(band_keys(signature(text(story(seed + 1000))))))
    assert found >= 48
    assert missed <= 1


@given(st.text(st.characters(codec=None)))
def test_every_text_has_a_signature_and_its_keys(words: str) -> None:
    signed = signature(words)
    assert len(signed) == SIGNATURE_BYTES
    assert similarity(signed, signed) == 1
    keys = band_keys(signed)
    assert len(set(keys)) == BANDS
    assert {len(key) for key in keys} == {12}


def test_signatures_are_the_same_in_every_process() -> None:
    program = "from app.ingest.same_story import *; print(signature('Norway and Latvia opened a range').hex())"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == signature("Norway and Latvia opened a range").hex()
    assert band_keys(signature("Norway and Latvia opened a range"))[0] == "a11554be0d3c"  # stores keep them


def test_signing_a_very_long_text_is_bounded() -> None:
    assert len(signature("Crews of both states trained there. " * 40_000)) == SIGNATURE_BYTES


def test_what_is_no_signature_is_not_compared() -> None:
    with pytest.raises(ValueError, match="a signature has 500 bytes, not 3 and 500"):
        similarity(b"abc", signature("Norway"))
