def test_a_sound_video_passes(talpose, small_clip):
    ran = talpose("check", small_clip).done()
    assert "24 frames by index, 24 by decoding all" in ran.out
    assert "every one is where its number says" in ran.out


def test_json_is_the_whole_report(talpose, small_clip):
    (said,) = talpose("check", small_clip, "--samples", 5, "--json").done().lines
    assert said["is_ok"] is True
    assert said["n_frames"] == 24


def test_a_cut_file_is_told(talpose, small_clip):
    data = small_clip.read_bytes()
    small_clip.write_bytes(data[: len(data) // 3])
    ran = talpose("check", small_clip)
    assert ran.code == 1
    assert ran.err.count("\n") <= 1
