"""Facts by a chat endpoint: what the article supports is kept; an endpoint that misbehaves is told of, in bounds."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from app.domain.article import Article
from app.domain.commitment import Form, PartyRole, Plover, Stage
from app.domain.entity import EntityType, MentionForm
from app.domain.facts import Facts
from app.domain.statement import StatementForm
from app.extraction.chat import Endpoint, Limits
from app.extraction.extractor import ExtractionFailed
from app.extraction.llm import LONGEST_TEXT, LlmExtractor
from tests.extraction.endpoint import Reply, Served, completion, error, facts, served

TEXT = (
    "Norwegian foreign minister Kari Moen said her country  would buy “two ferries” from Chile on Friday.\n\n"
    "Moen invited Chile’s navy chief to Bergen. “We will train together,” a Chilean officer said."
)
ARTICLE = Article(TEXT, "Ferries for the fjords", published=date(2025, 3, 4))
QUICK = Limits(seconds=20, first_wait=0.001)

ENTITIES: list[dict[str, Any]] = [
    {
        "name": "Kari Moen",
        "type": "person",
        "country": "no",
        "mentions": [{"quote": "Kari Moen", "form": "name"}, {"quote": "Moen", "form": "name"}],
        "roles": [{"title": "foreign minister", "organization": "Cabinet of Oslo", "country": "NO"}],
    },
    {
        "name": "Chile",
        "type": "country",
        "country": "CL",
        "mentions": [{"quote": "Chilean", "form": "demonym"}, {"quote": "Chile's navy chief", "form": "title"}],
        "roles": [],
    },
]
SPEAKER = {"quote": "Kari Moen", "entity": "Kari Moen"}
STATEMENT = {
    "speakers": [SPEAKER],
    "cue": "said",
    "content": ['her country would buy "two ferries" from Chile on Friday'],
}
PURCHASE = {
    "evidence": ['her country would buy "two ferries" from Chile on Friday'],
    "action": "buy",
    "object": "two ferries",
    "stage": "intended",
    "form": "economic",
    "negated": False,
    "one_way": False,
    "parties": [
        {"entity": "Kari Moen", "country": "NO", "role": "initiator"},
        {"entity": "Chile", "country": None, "role": "counterpart"},
    ],
    "speakers": [SPEAKER],
    "confidence": 0.7,
}


def read(article: Article, *replies: Reply) -> Facts:
    with served(*replies) as endpoint:
        found = LlmExtractor(endpoint.endpoint, QUICK).extract(article)
    found.check(article.text)
    return found


def failure(*replies: Reply, limits: Limits = QUICK) -> tuple[str, Served]:
    with served(*replies) as endpoint:
        with pytest.raises(ExtractionFailed) as failed:
            LlmExtractor(endpoint.endpoint, limits).extract(ARTICLE)
        return str(failed.value), endpoint


def commitment(**changes: Any) -> Reply:
    return facts(ENTITIES, [STATEMENT], [PURCHASE | changes])


def test_facts_that_quote_the_article_come_out_whole() -> None:
    found = read(ARTICLE, facts(ENTITIES, [STATEMENT], [PURCHASE]))
    assert found.warnings == ()
    (statement,), (bought,) = found.statements, found.commitments
    assert [(s.span.text, s.entity) for s in statement.speakers] == [("Kari Moen", "kari-moen")]
    assert statement.content[0].text == "her country  would buy “two ferries” from Chile on Friday"
    assert statement.form is StatementForm.MIXED
    assert (bought.stage, bought.form, bought.action, bought.object) == (
        Stage.INTENDED,
        Form.ECONOMIC,
        "buy",
        "two ferries",
    )
    assert [(p.entity, p.country, p.role) for p in bought.parties] == [
        ("kari-moen", "NO", PartyRole.INITIATOR),
        ("chile", "CL", PartyRole.COUNTERPART),
    ]
    assert (bought.evidence[0].sentence, bought.evidence[0].span.start) == (0, TEXT.index("her country"))
    assert bought.statement == statement.id
    assert bought.date
    assert (bought.date.text, bought.date.start) == ("on Friday", date(2025, 3, 7))
    assert bought.plover is Plover.AGREE


def test_entities_have_every_place_that_mentions_them_and_one_referent_a_place() -> None:
    found = read(ARTICLE, facts(ENTITIES))
    moen, chile = found.entities
    assert [m.span.text for m in moen.mentions] == ["Kari Moen", "Moen"]
    assert [(m.span.text, m.form) for m in chile.mentions] == [
        ("Chile", MentionForm.NAME),
        ("Chile’s navy chief", MentionForm.TITLE),
        ("Chilean", MentionForm.DEMONYM),
    ]
    assert (moen.type, moen.country, moen.aliases) == (EntityType.PERSON, "NO", ("Moen",))
    assert [(r.title, r.organization) for r in moen.roles] == [("foreign minister", None)]


def test_direct_speech_of_an_unnamed_source() -> None:
    said = {"speakers": [{"quote": "a Chilean officer", "entity": None}], "cue": "said", "content": ["We will train"]}
    (statement,) = read(ARTICLE, facts(ENTITIES, [said])).statements
    assert statement.form is StatementForm.DIRECT
    assert statement.speakers[0].entity is None
    assert statement.cue[0].start > statement.content[0].start


def test_statement_within_a_statement_is_nested_in_it_and_none_in_itself() -> None:
    text = "Moen said that Diaz told her he would come. She said so."
    speaker = {"quote": "Moen", "entity": None}
    outer = {"speakers": [speaker], "cue": "said", "content": ["Diaz told her he would come"]}
    inner = {"speakers": [speaker | {"quote": "Diaz"}], "cue": "told her", "content": ["he would come"]}
    own = {"speakers": [speaker | {"quote": "She"}], "cue": "said", "content": ["She said so"]}
    statements = read(Article(text), facts([], [outer, inner, own])).statements
    assert [statement.nested_in for statement in statements] == [None, statements[0].id, None]


def test_evidence_over_two_sentences_is_one_piece_for_each() -> None:
    (found,) = read(ARTICLE, commitment(evidence=["would buy “two ferries” from Chile on Friday. Moen"])).commitments
    assert [(e.sentence, e.span.text) for e in found.evidence] == [
        (0, "would buy “two ferries” from Chile on Friday."),
        (1, "Moen"),
    ]


def test_country_that_the_answer_does_not_list_is_a_party_where_the_article_names_it() -> None:
    (found,) = read(ARTICLE, facts(ENTITIES[:1], [], [PURCHASE])).commitments
    assert [party.entity for party in found.parties] == ["kari-moen", "chile"]


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"evidence": ["her country would buy three ferries"]}, "1 commitments whose evidence is not in the article"),
        ({"evidence": []}, "1 commitments whose act is not in their evidence"),
        ({"action": "purchase"}, "1 commitments whose act is not in their evidence"),
        ({"action": "invited"}, "1 commitments whose act is not in their evidence"),
        ({"stage": "promised"}, "1 facts that have not the form asked for"),
        ({"parties": [{"entity": "Chile", "country": "CL", "role": "party"}]}, "without two sides"),
        (
            {"parties": [{"entity": e, "country": None, "role": "party"} for e in ("Chile", "Peru")]},
            "1 parties that the article does not mention",
        ),
        (
            {"parties": [{"entity": e, "country": "NO", "role": "party"} for e in ("Kari Moen", "Bergen")]},
            "without two sides",
        ),
    ],
)
def test_commitment_that_the_article_does_not_hold_is_dropped_and_counted(
    changes: dict[str, Any], lacking: str
) -> None:
    found = read(ARTICLE, commitment(**changes))
    assert found.commitments == ()
    assert len(found.statements) == 1
    assert lacking in found.warnings[0]


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"content": ["her country would sell ferries"]}, "statements whose words are not in the article"),
        ({"content": []}, "statements without content"),
        ({"cue": "whispered"}, "statements whose cue is not in the article"),
        ({"speakers": [{"quote": "Ola Moen", "entity": "Kari Moen"}]}, "statements whose source is not in the article"),
        ({"speakers": []}, "statements whose source is not in the article"),
    ],
)
def test_statement_that_the_article_does_not_hold_is_dropped_and_counted(changes: dict[str, Any], lacking: str) -> None:
    found = read(ARTICLE, facts(ENTITIES, [STATEMENT | changes]))
    assert found.statements == ()
    assert lacking in found.warnings[0]


def test_entity_that_is_nowhere_mentioned_is_dropped_and_counted() -> None:
    peru = ENTITIES[1] | {"name": "Peru", "mentions": [{"quote": "Peruvian", "form": "demonym"}]}
    found = read(ARTICLE, facts([*ENTITIES, peru]))
    assert len(found.entities) == 2
    assert "1 entities without a mention of their own in the article" in found.warnings[0]


def test_entity_that_is_told_twice_is_one() -> None:
    again = ENTITIES[0] | {"name": "Moen", "mentions": [{"quote": "Moen", "form": "name"}]}
    found = read(ARTICLE, facts([*ENTITIES, again, *ENTITIES]))
    assert [entity.id for entity in found.entities] == ["kari-moen", "chile"]
    assert found.warnings == ()


def test_organisation_is_called_as_the_tables_call_it() -> None:
    body: dict[str, Any] = {"name": "UN", "type": "organization", "country": None, "mentions": [], "roles": []}
    (found,) = read(Article("The UN met."), facts([body])).entities
    assert (found.id, found.name, found.aliases) == ("united-nations", "United Nations", ("UN",))


def test_answer_that_repeats_itself_without_end_gives_each_fact_once() -> None:
    endless = PURCHASE | {"evidence": ["two ferries"] * 60}
    found = read(ARTICLE, facts(ENTITIES * 400, [STATEMENT] * 600, [PURCHASE] * 600 + [endless]))
    assert (len(found.entities), len(found.statements), len(found.commitments)) == (2, 1, 1)
    assert "501 facts that have not the form asked for" in found.warnings[0]


def test_answer_without_facts_is_one() -> None:
    assert read(ARTICLE, facts()).commitments == ()
    assert [s.text for s in read(ARTICLE, facts()).sentences][1].startswith("Moen invited")


def test_answer_in_a_code_fence_is_read() -> None:
    lists = json.dumps({"entities": ENTITIES, "statements": [], "commitments": []})
    assert len(read(ARTICLE, completion(f"```json\n{lists}\n```")).entities) == 2


def test_endpoint_is_asked_with_model_key_schema_and_article() -> None:
    with served(facts()) as endpoint:
        LlmExtractor(endpoint.endpoint).extract(ARTICLE)
        LlmExtractor(replace(endpoint.endpoint, url=f"{endpoint.url}/chat/completions/", key=None)).extract(ARTICLE)
    asked = endpoint.requests[0]
    assert endpoint.paths == ["/v1/chat/completions"] * 2
    assert endpoint.headers[0]["authorization"] == "Bearer key-1234"
    assert "authorization" not in endpoint.headers[1]
    assert asked["model"] == "small-model"
    assert TEXT in asked["messages"][1]["content"]
    schema = asked["response_format"]["json_schema"]["schema"]
    for part in (schema, *schema["$defs"].values()):
        if part["type"] == "object":
            assert part["additionalProperties"] is False
            assert sorted(part["required"]) == sorted(part["properties"])


def test_only_the_beginning_of_an_endless_article_is_sent_and_the_facts_say_so() -> None:
    article = replace(ARTICLE, text=TEXT + "\n\nAnd so on." * 10_000)
    with served(facts()) as endpoint:
        found = LlmExtractor(endpoint.endpoint).extract(article)
    assert len(endpoint.requests[0]["messages"][1]["content"]) < LONGEST_TEXT + 200
    assert "only the first" in found.warnings[0]


def test_text_without_words_is_not_asked_about() -> None:
    nowhere = LlmExtractor(Endpoint("http://127.0.0.1:9/v1", "m"))
    assert nowhere.extract(Article(" \n")) == Facts(nowhere.name)


@pytest.mark.parametrize(
    "bad",
    [
        completion("Certainly! Here are the facts."),
        completion('{"entities": []}'),
        completion("[" * 100_000),
        Reply(b"<html>"),
        Reply(b'{"choices": []}'),
        Reply(b'{"choices": [{}]}'),
        Reply(b"[]"),
        Reply(cuts=True),
        Reply(b'{"choices": [', headers={"Content-Length": "900", "Connection": "close"}),
        Reply(b"\x1f\x8b\x00", headers={"Content-Encoding": "gzip"}),
        Reply(status=503),
        error(429, "slow down", retry_after="0"),
        error(429, "slow down", retry_after=format_datetime(datetime.now(UTC) - timedelta(1))),
        error(429, "slow down", retry_after="soon"),
    ],
)
def test_what_may_pass_is_asked_again_and_not_for_ever(bad: Reply) -> None:
    assert len(read(ARTICLE, bad, bad, facts(ENTITIES)).entities) == 2
    reason, endpoint = failure(bad)
    assert len(endpoint.requests) == QUICK.attempts
    assert f"({QUICK.attempts} attempts)" in reason


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (error(401, "wrong key: key-1234"), "status 401: wrong key: …"),
        (error(400, "no such\nmodel"), "status 400: no such model"),
        (error(404, "x" * 5000), "status 404"),
        (Reply(b"<h1>Moved", 308, {"Location": "http://127.0.0.1:9/"}), "status 308"),
        (error(429, "come tomorrow", retry_after="86400"), "asks to wait 86400 seconds"),
        (completion("{", "length"), "cut short"),
        (completion(None, refusal="I will not"), "refused"),
    ],
)
def test_what_will_not_pass_is_told_at_once_in_a_line_without_the_key(bad: Reply, named: str) -> None:
    reason, endpoint = failure(bad)
    assert len(endpoint.requests) == 1
    assert named in reason
    assert "key-1234" not in reason
    assert len(reason.splitlines()) == 1
    assert len(reason) < 400


def test_huge_answer_is_not_read_to_its_end() -> None:
    reason, endpoint = failure(Reply(b" " * 3_000_000))
    assert "longer than" in reason
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize("slow", [Reply(b"{}", hangs=True), Reply(b" " * 100_000, drips=True)])
def test_answer_that_does_not_end_is_given_up(slow: Reply) -> None:
    begun = time.monotonic()
    reason, _ = failure(slow, limits=replace(QUICK, seconds=0.4))
    assert "no answer within 0.4 seconds" in reason
    assert time.monotonic() - begun < 15


def test_endpoint_that_is_not_there_is_named() -> None:
    with pytest.raises(ExtractionFailed, match=r"http://127\.0\.0\.1:9/v1/chat/completions"):
        LlmExtractor(Endpoint("http://127.0.0.1:9/v1", "m"), QUICK).extract(ARTICLE)


def test_name_tells_the_model_and_the_version() -> None:
    assert LlmExtractor(Endpoint("http://127.0.0.1:9/v1", "a/b:7")).name.startswith("llm/a/b:7 0.")


def test_key_is_not_shown() -> None:
    assert "key-1234" not in repr(Endpoint("http://127.0.0.1:9/v1", "m", "key-1234"))


def test_every_fact_is_explained_by_its_quote() -> None:
    with served(facts(ENTITIES, [STATEMENT], [PURCHASE])) as endpoint:
        explained = LlmExtractor(endpoint.endpoint).explain(ARTICLE)
    found = explained.facts
    ids = [e.id for e in found.entities] + [s.id for s in found.statements] + [c.id for c in found.commitments]
    assert [explanation.fact for explanation in explained.explanations] == ids
    assert all(explanation.clause for explanation in explained.explanations)
