"""Why our own extractor found a fact: the rule, the clause, and the rows of readable tables that made it."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.commitment import Commitment
from app.domain.entity import Entity, EntityType
from app.domain.explanation import Explanation, TableRow
from app.domain.facts import Facts
from app.domain.statement import Statement
from app.extraction.coding import coding_row
from app.extraction.commitment_records import coded_act
from app.extraction.commitments import Found
from app.extraction.entities import Cast, Referent
from app.extraction.extractor import Work
from app.extraction.statements import Said, identities
from app.extraction.tables import rows
from app.language.tables import Row
from app.language.tables import rows as language_rows


def explanations(facts: Facts, work: Work) -> Iterator[Explanation]:
    """One for each entity, statement and commitment, in their order."""
    referents = {work.ids[referent.number]: referent for referent in work.cast.referents}
    yield from (_of_entity(entity, referents[entity.id]) for entity in facts.entities)
    said = dict(zip(identities(work.cast, work.article, work.said), work.said, strict=True))
    yield from (_of_statement(statement, said[statement.id]) for statement in facts.statements)
    yield from (_of_commitment(work.cast, found, record) for found, record in work.found)


def _of_entity(entity: Entity, referent: Referent) -> Explanation:
    clause = entity.mentions[0].span if entity.mentions else None
    listed = [row for row in language_rows("organizations.tsv") if referent.known and row["name"] == referent.name]
    if listed:
        return Explanation(entity.id, "a name of the table", clause, (_row("organizations.tsv", listed[0]),))
    if referent.type is EntityType.COUNTRY:
        return Explanation(entity.id, "a name, demonym or capital of the country, or one who acts for it", clause)
    return Explanation(entity.id, f"words that read like a name ({entity.type})", clause)


def _of_statement(statement: Statement, said: Said) -> Explanation:
    listed = said.row is not None and said.row in rows("reporting.tsv")
    if said.laid_out:
        rule = "the layout: who speaks is named before a colon, or signs with a dash"
    elif said.row is None:
        rule = '"according to" and a source'
    elif listed:
        rule = f"reporting words of the kind {said.kind!r}, what they govern, and the source of their clause"
    else:
        rule = "a verb that the reader marks as reporting, and the clause or quotation that it governs"
    used = (_row("reporting.tsv", said.row),) if said.row is not None and listed else ()
    return Explanation(statement.id, rule, statement.content[0], used)


def _of_commitment(cast: Cast, found: Found, record: Commitment) -> Explanation:
    act = found.act
    frame = next(row for row in rows("frames.tsv") if row["frame"] == act.frame)
    used = [("triggers.tsv", act.row)] if act.row["word"] else []
    used += [*act.firmness.rows, ("frames.tsv", frame), ("coding.tsv", coding_row(coded_act(cast, act)))]
    what = (
        f"a {act.row['part']} of the table of triggers ({act.row['meaning']})"
        if act.row["word"]
        else f"a {act.clause.kind} clause that the reader marks (probability {act.judged.probability:.2f})"
    )
    firm = "governed by words that say how firm it is" if act.firmness.stated else "as told"
    near = "its sides are arguments of it" if found.signs.near else "a side stands further off in the sentence"
    if found.signs.recalled:
        near = "a side is known from the headline or an earlier sentence"
    rule = f"{what}, {firm}; {near}"
    return Explanation(record.id, rule, record.evidence[0].span, tuple(_row(table, row) for table, row in used))


def _row(table: str, row: Row) -> TableRow:
    """The row without its empty cells and without its example."""
    return TableRow(table, {header: cell for header, cell in row.items() if cell and header != "example"})
