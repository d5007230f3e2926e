"""Summaries are values: they compare, and cannot be changed."""

import dataclasses

import pytest

from talpose_app.model.held_out import ErrorSummary, HeldOutSummary, PointError
from talpose_app.model.label import PointId


def test_equal_numbers_are_the_same_summary():
    first, second = (
        HeldOutSummary(ErrorSummary(3, 1.5, 2.5), (PointError(PointId(1, 1), ErrorSummary(3, 1.5, 2.5)),))
        for _ in "ab"
    )
    assert first == second
    assert hash(first) == hash(second)


def test_a_summary_stays_as_it_was_measured():
    summary = ErrorSummary(3, 1.5, 2.5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        summary.median_px = 0.1  # pyright: ignore[reportAttributeAccessIssue]
