"""Which files were loaded, and what they gave."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from app.store.tables import articles, loaded_files


def loaded_digests(connection: Connection) -> dict[str, str]:
    """The digest of each file when it was loaded, by its path."""
    rows = connection.execute(select(loaded_files.c.path, loaded_files.c.digest))
    return {row.path: row.digest for row in rows}


def replaced_article(connection: Connection, path: str) -> str | None:
    """The id of the article that the file gave before, if that is still there."""
    joined = select(articles.c.id).join(loaded_files, loaded_files.c.article_pk == articles.c.pk)
    found: str | None = connection.scalar(joined.where(loaded_files.c.path == path))
    return found


def mark_loaded(connection: Connection, path: str, digest: str, article_id: str) -> None:
    """Remember that the file was loaded, and the article it gave."""
    article = select(articles.c.pk).where(articles.c.id == article_id).scalar_subquery()
    connection.execute(delete(loaded_files).where(loaded_files.c.path == path))
    connection.execute(insert(loaded_files).values(path=path, digest=digest, article_pk=article))


def first_loaded(connection: Connection) -> str | None:
    """The id of the article of the first file, by its path, whose article is still there."""
    joined = select(articles.c.id).join(loaded_files, loaded_files.c.article_pk == articles.c.pk)
    found: str | None = connection.scalar(joined.order_by(loaded_files.c.path).limit(1))
    return found
