"""What holds when things go wrong: kills, strange videos, hostile bytes, a long day of labeling."""
