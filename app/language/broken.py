"""What is raised where the model cannot be used; apart from the libraries that load it, which not all need."""

from __future__ import annotations


class BrokenModel(Exception):
    """The model cannot be loaded; says which file and why."""
