"""The toolkit's chatter goes to a file."""

import os

from talpose_app.window.quiet import stderr_to


def test_what_is_written_below_python_goes_to_the_file(tmp_path, capfd):
    with stderr_to(tmp_path / "window.log"):
        os.write(2, b"GLX: noise\n")
    os.write(2, b"back\n")
    assert (tmp_path / "window.log").read_bytes() == b"GLX: noise\n"
    assert capfd.readouterr().err == "back\n"
