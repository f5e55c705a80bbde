"""Records in and out of the database. Knows nothing of HTTP."""
