"""Clauses to facts: entities, statements and commitments. Knows neither databases nor HTTP."""
