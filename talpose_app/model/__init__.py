"""What a project is: frozen dataclasses and numpy arrays; no files, clock, threads or torch."""
