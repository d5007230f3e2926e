import os
import subprocess
import sys

import pytest

from talpose_app.engine.heap import keep_freed_memory

PROGRAM = """
import resource
import numpy as np
from talpose_app.engine.heap import keep_freed_memory
{call}
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def work():
    blocks = [np.ones(1_500_000) for _ in range(6)]
work()
before = faults()
for _ in range(10):
    work()
print(faults() - before)
"""


def page_faults(call, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(call=call)],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(run.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is told anything")
def test_blocks_of_megabytes_are_used_again():
    assert page_faults("keep_freed_memory()") < page_faults("") / 10


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is told anything")
def test_a_users_own_settings_count_more():
    asked = {"MALLOC_TRIM_THRESHOLD_": "0", "MALLOC_TOP_PAD_": "0"}
    assert page_faults("keep_freed_memory()", **asked) > 10 * page_faults("keep_freed_memory()")


def test_other_systems_are_left_alone(monkeypatch):
    monkeypatch.setattr("platform.libc_ver", lambda: ("", ""))
    monkeypatch.setattr("ctypes.CDLL", None)
    keep_freed_memory()
