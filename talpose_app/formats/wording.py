"""Sentences of reports that several formats say."""

from __future__ import annotations


def counted(n: int, noun: str) -> str:
    """Write a number with its noun: "1 label", "3 labels"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def describe_absent(n_absent: int) -> list[str]:
    """Say that a format leaves labels of absent points out; empty when there are none."""
    left_out = counted(n_absent, "label")
    return [f"Left out: {left_out} of absent points, for which the format has no word."] if n_absent else []
