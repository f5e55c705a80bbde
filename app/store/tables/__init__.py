"""How the facts are kept. ``pk`` are the store's own row numbers; ``id`` is what the world calls a thing.

``document`` columns hold the bytes that a GET of the row answers, written once when its facts change. What lists are
filtered and ordered by stands beside them in columns of its own, copied from the article where that saves a join; what
no question goes by, such as mentions, roles and who speaks, stands in documents alone.
"""

from __future__ import annotations

from app.store.tables.access import (
    access_keys,
    access_sessions,
    audit_entries,
)
from app.store.tables.articles import (
    article_sources,
    articles,
    loaded_files,
    sentences,
    signatures,
)
from app.store.tables.facts import (
    appearances,
    commitment_actors,
    commitment_pairs,
    commitment_parties,
    commitments,
    entities,
    statement_entities,
    statements,
)
from app.store.tables.tallies import (
    changes,
    month_tallies,
    pair_tallies,
    pair_totals,
    state_tallies,
)
from app.store.tables.work import (
    feed_entries,
    feeds,
    job_records,
    job_refusals,
    jobs,
)

__all__ = [
    "access_keys",
    "access_sessions",
    "appearances",
    "article_sources",
    "articles",
    "audit_entries",
    "changes",
    "commitment_actors",
    "commitment_pairs",
    "commitment_parties",
    "commitments",
    "entities",
    "feed_entries",
    "feeds",
    "job_records",
    "job_refusals",
    "jobs",
    "loaded_files",
    "month_tallies",
    "pair_tallies",
    "pair_totals",
    "sentences",
    "signatures",
    "state_tallies",
    "statement_entities",
    "statements",
]
