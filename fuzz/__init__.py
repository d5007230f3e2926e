"""Fuzzing that is led by coverage, for hours: see README.md."""
