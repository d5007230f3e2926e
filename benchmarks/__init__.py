"""Measurements that back every claim about accuracy and speed; not part of the installed program."""

import os

# As in the engine's process, and before torch is loaded: threads that wait do not spin.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
