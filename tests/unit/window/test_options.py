"""The defaults of a start."""

from talpose_app.window.options import LaunchOptions


def test_a_plain_start_opens_the_window_on_a_free_port():
    options = LaunchOptions()
    assert (options.mode, options.path, options.port, options.use_probe) == ("window", None, 0, True)
    assert (options.tracker, options.device) == ("auto", "auto")
