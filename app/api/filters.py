"""What can be asked of each list: its parameters, checked, and the filters of the store that they stand for."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from app.domain.commitment import Form, Plover, Stage
from app.domain.entity import EntityType
from app.language.geography import short_names
from app.schemas.base import DayIn
from app.store.conditions import Filters
from app.store.words import Words, read_words

MOST_VALUES = 50
"""How often one parameter may be repeated."""


def _no_control(value: str) -> str:
    if any(ord(character) < 32 for character in value):
        raise ValueError("control characters are in no id and no name")
    return value


def _code(value: str) -> str:
    if value.upper() not in short_names():
        raise ValueError(f"{value!r} is no ISO 3166-1 alpha-2 code of a country, such as IR")
    return value.upper()


def _pair(value: str) -> str:
    codes = [_code(code.strip()) for code in value.split(",")]
    if len(set(codes)) != 2:
        raise ValueError("two different countries are wanted, as in IR,BY")
    return ",".join(codes)


Text = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_no_control)]
Code = Annotated[str, AfterValidator(_code)]
Pair = Annotated[str, AfterValidator(_pair)]
Cameo = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,4}$")]


QUERY = (
    "Words that must all be there, in any order and case: `fishing pact`, side by side in quotation marks "
    '(`"fishing pact"`), or begun (`fish*`).'
)


def _readable(value: str) -> str:
    read_words(value)
    return value


Query = Annotated[str, AfterValidator(_readable)]


def _any_of(description: str) -> Any:
    return Field(default_factory=list, max_length=MOST_VALUES, description=f"{description} Repeated: any of them.")


Ids = Annotated[list[Text], _any_of("Id of an entity.")]
Day = Annotated[DayIn | None, Field(description="A day, such as 2024-08-08.")]


class NoParameters(BaseModel):
    """What is asked of one thing: nothing but its address."""

    model_config = ConfigDict(extra="forbid")


class OneThing(NoParameters):
    """What is asked of what there is in one form: the form may be named all the same, as it may of any list."""

    format: Literal["json"] | None = Field(None, description="`json`, the one form that there is.")


class OneList(OneThing):
    """What a list of one page takes."""

    limit: int = Field(50, ge=1, le=200, description="Items on a page.")


class Paging(OneList):
    """What every list takes."""

    cursor: str | None = Field(None, description="Where the page begins: from `next` of the page before.")
    count: bool = Field(False, description="Whether to count the whole list (`total`).")
    format: Literal["json", "csv", "jsonl", "parquet"] | None = Field(  # type: ignore[assignment]
        None,
        description="`csv`, `jsonl` or `parquet`: the whole list as a file, whatever `limit`. `Accept` does as well: "
        "`text/csv`, `application/jsonl`, `application/vnd.apache.parquet`.",
    )


class FactsPaging(Paging):
    """What the facts of one article take."""

    format: Literal["json", "csv", "jsonl", "parquet", "jsonld"] | None = Field(  # type: ignore[assignment]
        None,
        description="`csv`, `jsonl` or `parquet`: all of them as a file; `jsonld`: all of them as W3C Web Annotations. "
        "`Accept` does as well.",
    )


class ArticleForm(NoParameters):
    """What is asked of one article besides its address."""

    format: Literal["json", "jsonld"] | None = Field(
        None, description="`jsonld`, or `Accept: application/ld+json`: the article as schema.org's NewsArticle."
    )


class Filtering(NoParameters):
    """Whatever takes filters. Fields that are neither paging nor order are filters by the store's names."""

    _not_filters: ClassVar[frozenset[str]] = frozenset({"limit", "cursor", "count", "format", "sort"})

    def filters(self) -> Filters:
        """Those filters that are set."""
        given = {name: getattr(self, name) for name in type(self).model_fields if name not in self._not_filters}
        return [(name, _values(name, value)) for name, value in given.items() if value not in (None, [])]


class Listing(Paging, Filtering):
    """What every filtered list takes."""

    sort: str


def _values(name: str, value: Any) -> tuple[Any, ...]:
    values = value if isinstance(value, list) else [value]
    if name == "q":
        return tuple(map(read_words, values))
    return tuple(tuple(v.split(",")) for v in values) if name == "between" else tuple(values)


class _OfArticles(Filtering):
    source: list[Text] = _any_of("Name of an outlet.")
    language: list[Text] = _any_of("BCP 47 tag of the article's language.")
    published_from: Day = None
    published_to: Day = None
    extractor: list[Text] = _any_of("Name and version of what found the facts.")
    entity: Ids


class _WithWords(_OfArticles):
    q: Annotated[Query | None, Field(description=QUERY)] = None


class ArticleFilters(_WithWords, Listing):
    """What can be asked of articles."""

    sort: Literal["published", "-published", "ingested_at", "-ingested_at"] = Field(
        "-published", description="Order; `-` before it: descending. Articles without a date come last."
    )


class EntityFilters(Listing):
    """What can be asked of entities."""

    type: list[EntityType] = _any_of("What kind of thing.")
    country: list[Code] = _any_of("ISO 3166-1 alpha-2 code of the country that it belongs to.")
    q: Annotated[Query | None, Field(description=f"In its names. {QUERY}")] = None
    sort: Literal["name", "-name", "article_count", "-article_count", "last_seen", "-last_seen"] = Field(
        "name", description="Order; `-` before it: descending. What was never seen on a known day comes last."
    )


class StatementFilters(_WithWords, Listing):
    """What can be asked of statements."""

    speaker: Ids
    sort: Literal["published", "-published"] = Field(
        "-published", description="Order; `-` before it: descending. Those of articles without a date come last."
    )


class _OfCommitments(_WithWords):
    country: list[Code] = _any_of("ISO 3166-1 alpha-2 code of a state that a party is or acts for.")
    party: Ids
    between: list[Pair] = _any_of("Two states that are both among the parties, as in `IR,BY`.")
    stage: list[Stage] = _any_of("How firm.")
    form: list[Form] = _any_of("What kind of cooperation.")
    plover: list[Plover] = _any_of("PLOVER event type.")
    cameo: list[Cameo] = _any_of("CAMEO code or its first digits.")
    negated: bool | None = Field(None, description="Only those refused, cancelled or denied, or only the others.")
    min_confidence: float | None = Field(
        None, ge=0, le=1, allow_inf_nan=False, description="Only those that are at least so likely to be right."
    )
    date_from: Annotated[DayIn | None, Field(description="The act is not over before this day.")] = None
    date_to: Annotated[DayIn | None, Field(description="The act does not begin after this day.")] = None
    speaker: Ids


class CommitmentFilters(_OfCommitments, Listing):
    """What can be asked of commitments."""

    sort: Literal["published", "-published", "confidence", "-confidence", "date", "-date"] = Field(
        "-published", description="Order; `-` before it: descending. Where the value is unknown, it comes last."
    )


class SummaryFilters(OneThing, _OfCommitments):
    """What commitments to count, and how many pairs to tell."""

    limit: int = Field(100, ge=1, le=1000, description="Pairs to tell, those with the most commitments.")


class PartnerFilters(Paging, Filtering):
    """Which commitments make a partner."""

    published_from: Day = None
    published_to: Day = None
    extractor: list[Text] = _any_of("Name and version of what found the facts.")
    stage: list[Stage] = _any_of("How firm.")
    form: list[Form] = _any_of("What kind of cooperation.")
    negated: bool | None = Field(None, description="Only those refused, cancelled or denied, or only the others.")


class SearchFilters(Paging, _OfArticles):
    """What to look for, and in which articles."""

    q: Annotated[Query, Field(description=QUERY)]
    limit: int = Field(20, ge=1, le=100, description="Items on a page.")

    _not_filters: ClassVar[frozenset[str]] = frozenset({"limit", "cursor", "count", "format", "q"})

    @property
    def words(self) -> Words:
        """What to look for."""
        return read_words(self.q)
