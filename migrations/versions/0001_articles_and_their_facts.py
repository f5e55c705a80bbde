"""Articles and their facts.

The first schema.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
JSON_BODY = sa.LargeBinary().with_variant(sa.JSON(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("pk", KEY, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("reading_minutes", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extractor", sa.String(), nullable=False),
        sa.Column("document", JSON_BODY, nullable=False),
        sa.Column("listing", JSON_BODY, nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("content_hash"),
        sa.UniqueConstraint("id"),
    )
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.create_index("articles_by_ingested", ["ingested_at", "id"], unique=False)
        batch_op.create_index("articles_by_language", ["language", "published", "id"], unique=False)
        batch_op.create_index("articles_by_published", ["published", "id"], unique=False)

    op.create_table(
        "changes",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
    )
    op.execute("INSERT INTO changes (pk, count) VALUES (1, 0)")
    op.create_table(
        "entities",
        sa.Column("pk", KEY, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.Column("first_seen", sa.Date(), nullable=True),
        sa.Column("last_seen", sa.Date(), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", JSON_BODY, nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("id"),
    )
    with op.batch_alter_table("entities", schema=None) as batch_op:
        batch_op.create_index("entities_by_article_count", ["article_count", "id"], unique=False)
        batch_op.create_index("entities_by_country", ["country", "name", "id"], unique=False)
        batch_op.create_index("entities_by_last_seen", ["last_seen", "id"], unique=False)
        batch_op.create_index("entities_by_name", ["name", "id"], unique=False)
        batch_op.create_index("entities_by_type", ["type", "name", "id"], unique=False)

    op.create_table(
        "appearances",
        sa.Column("article_pk", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entity_pk", KEY, nullable=False),
        sa.Column("document", JSON_BODY, nullable=False),
        sa.ForeignKeyConstraint(["article_pk"], ["articles.pk"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entity_pk"], ["entities.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_pk", "position"),
    )
    with op.batch_alter_table("appearances", schema=None) as batch_op:
        batch_op.create_index("appearances_by_entity", ["entity_pk", "article_pk"], unique=False)

    op.create_table(
        "article_sources",
        sa.Column("article_pk", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("home_page", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["article_pk"], ["articles.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_pk", "position"),
    )
    with op.batch_alter_table("article_sources", schema=None) as batch_op:
        batch_op.create_index("sources_by_name", ["name", "article_pk"], unique=False)

    op.create_table(
        "commitments",
        sa.Column("pk", KEY, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("article_pk", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("plover", sa.String(), nullable=False),
        sa.Column("cameo", sa.String(), nullable=False),
        sa.Column("negated", sa.Boolean(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("action_object", sa.String(), nullable=True),
        sa.Column("date_text", sa.String(), nullable=True),
        sa.Column("date_start", sa.Date(), nullable=True),
        sa.Column("date_end", sa.Date(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("statement", sa.String(), nullable=True),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("extractor", sa.String(), nullable=False),
        sa.Column("document", JSON_BODY, nullable=False),
        sa.ForeignKeyConstraint(["article_pk"], ["articles.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("id"),
    )
    with op.batch_alter_table("commitments", schema=None) as batch_op:
        batch_op.create_index("commitments_by_article", ["article_pk", "position"], unique=False)
        batch_op.create_index("commitments_by_cameo", ["cameo", "published", "id"], unique=False)
        batch_op.create_index("commitments_by_confidence", ["confidence", "id"], unique=False)
        batch_op.create_index("commitments_by_date", ["date_start", "id"], unique=False)
        batch_op.create_index("commitments_by_form", ["form", "published", "id"], unique=False)
        batch_op.create_index("commitments_by_plover", ["plover", "published", "id"], unique=False)
        batch_op.create_index("commitments_by_published", ["published", "id"], unique=False)
        batch_op.create_index("commitments_by_stage", ["stage", "form", "published", "id"], unique=False)

    op.create_table(
        "loaded_files",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("article_pk", KEY, nullable=True),
        sa.ForeignKeyConstraint(["article_pk"], ["articles.pk"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("path"),
    )
    with op.batch_alter_table("loaded_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_loaded_files_article_pk"), ["article_pk"], unique=False)

    op.create_table(
        "mentions",
        sa.Column("pk", KEY, nullable=False),
        sa.Column("article_pk", KEY, nullable=False),
        sa.Column("entity_pk", KEY, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article_pk"], ["articles.pk"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entity_pk"], ["entities.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk"),
    )
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.create_index("mentions_by_article", ["article_pk", "start", "end", "entity_pk"], unique=True)
        batch_op.create_index("mentions_by_entity", ["entity_pk", "article_pk", "start", "end"], unique=False)

    op.create_table(
        "roles",
        sa.Column("article_pk", KEY, nullable=False),
        sa.Column("entity_pk", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("organization", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["article_pk"], ["articles.pk"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entity_pk"], ["entities.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_pk", "entity_pk", "position"),
    )
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.create_index("roles_by_entity", ["entity_pk", "article_pk"], unique=False)

    op.create_table(
        "sentences",
        sa.Column("article_pk", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_pk"], ["articles.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_pk", "number"),
    )
    op.create_table(
        "statements",
        sa.Column("pk", KEY, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("article_pk", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("nested_in", sa.String(), nullable=True),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("extractor", sa.String(), nullable=False),
        sa.Column("document", JSON_BODY, nullable=False),
        sa.ForeignKeyConstraint(["article_pk"], ["articles.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("id"),
    )
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.create_index("statements_by_article", ["article_pk", "position"], unique=False)
        batch_op.create_index("statements_by_published", ["published", "id"], unique=False)

    op.create_table(
        "commitment_evidence",
        sa.Column("commitment_pk", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["commitment_pk"], ["commitments.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("commitment_pk", "position"),
    )
    op.create_table(
        "commitment_parties",
        sa.Column("commitment_pk", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entity_pk", KEY, nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["commitment_pk"], ["commitments.pk"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entity_pk"], ["entities.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("commitment_pk", "position"),
    )
    with op.batch_alter_table("commitment_parties", schema=None) as batch_op:
        batch_op.create_index("parties_by_country", ["country", "commitment_pk"], unique=False)
        batch_op.create_index("parties_by_entity", ["entity_pk", "commitment_pk"], unique=False)

    op.create_table(
        "commitment_speakers",
        sa.Column("commitment_pk", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entity_pk", KEY, nullable=True),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["commitment_pk"], ["commitments.pk"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entity_pk"], ["entities.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("commitment_pk", "position"),
    )
    with op.batch_alter_table("commitment_speakers", schema=None) as batch_op:
        batch_op.create_index("speakers_by_entity", ["entity_pk", "commitment_pk"], unique=False)

    op.create_table(
        "statement_spans",
        sa.Column("statement_pk", KEY, nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entity_pk", KEY, nullable=True),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_pk"], ["entities.pk"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["statement_pk"], ["statements.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("statement_pk", "part", "position"),
    )
    with op.batch_alter_table("statement_spans", schema=None) as batch_op:
        batch_op.create_index("statement_spans_by_entity", ["entity_pk", "statement_pk"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("statement_spans", schema=None) as batch_op:
        batch_op.drop_index("statement_spans_by_entity")

    op.drop_table("statement_spans")
    with op.batch_alter_table("commitment_speakers", schema=None) as batch_op:
        batch_op.drop_index("speakers_by_entity")

    op.drop_table("commitment_speakers")
    with op.batch_alter_table("commitment_parties", schema=None) as batch_op:
        batch_op.drop_index("parties_by_entity")
        batch_op.drop_index("parties_by_country")

    op.drop_table("commitment_parties")
    op.drop_table("commitment_evidence")
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.drop_index("statements_by_published")
        batch_op.drop_index("statements_by_article")

    op.drop_table("statements")
    op.drop_table("sentences")
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.drop_index("roles_by_entity")

    op.drop_table("roles")
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.drop_index("mentions_by_entity")
        batch_op.drop_index("mentions_by_article")

    op.drop_table("mentions")
    with op.batch_alter_table("loaded_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_loaded_files_article_pk"))

    op.drop_table("loaded_files")
    with op.batch_alter_table("commitments", schema=None) as batch_op:
        batch_op.drop_index("commitments_by_stage")
        batch_op.drop_index("commitments_by_published")
        batch_op.drop_index("commitments_by_plover")
        batch_op.drop_index("commitments_by_form")
        batch_op.drop_index("commitments_by_date")
        batch_op.drop_index("commitments_by_confidence")
        batch_op.drop_index("commitments_by_cameo")
        batch_op.drop_index("commitments_by_article")

    op.drop_table("commitments")
    with op.batch_alter_table("article_sources", schema=None) as batch_op:
        batch_op.drop_index("sources_by_name")

    op.drop_table("article_sources")
    with op.batch_alter_table("appearances", schema=None) as batch_op:
        batch_op.drop_index("appearances_by_entity")

    op.drop_table("appearances")
    with op.batch_alter_table("entities", schema=None) as batch_op:
        batch_op.drop_index("entities_by_type")
        batch_op.drop_index("entities_by_name")
        batch_op.drop_index("entities_by_last_seen")
        batch_op.drop_index("entities_by_country")
        batch_op.drop_index("entities_by_article_count")

    op.drop_table("entities")
    op.drop_table("changes")
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.drop_index("articles_by_published")
        batch_op.drop_index("articles_by_language")
        batch_op.drop_index("articles_by_ingested")

    op.drop_table("articles")
