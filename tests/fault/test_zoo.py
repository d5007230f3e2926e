"""Damaged and dishonest videos; ``python -m benchmarks reliability zoo`` shows the sound ones too."""

from benchmarks.reliability.zoo import visit


def test_no_curiosity_shows_a_wrong_frame(tmp_path):
    figures = visit(tmp_path, 20251, 1, ("h264_single_frame",))
    assert figures.losses == []
    assert figures.served == 6
    assert figures.n_frames > 150
    assert figures.warned >= 1
    assert set(figures.refused) == {"an MP4 without its table", "an empty file", "a text", "sound only"}
    assert "cut off" in figures.refused["an MP4 without its table"]
