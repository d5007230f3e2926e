"""Numbers in the sentences of reports."""

from __future__ import annotations


def counted(n: int, noun: str) -> str:
    """Write a number with its noun: "1 label", "3 labels"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
