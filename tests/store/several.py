"""A store with articles of several states, outlets and days, to ask questions of."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.domain.article import Article, Source
from app.domain.commitment import Form, Stage
from app.domain.entity import EntityType, Role
from app.store.database import Database
from app.store.write import put
from tests.making import FactsOf

SIDES = {"Chile": "CL", "Peru": "PE", "Fiji": "FJ", "Kenya": "KE"}


def an_article_of(text: str, title: str, day: date | None, outlet: str) -> Article:
    return Article(text, title, published=day, sources=(Source(outlet),))


def fill(database: Database) -> None:
    """Four articles: three dated, one not."""
    stored: tuple[tuple[Any, ...], ...] = (
        (
            an_article_of(
                "Chile and Peru signed a fishing pact. President Rosa Quispe of Peru said it would last.",
                "Pact at sea",
                date(2025, 3, 4),
                "Harbour News",
            ),
            ("signed a fishing pact", ("chile", "CL"), ("peru", "PE"), Stage.AGREED, Form.ECONOMIC, 0.9),
        ),
        (
            an_article_of(
                "Fiji and Kenya held naval drills. The Coast League joined Fiji later. Peru watched.",
                "Drills near Suva",
                date(2025, 4, 1),
                "Reef Post",
            ),
            ("held naval drills", ("fiji", "FJ"), ("kenya", "KE"), Stage.ENACTED, Form.MILITARY, 0.7),
            ("joined Fiji later", ("coast-league", None), ("fiji", "FJ"), Stage.ENACTED, Form.MILITARY, 0.4),
        ),
        (
            an_article_of(
                "Peru wants to lend Chile boats, President Rosa Quispe said. Señor Díaz welcomed the fishing boats.",
                "Boats for Chile",
                date(2025, 4, 9),
                "Harbour News",
            ),
            ("lend Chile boats", ("peru", "PE"), ("chile", "CL"), Stage.INTENDED, Form.AID, 0.8),
        ),
        (
            an_article_of("Kenya and Peru will talk about fishing.", "Talks ahead", None, "Reef Post"),
            ("will talk about fishing", ("kenya", "KE"), ("peru", "PE"), Stage.INTENDED, Form.CONSULTATION, 0.6),
        ),
    )
    for article, *acts in stored:
        with database.write() as connection:
            put(connection, article, _facts(article, acts).made())


def _facts(article: Article, acts: list[Any]) -> FactsOf:
    facts = FactsOf(article)
    for name, code in SIDES.items():
        if name in article.text:
            facts.names(name, EntityType.COUNTRY, code)
    if "Coast League" in article.text:
        facts.names("Coast League", EntityType.ORGANIZATION)
    if "Rosa Quispe" in article.text:
        facts.names("Rosa Quispe", EntityType.PERSON, "PE", [Role("President", None, "PE")])
        said = "it would last" if "it would last" in article.text else "Peru wants to lend Chile boats"
        facts.says("rosa-quispe", "Rosa Quispe", "said", said)
    for quote, one, other, stage, form, confidence in acts:
        facts.commits(quote, one, other, stage=stage, form=form, confidence=confidence)
    return facts
