from __future__ import annotations

from itertools import product

import pytest

from app.domain.commitment import Form, Plover, Stage
from app.extraction.coding import Act, code, words_of


@pytest.mark.parametrize(
    ("stage", "form", "gives", "negated", "words", "plover", "cameo"),
    [
        (Stage.PROPOSED, Form.CONSULTATION, False, False, "invited", Plover.AGREE, "036"),
        (Stage.PROPOSED, Form.MILITARY, False, False, "urged to share intelligence", Plover.REQUEST, "0214"),
        (Stage.INTENDED, Form.MILITARY, False, False, "deepen", Plover.AGREE, "0312"),
        (Stage.INTENDED, Form.MILITARY, True, False, "supply", Plover.AGREE, "0332"),
        (Stage.AGREED, Form.ECONOMIC, False, False, "signed", Plover.SUPPORT, "057"),
        (Stage.AGREED, Form.ECONOMIC, False, False, "agreed", Plover.AGREE, "0311"),
        (Stage.ENACTED, Form.CONSULTATION, False, False, "visited", Plover.CONSULT, "042"),
        (Stage.ENACTED, Form.CONSULTATION, False, False, "telephoned", Plover.CONSULT, "041"),
        (Stage.ENACTED, Form.AID, True, False, "granted asylum", Plover.AID, "075"),
        (Stage.ENACTED, Form.MILITARY, False, False, "joint drills", Plover.COOPERATE, "062"),
        (Stage.INTENDED, Form.CONSULTATION, False, True, "meet", Plover.REJECT, "125"),
        (Stage.ENACTED, Form.DIPLOMATIC, False, True, "severed ties", Plover.SANCTION, "161"),
    ],
)
def test_codes_follow_the_table(
    stage: Stage, form: Form, gives: bool, negated: bool, words: str, plover: Plover, cameo: str
) -> None:
    codes = code(Act(stage, form, gives, negated, words_of(words.split())))
    assert (codes.plover, codes.cameo) == (plover, cameo)


def test_every_act_has_codes() -> None:
    for stage, form, gives, negated in product(Stage, Form, (True, False), (True, False)):
        assert code(Act(stage, form, gives, negated, frozenset())).cameo
