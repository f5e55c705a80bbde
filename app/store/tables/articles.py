"""Articles: who carried them, where their sentences are, what resembles them, which file they came from."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, DateTime, Index
from sqlmodel import Field, SQLModel

from app.store.tables.columns import of, table_of
from app.store.types import KEY, JsonBody


class ArticleRow(SQLModel, table=True):
    """An article.

    ``listing`` is what a GET answers, but the text; ``recency`` its number in the order of days; ``quotes`` what its
    commitments quote, as `app.store.quotes` writes it.
    """

    __tablename__ = "articles"
    __table_args__ = (
        Index("articles_by_published", "published", "id"),
        Index("articles_by_ingested", "ingested_at", "id"),
        Index("articles_by_language", "language", "published", "id"),
        Index("articles_by_extractor", "extractor", "published", "id"),
        Index("articles_by_recency", "recency", unique=True),
    )

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    id: str = Field(unique=True)
    title: str
    summary: str | None
    text: str
    published: date | None
    language: str
    word_count: int
    reading_minutes: int
    content_hash: str = Field(unique=True)
    ingested_at: datetime = Field(sa_type=DateTime(timezone=True))
    modified_at: datetime = Field(sa_type=DateTime(timezone=True))
    extractor: str
    recency: int = Field(sa_type=BigInteger)
    listing: bytes = Field(sa_type=JsonBody)
    quotes: bytes | None = Field(default=None, sa_type=JsonBody)


class SourceRow(SQLModel, table=True):
    """An outlet that carried an article."""

    __tablename__ = "article_sources"
    __table_args__ = (Index("sources_by_name", "name", "published", "article_pk"),)

    article_pk: int = of("articles", primary=True)
    position: int = Field(primary_key=True)
    name: str
    home_page: str | None
    url: str | None
    published: date | None


class SentenceRow(SQLModel, table=True):
    """A sentence of an article: offsets into its text."""

    __tablename__ = "sentences"
    __table_args__ = {"sqlite_with_rowid": False}

    article_pk: int = of("articles", primary=True)
    number: int = Field(primary_key=True)
    start: int
    end: int


class SignatureRow(SQLModel, table=True):
    """An article's MinHash signature, by which near duplicates are found, and the keys of its bands."""

    __tablename__ = "signatures"

    article_pk: int = of("articles", primary=True)
    signature: bytes
    band_keys: str


class LoadedFileRow(SQLModel, table=True):
    """A file that was loaded: its digest, and the article it gave, until somebody deletes that."""

    __tablename__ = "loaded_files"

    path: str = Field(primary_key=True)
    digest: str
    article_pk: int | None = Field(
        default=None, foreign_key="articles.pk", ondelete="SET NULL", index=True, sa_type=KEY
    )


articles = table_of(ArticleRow)
article_sources = table_of(SourceRow)
sentences = table_of(SentenceRow)
signatures = table_of(SignatureRow)
loaded_files = table_of(LoadedFileRow)
