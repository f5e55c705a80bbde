import pytest

from app.ingest.markdown import heading, plain


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Oslo **and** _Riga_ met.", "Oslo and Riga met."),
        ("The [Nordic Post](https://post.example) said so.", "The Nordic Post said so."),
        ("![a ship](ship.png)Crews met.", "Crews met."),
        ("## Part two\nCrews met.", "Part two\n\nCrews met."),
        ("- Crews met.\n- Ships sailed.", "Crews met.\n\nShips sailed."),
        ("> Crews met.\n> Ships sailed.", "Crews met.\nShips sailed."),
        ("| State | Gift |\n|---|---|\n| Norway | ship |", "State\n\nGift\n\nNorway\n\nship"),
        ("<Agency> says the price rose by 5 < 6.", "<Agency> says the price rose by 5 < 6."),
        ("```\nCrews met.\n```", "Crews met.\n"),
        ("    Crews met.", "Crews met."),
        ("R&amp;D of Norway\\* costs 5_000_000.", "R&D of Norway* costs 5_000_000."),
        ("Crews met\\\nin Oslo.", "Crews met\nin Oslo."),
    ],
)
def test_the_words_are_kept_and_the_markup_goes(body: str, words: str) -> None:
    assert plain(body) == words


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("\n# A range opens #\nCrews met.", ("A range opens", "Crews met.")),
        ("## A part\nCrews met.", (None, "## A part\nCrews met.")),
        ("Crews met.", (None, "Crews met.")),
    ],
)
def test_a_first_heading_is_the_title(body: str, parts: tuple[str | None, str]) -> None:
    assert heading(body) == parts
