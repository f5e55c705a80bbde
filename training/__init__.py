"""The recipe that makes `app/language/model` from openly licensed corpora."""
