"""Benchmarks: every claim about speed or accuracy comes from here."""

import os

# As in the engine's process, and before torch is loaded: threads that wait do not spin.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
