"""Articles and facts made up for tests, with evidence located in their texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from app.domain.article import Article, Source
from app.domain.commitment import Commitment, Form, Party, PartyRole, Plover, Stage
from app.domain.entity import Entity, EntityType, Mention, MentionForm, Role
from app.domain.evidence import Evidence, Span
from app.domain.facts import Facts, commitment_id, statement_id
from app.domain.statement import Speaker, Statement, StatementForm

PACT = "Chile and Peru signed a fishing pact. President Rosa Quispe of Peru said it would last."


def an_article(text: str = PACT, title: str = "Pact at sea", published: date | None = date(2025, 3, 4)) -> Article:
    """An article of one outlet."""
    return Article(text, title, published=published, sources=(Source("Harbour News"),))


def span(article: Article, words: str) -> Span:
    """The first place where the words stand."""
    start = article.text.index(words)
    return Span.of(article.text, start, start + len(words))


@dataclass
class FactsOf:
    """Builds the facts of an article, fact by fact."""

    article: Article
    entities: list[Entity] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)

    def names(self, name: str, kind: EntityType, country: str | None = None, roles: Iterable[Role] = ()) -> FactsOf:
        """The article mentions the entity once, by its name."""
        mention = Mention(span(self.article, name), MentionForm.NAME)
        slug = name.lower().replace(" ", "-")
        self.entities.append(Entity(slug, name, kind, country, roles=tuple(roles), mentions=(mention,)))
        return self

    def says(self, speaker: str, name: str, cue: str, content: str) -> FactsOf:
        """The entity says something."""
        cues, contents = (span(self.article, cue),), (span(self.article, content),)
        speakers = (Speaker(span(self.article, name), speaker),)
        made = statement_id(self.article, cues, contents)
        self.statements.append(Statement(made, StatementForm.INDIRECT, speakers, cues, contents))
        return self

    def commits(
        self,
        quote: str,
        *parties: tuple[str, str | None],
        stage: Stage = Stage.AGREED,
        form: Form = Form.ECONOMIC,
        confidence: float = 0.9,
        negated: bool = False,
    ) -> FactsOf:
        """The parties, each an entity's id and its country, agree on something."""
        evidence = (Evidence(0, span(self.article, quote)),)
        sides = tuple(Party(entity, country, PartyRole.PARTY) for entity, country in parties)
        made = commitment_id(self.article, evidence, form, stage, sides)
        action = quote.split()[0]
        found = Commitment(made, stage, form, Plover.SUPPORT, "057", sides, action, None, confidence, evidence, negated)
        self.commitments.append(found)
        return self

    def made(self, extractor: str = "by hand 1") -> Facts:
        """The facts, checked."""
        sentences = (Span.of(self.article.text, 0, len(self.article.text)),)
        parts = tuple(self.entities), tuple(self.statements), tuple(self.commitments)
        facts = Facts(extractor, sentences, *parts)
        facts.check(self.article.text)
        return facts


def pact_facts(article: Article) -> Facts:
    """The facts of `PACT`."""
    return (
        FactsOf(article)
        .names("Chile", EntityType.COUNTRY, "CL")
        .names("Peru", EntityType.COUNTRY, "PE")
        .names("Rosa Quispe", EntityType.PERSON, "PE", [Role("President", None, "PE")])
        .says("rosa-quispe", "Rosa Quispe", "said", "it would last")
        .commits("signed a fishing pact", ("chile", "CL"), ("peru", "PE"))
        .made()
    )
