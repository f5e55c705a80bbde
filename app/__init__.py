"""Entente reads diplomatic and defence news and serves the commitments to cooperate that it states."""

from importlib.metadata import version

__version__ = version("entente-news")
