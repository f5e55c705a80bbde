"""What an Accept header says, for the resources and the pages alike (RFC 9110, section 12.5.1)."""

from __future__ import annotations


def weight_of(parameters: str) -> float:
    """How much a media type is wanted, by its parameters: 1 where they do not say, 0 where they make no sense."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
