"""How the standalone executable is made; `build_spec.py` at the top of the repository is the way in."""
