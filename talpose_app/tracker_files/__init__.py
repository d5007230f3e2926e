"""Bringing trackers' files onto the disk: downloaded, or placed by hand; checked, and never unpickled."""
