"""Each thing is kept once.

Documents had an article's text again, evidence its words, and other tables what documents say: mentions, roles, who
speaks. Indexes go that others serve, or are of those rows alone that they are asked for. SQLite's full text has an
index of beginnings of two letters, not of three too, which took as much as all else of it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from app.schemas.documents import with_text
from app.store import fts5
from app.store.texts import Texts

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
AT_ONCE = 500

DOCUMENTED = ("mentions", "roles", "statement_spans", "commitment_speakers")
"""Tables of what documents say."""

EXTRACTED = ("commitments", "statements")

EVIDENCE = """SELECT c.article_pk, e.commitment_pk, e.position, e.start, e."end" AS stop FROM commitment_evidence e
    JOIN commitments c ON c.pk = e.commitment_pk WHERE c.article_pk IN :pks ORDER BY 1, c.position, e.position"""

FULL_TEXTS = {"fts_articles": "title, evidence, text", "fts_commitments": "words", "fts_statements": "words"}


def upgrade() -> None:
    for name in DOCUMENTED:
        op.drop_table(name)
    op.drop_index("parties_by_country", "commitment_parties")
    for table in EXTRACTED:
        op.drop_index(f"{table}_by_extractor", table)
        op.drop_column(table, "extractor")
    for name, (columns, holds) in PARTIAL.items():
        op.drop_index(name, "commitments")
        op.create_index(name, "commitments", columns, sqlite_where=holds, postgresql_where=holds)
    op.drop_column("articles", "document")
    op.drop_column("commitment_evidence", "quote")
    _rebuild(rowid=False)
    _index_words(f"prefix='2', tokenize=\"{fts5.TOKENIZER}\"")


PARTIAL = {
    "commitments_by_negated": (["published", "id"], sa.column("negated").is_(sa.true())),
    "commitments_by_date": (["date_start", "id", "published"], sa.column("date_start").is_not(None)),
    "commitments_by_last_day": (["date_end", "id", "published"], sa.column("date_end").is_not(None)),
}
WHOLE = {
    "commitments_by_negated": ["negated", "published", "id"],
    "commitments_by_date": ["date_start", "id", "published"],
    "commitments_by_last_day": ["date_end", "id", "published"],
}
KEYS = {
    "sentences": ("article_pk", "number"),
    "commitment_evidence": ("commitment_pk", "position"),
    "commitment_parties": ("commitment_pk", "position"),
}
"""Tables whose rows are found by their primary keys alone, which SQLite need not keep beside the rows."""


def _rebuild(*, rowid: bool) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for name, keys in KEYS.items():
        table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
        new = f"new_{name}"
        columns = [sa.Column(c.name, c.type, nullable=c.nullable) for c in table.columns]
        foreign = [_foreign_key(column) for column in ("article_pk", "commitment_pk", "entity_pk") if column in table.c]
        op.create_table(new, *columns, *foreign, sa.PrimaryKeyConstraint(*keys), sqlite_with_rowid=rowid)
        op.execute(f"INSERT INTO {new} SELECT * FROM {name} ORDER BY {', '.join(keys)}")  # noqa: S608
        op.drop_table(name)
        op.rename_table(new, name)
    op.create_index("parties_by_entity", "commitment_parties", ["entity_pk", "commitment_pk"])


def _foreign_key(column: str) -> sa.ForeignKeyConstraint:
    parent = {"article_pk": "articles", "commitment_pk": "commitments", "entity_pk": "entities"}[column]
    return sa.ForeignKeyConstraint([column], [f"{parent}.pk"], ondelete="CASCADE")


def _index_words(how: str) -> None:
    """Anew, in the order of days."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for name, columns in FULL_TEXTS.items():
        op.drop_table(name)
        op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5({columns}, content='', {how})")
    for some in _batches("SELECT pk FROM articles ORDER BY recency"):
        for name, rows in _texts([row.pk for row in some]).items():
            if rows:
                fts5.add(connection, name, rows)


def _texts(pks: list[int]) -> dict[str, list[Texts]]:
    """The words of articles and of their facts, by the full texts that they are for; evidence has rows of its own."""
    articles = {row.pk: row for row in _asked("SELECT pk, recency, title, text FROM articles WHERE pk IN :pks", pks)}
    of_articles: dict[int, list[str]] = {pk: [] for pk in articles}
    of_commitments: dict[int, list[str]] = {}
    for row in _asked(EVIDENCE, pks):
        quote = articles[row.article_pk].text[row.start : row.stop]
        of_articles[row.article_pk].append(quote)
        of_commitments.setdefault(row.commitment_pk, []).append(quote)
    said = ((pk, [s["text"] for s in document["content"]]) for _, pk, document in _held("statements", "pk", pks))
    return {
        "fts_articles": [(a.recency, (a.title, "\n".join(of_articles[pk]), a.text)) for pk, a in articles.items()],
        "fts_commitments": [(pk, ("\n".join(quotes),)) for pk, quotes in of_commitments.items()],
        "fts_statements": [(pk, ("\n".join(content),)) for pk, content in said if content],
    }


def _batches(query: str) -> Iterator[Sequence[sa.Row[Any]]]:
    rows = op.get_bind().execute(sa.text(query)).all()
    yield from (rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE))


def downgrade() -> None:
    _create_documented()
    _rebuild(rowid=True)
    body = sa.LargeBinary().with_variant(sa.JSON(), "postgresql")
    op.add_column("articles", sa.Column("document", body, nullable=False, server_default="{}"))
    op.add_column("commitment_evidence", sa.Column("quote", sa.String(), nullable=False, server_default=""))
    for table in EXTRACTED:
        op.add_column(table, sa.Column("extractor", sa.String(), nullable=False, server_default=""))
        of_article = f"SELECT a.extractor FROM articles a WHERE a.pk = {table}.article_pk"  # noqa: S608
        op.execute(f"UPDATE {table} SET extractor = ({of_article})")  # noqa: S608
        op.create_index(f"{table}_by_extractor", table, ["extractor", "published", "id"])
    for name, columns in WHOLE.items():
        op.drop_index(name, "commitments")
        op.create_index(name, "commitments", columns)
    op.create_index("parties_by_country", "commitment_parties", ["country", "commitment_pk"])
    for some in _batches("SELECT pk FROM articles ORDER BY pk"):
        _tell_again([row.pk for row in some])
    _index_words("prefix='2 3', tokenize='unicode61 remove_diacritics 2'")


DOCUMENTED_AGAIN = """
CREATE TABLE mentions (pk {row_number}, {article}, {entity}, {span}, form VARCHAR NOT NULL);
CREATE UNIQUE INDEX mentions_by_article ON mentions (article_pk, start, "end", entity_pk);
CREATE INDEX mentions_by_entity ON mentions (entity_pk, article_pk, start, "end");
CREATE TABLE roles ({article}, {entity}, position INTEGER NOT NULL, title VARCHAR NOT NULL, organization VARCHAR,
    country VARCHAR, PRIMARY KEY (article_pk, entity_pk, position));
CREATE INDEX roles_by_entity ON roles (entity_pk, article_pk);
CREATE TABLE statement_spans (statement_pk BIGINT NOT NULL REFERENCES statements (pk) ON DELETE CASCADE,
    part VARCHAR NOT NULL, position INTEGER NOT NULL, {speaker}, {span}, PRIMARY KEY (statement_pk, part, position));
CREATE INDEX statement_spans_by_entity ON statement_spans (entity_pk, statement_pk);
CREATE TABLE commitment_speakers (commitment_pk BIGINT NOT NULL REFERENCES commitments (pk) ON DELETE CASCADE,
    position INTEGER NOT NULL, {speaker}, {span}, PRIMARY KEY (commitment_pk, position));
CREATE INDEX speakers_by_entity ON commitment_speakers (entity_pk, commitment_pk)
"""
COLUMNS = {
    "article": "article_pk BIGINT NOT NULL REFERENCES articles (pk) ON DELETE CASCADE",
    "entity": "entity_pk BIGINT NOT NULL REFERENCES entities (pk) ON DELETE CASCADE",
    "speaker": "entity_pk BIGINT REFERENCES entities (pk) ON DELETE CASCADE",
    "span": 'start INTEGER NOT NULL, "end" INTEGER NOT NULL, text VARCHAR NOT NULL',
}
ROW_NUMBERS = {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "BIGSERIAL PRIMARY KEY"}


def _create_documented() -> None:
    row_number = ROW_NUMBERS[op.get_bind().dialect.name]
    for statement in DOCUMENTED_AGAIN.format(row_number=row_number, **COLUMNS).split(";"):
        op.execute(statement)


def _tell_again(pks: list[int]) -> None:
    """Put what documents say of some articles, and what is said in their own columns, where it was."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in DOCUMENTED}
    for pk, entity_pk, document in _held("appearances", "entity_pk", pks):
        of: dict[str, Any] = {"article_pk": pk, "entity_pk": entity_pk}
        once = {(m["start"], m["end"]): of | m for m in document["mentions"]}
        rows["mentions"] += [once[span] for span in sorted(once)]
        rows["roles"] += [of | role | {"position": n} for n, role in enumerate(document["roles"])]
    entities = _entities(pks)
    for _, pk, document in _held("statements", "pk", pks):
        for part, key in (("speaker", "speakers"), ("cue", "cue"), ("content", "content")):
            rows["statement_spans"] += [
                {"statement_pk": pk, "part": part} | span for span in _spans(document[key], entities)
            ]
    for _, pk, document in _held("commitments", "pk", pks):
        rows["commitment_speakers"] += [{"commitment_pk": pk} | span for span in _spans(document["speakers"], entities)]
    for name, told in rows.items():
        if told:
            table = sa.table(name, *(sa.column(column) for column in told[0]))
            op.get_bind().execute(table.insert(), told)
    _cut_out_again(pks)


def _spans(said: list[dict[str, Any]], entities: dict[str, int]) -> Iterator[dict[str, Any]]:
    for n, span in enumerate(said):
        entity_pk = entities.get(span.get("id") or "")
        yield {"position": n, "entity_pk": entity_pk, **{name: span[name] for name in ("start", "end", "text")}}


def _held(table: str, column: str, pks: list[int]) -> list[tuple[int, int, dict[str, Any]]]:
    """For each row of the articles: the article, a column, and the document."""
    query = f"SELECT article_pk, {column}, CAST(document AS TEXT) AS body FROM {table} WHERE article_pk IN :pks"  # noqa: S608
    rows = _asked(f"{query} ORDER BY article_pk, position", pks)
    return [(row.article_pk, row._mapping[column], orjson.loads(row.body)) for row in rows]


def _entities(pks: list[int]) -> dict[str, int]:
    query = "SELECT id, pk FROM entities WHERE pk IN (SELECT entity_pk FROM appearances WHERE article_pk IN :pks)"
    return {row.id: row.pk for row in _asked(query, pks)}


def _cut_out_again(pks: list[int]) -> None:
    articles = _asked("SELECT pk, text, CAST(listing AS TEXT) AS listing FROM articles WHERE pk IN :pks", pks)
    texts = {row.pk: row.text for row in articles}
    connection = op.get_bind()
    body = "CAST(:document AS JSON)" if connection.dialect.name == "postgresql" else "CAST(:document AS BLOB)"
    documents = [{"pk": a.pk, "document": with_text(a.listing.encode(), a.text).decode()} for a in articles]
    connection.execute(sa.text(f"UPDATE articles SET document = {body} WHERE pk = :pk"), documents)  # noqa: S608
    quotes = [
        {"pk": e.commitment_pk, "position": e.position, "quote": texts[e.article_pk][e.start : e.stop]}
        for e in _asked(EVIDENCE, pks)
    ]
    if quotes:
        update = "UPDATE commitment_evidence SET quote = :quote WHERE commitment_pk = :pk AND position = :position"
        connection.execute(sa.text(update), quotes)


def _asked(query: str, pks: list[int]) -> Sequence[sa.Row[Any]]:
    return op.get_bind().execute(sa.text(query).bindparams(sa.bindparam("pks", pks, expanding=True))).all()
