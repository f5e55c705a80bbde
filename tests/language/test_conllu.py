from __future__ import annotations

import io

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.language.conllu import NotCoNLLU, parsed_lines, words_of
from app.language.pipeline import load_pipeline

GIVEN = """# sent_id = a
1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
1\tdo\t_\t_\t_\t_\t_\t_\t_\t_
2\tn't\t_\t_\t_\t_\t_\t_\t_\t_
3\tgo\t_\t_\t_\t_\t_\t_\t_\t_

1\tMalta\t_\t_\t_\t_\t_\t_\t_\t_
2\t's\t_\t_\t_\t_\t_\t_\t_\t_
3\tminister\t_\t_\t_\t_\t_\t_\t_\t_
4\tsigned\t_\t_\t_\t_\t_\t_\t_\t_
5\tthe\t_\t_\t_\t_\t_\t_\t_\t_
6\tpact\t_\t_\t_\t_\t_\t_\t_\t_
7\t.\t_\t_\t_\t_\t_\t_\t_\t_
"""


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def test_words_and_sentences_of_conllu_are_kept_and_the_rest_filled_in() -> None:
    filled = rows("\n".join(parsed_lines(load_pipeline(), GIVEN.splitlines())))
    assert " ".join(row[1] for row in filled) == "do n't go Malta 's minister signed the pact ."
    assert [row[0] for row in filled] == ["1", "2", "3", "1", "2", "3", "4", "5", "6", "7"]
    malta, minister, signed = filled[3], filled[5], filled[6]
    assert signed[2:4] == ["sign", "VERB"]
    assert (minister[6], minister[7], signed[6], signed[7]) == ("4", "nsubj", "0", "root")
    assert "NER=B-GPE" in malta[9]


def test_the_command_reads_raw_text_from_standard_input() -> None:
    printed = CliRunner().invoke(app, ["parse", "-"], input="Malta agreed.\n\nOslo did not.").output
    assert printed.count("# newpar") == 2
    assert [row[1] for row in rows(printed)] == ["Malta", "agreed", ".", "Oslo", "did", "not", "."]
    assert rows(printed)[1][9] == "SpaceAfter=No"


@pytest.mark.parametrize("line", ["Malta", "1\t", "x\tMalta", "2\tMalta"])
def test_what_is_not_conllu_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(NotCoNLLU, match="line 1"):
        list(words_of(io.StringIO(line)))
