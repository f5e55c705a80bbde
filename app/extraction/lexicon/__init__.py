"""Readable tables of what words mean for extraction; each file says at its top what its columns are."""
