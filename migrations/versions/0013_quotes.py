"""What commitments quote stands beside the article's text, which it is cut out of, and not in a table of its own."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
BODY = sa.LargeBinary().with_variant(sa.JSON(), "postgresql")
AT_ONCE = 1000
PLACE = ("sentence", "start", "end")

EVIDENCE = """SELECT c.article_pk, c.id, e.sentence, e.start, e."end" AS stop FROM commitment_evidence e
    JOIN commitments c ON c.pk = e.commitment_pk WHERE c.article_pk IN :pks ORDER BY 1, c.position, e.position"""


def upgrade() -> None:
    op.add_column("articles", sa.Column("quotes", BODY))
    connection = op.get_bind()
    body = "CAST(:quotes AS JSON)" if connection.dialect.name == "postgresql" else "CAST(:quotes AS BLOB)"
    update = sa.text(f"UPDATE articles SET quotes = {body} WHERE pk = :pk")  # noqa: S608
    for pks in _batches():
        rows = _asked(EVIDENCE, pks)
        if told := [{"pk": pk, "quotes": _quotes(own)} for pk, own in groupby(rows, attrgetter("article_pk"))]:
            connection.execute(update, told)
    op.drop_table("commitment_evidence")


def _quotes(rows: Iterable[sa.Row[Any]]) -> str:
    by_commitment = groupby(rows, attrgetter("id"))
    return orjson.dumps(
        [[own, [[r.sentence, r.start, r.stop] for r in places]] for own, places in by_commitment]
    ).decode()


def downgrade() -> None:
    commitment = sa.ForeignKey("commitments.pk", ondelete="CASCADE")
    op.create_table(
        "commitment_evidence",
        sa.Column("commitment_pk", KEY, commitment, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("position", *PLACE)),
        sa.PrimaryKeyConstraint("commitment_pk", "position"),
        sqlite_with_rowid=False,
    )
    table = sa.table("commitment_evidence", *map(sa.column, ("commitment_pk", "position", *PLACE)))
    for pks in _batches():
        if rows := list(_evidence(pks)):
            op.get_bind().execute(table.insert(), rows)
    op.drop_column("articles", "quotes")


def _evidence(pks: list[int]) -> Iterator[dict[str, int]]:
    held = {row.id: row.pk for row in _asked("SELECT id, pk FROM commitments WHERE article_pk IN :pks", pks)}
    for row in _asked("SELECT CAST(quotes AS TEXT) AS quotes FROM articles WHERE pk IN :pks ORDER BY pk", pks):
        for own, places in orjson.loads(row.quotes or "[]"):
            for position, place in enumerate(places):
                yield {"commitment_pk": held[own], "position": position, **dict(zip(PLACE, place, strict=True))}


def _batches() -> Iterator[list[int]]:
    pks = list(op.get_bind().scalars(sa.text("SELECT pk FROM articles ORDER BY pk")))
    yield from (pks[at : at + AT_ONCE] for at in range(0, len(pks), AT_ONCE))


def _asked(query: str, pks: list[int]) -> Sequence[sa.Row[Any]]:
    return op.get_bind().execute(sa.text(query).bindparams(sa.bindparam("pks", pks, expanding=True))).all()
