"""What lists are narrowed by, and full text.

Links that hold the day, so that what they find is in order; more indexes; the full text of SQLite (FTS5).
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

INDEXES = {
    "articles_by_extractor": ("articles", ["extractor", "published", "id"]),
    "statements_by_extractor": ("statements", ["extractor", "published", "id"]),
    "commitments_by_stage": ("commitments", ["stage", "published", "id"]),
    "commitments_by_kind": ("commitments", ["form", "stage", "negated", "published"]),
    "commitments_by_negated": ("commitments", ["negated", "published", "id"]),
    "commitments_by_extractor": ("commitments", ["extractor", "published", "id"]),
    "commitments_by_confidence": ("commitments", ["confidence", "id", "published"]),
    "commitments_by_date": ("commitments", ["date_start", "id", "published"]),
    "commitments_by_last_day": ("commitments", ["date_end", "id", "published"]),
    "sources_by_name": ("article_sources", ["name", "published", "article_pk"]),
    "appearances_by_entity": ("appearances", ["entity_pk", "published", "article_pk"]),
}
REPLACED = {
    "commitments_by_stage": ("commitments", ["stage", "form", "published", "id"]),
    "commitments_by_confidence": ("commitments", ["confidence", "id"]),
    "commitments_by_date": ("commitments", ["date_start", "id"]),
    "sources_by_name": ("article_sources", ["name", "article_pk"]),
    "appearances_by_entity": ("appearances", ["entity_pk", "article_pk"]),
}

FILL_ACTORS = """
INSERT INTO commitment_actors (commitment_pk, actor, published, as_party, as_speaker, as_state)
SELECT c.pk, t.actor, c.published, max(t.party) = 1, max(t.speaker) = 1, max(t.state) = 1
FROM commitments c JOIN (
    SELECT p.commitment_pk,
        CASE WHEN e.type = 'country' AND e.country IS NOT NULL THEN e.country ELSE e.id END AS actor,
        1 AS party, 0 AS speaker, 0 AS state
    FROM commitment_parties p JOIN entities e ON e.pk = p.entity_pk
    UNION ALL
    SELECT s.commitment_pk, CASE WHEN e.type = 'country' AND e.country IS NOT NULL THEN e.country ELSE e.id END, 0, 1, 0
    FROM commitment_speakers s JOIN entities e ON e.pk = s.entity_pk
    UNION ALL
    SELECT commitment_pk, country, 0, 0, 1 FROM commitment_parties WHERE country IS NOT NULL
) t ON t.commitment_pk = c.pk
GROUP BY c.pk, t.actor, c.published
"""
FILL_PAIRS = """
INSERT INTO commitment_pairs (commitment_pk, one, other, published, stage, form, negated)
SELECT c.pk, a.side, b.side, c.published, c.stage, c.form, c.negated
FROM commitments c
JOIN (SELECT DISTINCT p.commitment_pk, coalesce(p.country, e.id) AS side
      FROM commitment_parties p JOIN entities e ON e.pk = p.entity_pk) a ON a.commitment_pk = c.pk
JOIN (SELECT DISTINCT p.commitment_pk, coalesce(p.country, e.id) AS side
      FROM commitment_parties p JOIN entities e ON e.pk = p.entity_pk) b ON b.commitment_pk = c.pk
WHERE a.side <> b.side
"""
FILL_STATEMENT_ENTITIES = """
INSERT INTO statement_entities (statement_pk, entity_pk, published, as_speaker)
SELECT s.pk, t.entity_pk, s.published, max(t.speaker) = 1
FROM statements s JOIN (
    SELECT statement_pk, entity_pk, 1 AS speaker FROM statement_spans WHERE part = 'speaker' AND entity_pk IS NOT NULL
    UNION ALL
    SELECT p.statement_pk, m.entity_pk, 0
    FROM statement_spans p JOIN statements st ON st.pk = p.statement_pk
    JOIN mentions m ON m.article_pk = st.article_pk AND m.start >= p.start AND m."end" <= p."end"
    WHERE p.part = 'content'
) t ON t.statement_pk = s.pk
GROUP BY s.pk, t.entity_pk, s.published
"""
FULL_TEXT = """
CREATE VIRTUAL TABLE fts_articles USING fts5(
    title, evidence, text, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE fts_commitments USING fts5(
    words, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE fts_statements USING fts5(
    words, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE fts_entities USING fts5(
    names, prefix='2 3', tokenize='unicode61 remove_diacritics 2');
INSERT INTO fts_articles (rowid, title, evidence, text)
SELECT a.recency, a.title, coalesce((SELECT group_concat(e.quote, char(10)) FROM commitment_evidence e
    JOIN commitments c ON c.pk = e.commitment_pk WHERE c.article_pk = a.pk), ''), a.text FROM articles a ORDER BY 1;
INSERT INTO fts_commitments (rowid, words)
SELECT commitment_pk, group_concat(quote, char(10)) FROM commitment_evidence GROUP BY commitment_pk;
INSERT INTO fts_statements (rowid, words)
SELECT statement_pk, group_concat(text, char(10)) FROM statement_spans WHERE part = 'content' GROUP BY statement_pk;
INSERT INTO fts_entities (rowid, names)
SELECT pk, (SELECT group_concat(value, char(10)) FROM (
    SELECT e.name AS value
    UNION ALL SELECT value FROM json_each(cast(e.document AS TEXT), '$.aliases'))) FROM entities e
"""
# Entities stored before carry the link to their partners too.
LINK = """
UPDATE entities SET document = CAST(
    json_set(CAST(document AS TEXT), '$.links.partners', '/entities/'||id||'/partners') AS BLOB)
"""
UNLINK = "UPDATE entities SET document = CAST(json_remove(CAST(document AS TEXT), '$.links.partners') AS BLOB)"
FULL_TEXTS = ("fts_articles", "fts_commitments", "fts_statements", "fts_entities")


def upgrade() -> None:
    for name, (table, _) in REPLACED.items():
        op.drop_index(name, table)
    _add_columns()
    _create_links()
    for fill in (FILL_ACTORS, FILL_PAIRS, FILL_STATEMENT_ENTITIES):
        op.execute(fill)
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    op.create_index(
        "actors_by_actor", "commitment_actors", ["actor", "published", "as_party", "as_speaker", "as_state"]
    )
    op.create_index("pairs_by_sides", "commitment_pairs", ["one", "other", "published", "stage", "form", "negated"])
    op.create_index("statement_entities_by_entity", "statement_entities", ["entity_pk", "published", "as_speaker"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in FULL_TEXT.split(";"):
            op.execute(statement)
        op.execute(LINK)


def _add_columns() -> None:
    op.add_column("article_sources", sa.Column("published", sa.Date(), nullable=True))
    op.add_column("appearances", sa.Column("published", sa.Date(), nullable=True))
    op.add_column("articles", sa.Column("recency", sa.BigInteger(), nullable=False, server_default="0"))
    for table in ("article_sources", "appearances"):
        op.execute(
            f"UPDATE {table} SET published = (SELECT a.published FROM articles a WHERE a.pk = {table}.article_pk)"  # noqa: S608
        )
    op.execute("UPDATE commitments SET date_end = date_start WHERE date_end IS NULL")
    articles = sa.table("articles", sa.column("pk"), sa.column("published", sa.Date()), sa.column("recency"))
    connection = op.get_bind()
    taken: dict[int, int] = {}
    for pk, published in connection.execute(
        sa.select(articles.c.pk, articles.c.published).order_by(articles.c.pk)
    ).all():
        day = (published.toordinal() if published else 0) << 24
        taken[day] = taken.get(day, -1) + 1
        connection.execute(sa.update(articles).where(articles.c.pk == pk).values(recency=day + taken[day]))
    op.create_index("articles_by_recency", "articles", ["recency"], unique=True)


def _create_links() -> None:
    op.create_table(
        "commitment_actors",
        sa.Column("commitment_pk", KEY, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("as_party", sa.Boolean(), nullable=False),
        sa.Column("as_speaker", sa.Boolean(), nullable=False),
        sa.Column("as_state", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["commitment_pk"], ["commitments.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("commitment_pk", "actor"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "commitment_pairs",
        sa.Column("commitment_pk", KEY, nullable=False),
        sa.Column("one", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("negated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["commitment_pk"], ["commitments.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("commitment_pk", "one", "other"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statement_entities",
        sa.Column("statement_pk", KEY, nullable=False),
        sa.Column("entity_pk", KEY, nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("as_speaker", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["statement_pk"], ["statements.pk"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entity_pk"], ["entities.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("statement_pk", "entity_pk"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in FULL_TEXTS:
            op.execute(f"DROP TABLE {name}")
        op.execute(UNLINK)
    for name in ("statement_entities", "commitment_pairs", "commitment_actors"):
        op.drop_table(name)
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
    op.drop_index("articles_by_recency", "articles")
    op.drop_column("articles", "recency")
    for table in ("article_sources", "appearances"):
        op.drop_column(table, "published")
    for name, (table, columns) in REPLACED.items():
        op.create_index(name, table, columns)
