"""Filters over finished tracks, on arrays: what smooths, fills and rejects, and never moves a label."""
