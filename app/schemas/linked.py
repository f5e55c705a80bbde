"""JSON-LD: an article as schema.org has news articles, its facts as annotations of its text.

Terms are those of https://schema.org and of https://www.w3.org/TR/annotation-vocab/ (context anno.jsonld) alone. Ids
are relative to the address that the document was had from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

Json = dict[str, Any]

SCHEMA_ORG = "https://schema.org"
ANNOTATIONS = "http://www.w3.org/ns/anno.jsonld"

AROUND = 32
"""Characters before and after a quotation that help to find it again where offsets have moved."""

KINDS_OF_THINGS = {
    "person": "Person",
    "organization": "Organization",
    "country": "Country",
    "place": "Place",
    "group": "Organization",
    "event": "Event",
}
"""Types of entities in schema.org."""


def news_article(article: Json, entities: Iterable[Json]) -> bytes:
    """The article, given as its document and its entities' as the service has them."""
    links = article["links"]
    made = {
        "@context": SCHEMA_ORG,
        "@type": "NewsArticle",
        "@id": links["self"],
        "identifier": article["id"],
        "headline": article["title"],
        "abstract": article["summary"],
        "articleBody": article["text"],
        "datePublished": article["published"],
        "inLanguage": article["language"],
        "wordCount": article["word_count"],
        "timeRequired": f"PT{article['reading_minutes']}M",
        "publisher": [
            {"@type": "Organization", "name": source["name"], "url": source["home_page"]}
            for source in article["sources"]
        ],
        "url": [source["url"] for source in article["sources"] if source["url"]],
        "mentions": [_thing(entity) for entity in entities],
    }
    return orjson.dumps(_without_empty(made))


def _thing(entity: Json) -> Json:
    return {
        "@type": KINDS_OF_THINGS[entity["type"]],
        "@id": f"/entities/{entity['id']}",
        "name": entity["name"],
        "alternateName": entity["aliases"],
    }


def _without_empty(item: Any) -> Any:
    """Without what is not known: JSON-LD leaves such properties out."""
    if isinstance(item, dict):
        return {name: _without_empty(value) for name, value in item.items() if value not in (None, [], "")}
    return [_without_empty(one) for one in item] if isinstance(item, list) else item


@dataclass(frozen=True, slots=True)
class Annotated:
    """The article that facts stand in: its id, and its text where that may be told."""

    id: str
    text: str | None


def web_annotations(article: Annotated, kind: str, facts: Iterable[Json]) -> bytes:
    """All facts of one kind (`entities`, `mentions`, `statements`, `commitments`) of an article, as a page."""
    address = f"/articles/{article.id}/{kind}?format=jsonld"
    describe = _DESCRIPTIONS[kind]
    items = []
    for number, fact in enumerate(facts):
        motivation, body, spans = describe(fact)
        items.append(
            {
                "id": f"{address}#{fact.get('id', number)}",
                "type": "Annotation",
                "motivation": motivation,
                "body": body,
                "target": [_target(article, span) for span in spans],
            }
        )
    page = {"@context": ANNOTATIONS, "id": address, "type": "AnnotationPage", "items": items}
    return orjson.dumps(page)


def _target(article: Annotated, span: Json) -> Json:
    start, end = span["start"], span["end"]
    selectors: list[Json] = [{"type": "TextPositionSelector", "start": start, "end": end}]
    exact = span.get("quote", span.get("text"))
    if exact is not None:
        quote = {"type": "TextQuoteSelector", "exact": exact}
        if article.text is not None:
            around = {
                "prefix": article.text[max(0, start - AROUND) : start],
                "suffix": article.text[end : end + AROUND],
            }
            quote |= {name: words for name, words in around.items() if words}
        selectors.append(quote)
    return {"type": "SpecificResource", "source": f"/articles/{article.id}", "selector": selectors}


Description = tuple[str, list[Json], list[Json]]
"""Why a text is annotated, with what, and where."""


def _entity(entity: Json) -> Description:
    return "identifying", [_resource(f"/entities/{entity['id']}", "identifying")], entity["mentions"]


def _mention(mention: Json) -> Description:
    return "identifying", [_resource(f"/entities/{mention['entity']}", "identifying")], [mention]


def _statement(statement: Json) -> Description:
    speakers = [_resource(f"/entities/{s['id']}", "identifying") for s in statement["speakers"] if s["id"]]
    body = [_resource(statement["links"]["self"], "describing"), _tag(f"form: {statement['form']}"), *speakers]
    return "describing", body, [*statement["speakers"], *statement["cue"], *statement["content"]]


def _commitment(commitment: Json) -> Description:
    tags = {name: commitment[name] for name in ("stage", "form", "plover", "cameo")}
    tags |= {"negated": "true"} if commitment["negated"] else {}
    parties = [_resource(f"/entities/{party['id']}", "identifying") for party in commitment["parties"]]
    body = [_resource(commitment["links"]["self"], "classifying"), *(_tag(f"{k}: {v}") for k, v in tags.items())]
    return "classifying", [*body, *parties], commitment["evidence"]


_DESCRIPTIONS: Mapping[str, Callable[[Json], Description]] = {
    "entities": _entity,
    "mentions": _mention,
    "statements": _statement,
    "commitments": _commitment,
}


def _tag(value: str) -> Json:
    return {"type": "TextualBody", "purpose": "tagging", "value": value, "format": "text/plain"}


def _resource(source: str, purpose: str) -> Json:
    return {"type": "SpecificResource", "source": source, "purpose": purpose}
