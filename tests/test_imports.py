"""The app process never loads torch, and starting it stays light."""

import subprocess
import sys

import pytest

APP_MODULES = [
    "talpose_app.cli", "talpose_app.server.app", "talpose_app.server.serve", "talpose_app.window.launch",
    "talpose_app.session.session", "talpose_app.session.workspace", "talpose_app.engine_client.client",
    "talpose_app.store", "talpose_app.formats.registry", "talpose_app.video.reader",
    "talpose_app.protocol.codec", "talpose_app.tracker_files.manager",
]  # fmt: skip


def _loaded_after(*modules: str) -> set[str]:
    code = f"import sys; import {', '.join(modules)}; print('\\n'.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_app_process_does_not_load_torch_or_cv2():
    loaded = _loaded_after(*APP_MODULES)
    assert "talpose_app.server.app" in loaded
    assert not {"torch", "cv2", "cotracker"} & loaded


@pytest.mark.parametrize("heavy", ["torch", "av", "webview", "starlette", "uvicorn", "numpy"])
def test_version_flag_loads_nothing_heavy(heavy):
    code = (
        "import sys\n"
        "sys.argv = ['talpose', '--version']\n"
        "from talpose_app.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"sys.exit({heavy!r} in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"--version loaded {heavy}"
