"""The forms above lists: the filters of the interface as fields, each with the words that people use for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.commitment import Form, Plover, Stage
from app.domain.entity import EntityType

Options = tuple[tuple[str, str], ...]
"""Values, and what each is called."""


class Kind(StrEnum):
    """How a field is filled in."""

    WORDS = "words"
    DAY = "day"
    NUMBER = "number"
    ONE = "one"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Field:
    """One filter. ``rare`` ones are folded away until they are used."""

    name: str
    label: str
    kind: Kind
    options: Options = ()
    hint: str = ""
    rare: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, in words, and the query without it."""

    label: str
    value: str
    without: str


def options(values: type[StrEnum]) -> Options:
    """The values of an enumeration under their own names."""
    return tuple((value.value, value.value) for value in values)


STAGE = Field("stage", "How firm", Kind.ANY, options(Stage))
FORM = Field("form", "What kind", Kind.ANY, options(Form))
FROM = Field("published_from", "Published from", Kind.DAY)
TO = Field("published_to", "Published to", Kind.DAY)
ENTITY = Field("entity", "Concerning", Kind.WORDS, hint="an entity’s id, such as belarus", rare=True)
OF_ARTICLES = (
    Field("source", "Outlet", Kind.WORDS, rare=True),
    Field("language", "Language", Kind.WORDS, hint="a tag such as en", rare=True),
    Field("extractor", "Extractor", Kind.WORDS, hint="name and version", rare=True),
)
WORDS = Field("q", "Words", Kind.WORDS, hint="all of them; “in quotation marks” side by side")

OF_COMMITMENTS = (
    WORDS,
    Field("country", "Country", Kind.ONE),
    FROM,
    TO,
    STAGE,
    FORM,
    Field(
        "min_confidence",
        "Confidence",
        Kind.ONE,
        (("0.5", "50 % and more"), ("0.7", "70 % and more"), ("0.8", "80 % and more"), ("0.9", "90 % and more")),
    ),
    Field("negated", "Refused or denied", Kind.ONE, (("false", "leave out"), ("true", "only these"))),
    Field("between", "Between two states", Kind.WORDS, hint="two codes, such as IR,BY", rare=True),
    Field("party", "Party", Kind.WORDS, hint="an entity’s id, such as nato", rare=True),
    Field("speaker", "Said by", Kind.WORDS, hint="an entity’s id", rare=True),
    ENTITY,
    Field("plover", "PLOVER type", Kind.ONE, options(Plover), rare=True),
    Field("cameo", "CAMEO code", Kind.WORDS, hint="or its first digits, such as 03", rare=True),
    Field("date_from", "Act not over before", Kind.DAY, rare=True),
    Field("date_to", "Act begun by", Kind.DAY, rare=True),
    *OF_ARTICLES,
)

COMMITMENT_ORDER = Field(
    "sort",
    "Order",
    Kind.ONE,
    (
        ("-published", "newest first"),
        ("published", "oldest first"),
        ("-confidence", "surest first"),
        ("confidence", "least sure first"),
        ("-date", "latest act first"),
        ("date", "earliest act first"),
    ),
)
COMMITMENTS = (*OF_COMMITMENTS, COMMITMENT_ORDER)

STATEMENTS = (
    WORDS,
    Field("speaker", "Said by", Kind.WORDS, hint="an entity’s id"),
    FROM,
    TO,
    Field("sort", "Order", Kind.ONE, (("-published", "newest first"), ("published", "oldest first"))),
    ENTITY,
    *OF_ARTICLES,
)

ARTICLES = (
    WORDS,
    FROM,
    TO,
    Field(
        "sort",
        "Order",
        Kind.ONE,
        (
            ("-published", "newest first"),
            ("published", "oldest first"),
            ("-ingested_at", "latest handed in first"),
            ("ingested_at", "first handed in first"),
        ),
    ),
    ENTITY,
    *OF_ARTICLES,
)

ENTITIES = (
    Field("q", "Name", Kind.WORDS),
    Field("type", "Type", Kind.ANY, options(EntityType)),
    Field("country", "Country", Kind.ONE),
    Field(
        "sort",
        "Order",
        Kind.ONE,
        (
            ("name", "by name"),
            ("-article_count", "most articles first"),
            ("-last_seen", "latest seen first"),
            ("last_seen", "longest unseen first"),
        ),
    ),
)

SEARCH = (FROM, TO, ENTITY, *OF_ARTICLES)


def chips(fields: Sequence[Field], given: Sequence[tuple[str, str]]) -> list[tuple[Field, str]]:
    """The fields that are set, with a value each; the order of the list is no filter."""
    by_name = {field.name: field for field in fields}
    return [(by_name[name], value) for name, value in given if name in by_name and name != "sort"]


def named(field: Field, value: str) -> str:
    """What the value is called."""
    return dict(field.options).get(value, value)
