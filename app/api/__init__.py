"""HTTP: one file a resource, and one for each convention. No SQL and no linguistics."""
