"""The project on the disk: snapshot, journal, lock, recovery; no threads, no engine, no page."""
