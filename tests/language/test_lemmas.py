from __future__ import annotations

import pytest

from app.language.lemmas import lemma_of

KNOWN = {"army", "sign", "close", "impose", "plan", "hope", "visit", "agree", "truce", "talk", "life", "live", "fly"}


@pytest.mark.parametrize(
    ("word", "tag", "proposed", "lemma"),
    [
        ("armies", "NNS", "armie", "army"),
        ("fishermen", "NNS", "fisherme", "fisherman"),
        ("talks", "NNS", "talket", "talk"),
        ("lives", "NNS", "life", "life"),
        ("lives", "VBZ", "live", "live"),
        ("truce", "NN", "tre", "truce"),
        ("signed", "VBN", "signe", "sign"),
        ("signing", "VBG", "signe", "sign"),
        ("closed", "VBN", "clos", "close"),
        ("imposed", "VBN", "impos", "impose"),
        ("planned", "VBD", "plann", "plan"),
        ("hoped", "VBD", "hop", "hope"),
        ("agreed", "VBD", "agre", "agree"),
        ("ratified", "VBN", "ratifi", "ratify"),
        ("brokered", "VBN", "brokere", "broker"),
        ("negotiating", "VBG", "negotiat", "negotiate"),
        ("resupplied", "VBN", "resupplie", "resupply"),
        ("dispatched", "VBD", "dispatche", "dispatch"),
        ("flew", "VBD", "fl", "fly"),
        ("met", "VBN", "m", "meet"),
        ("planned", "VBP", "planne", "plan"),
        ("emphasised", "VBD", "emphasis", "emphasise"),
        ("underscored", "VBD", "underscor", "underscore"),
        ("embed", "VB", "embed", "embed"),
        ("’re", "VBP", "'re", "be"),
        ("people", "NNS", "person", "person"),
        ("Finland", "NNP", "Finland", "Finland"),
        ("better", "JJR", "good", "good"),
    ],
)
def test_lemma_follows_the_rules_of_spelling(word: str, tag: str, proposed: str, lemma: str) -> None:
    assert lemma_of(word, tag, proposed, KNOWN) == lemma
