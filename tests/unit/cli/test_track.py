from talpose_app.cli.projects import open_project


def test_tracks_are_kept_and_one_line_is_printed(talpose, small_project):
    (said,) = talpose("track", small_project, "--json").done().lines
    assert said.pop("seconds") >= 0
    assert said == {"points": 2, "frames": 24, "tracker": "lines", "device": "cpu", "stopped": False}
    with open_project(small_project) as session:
        assert len(session.project.tracks) == 2
        assert session.undo_title == "Track"


def test_keypoints_and_span_can_be_chosen(talpose, small_project):
    words = ("--keypoints", "right", "--span", "4:12", "--json")
    (said,) = talpose("track", small_project, *words).done().lines
    assert (said["points"], said["frames"]) == (1, 8)


def test_words_say_what_was_done(talpose, small_project):
    ran = talpose("track", small_project).done()
    assert ran.out.startswith("Tracked 2 points over 24 frames in ")
    assert ran.err == ""


def test_labels_are_untouched(talpose, small_project):
    with open_project(small_project, read_only=True) as session:
        before = dict(session.project.labels)
    talpose("track", small_project).done()
    with open_project(small_project, read_only=True) as session:
        assert session.project.labels == before


def test_a_failed_run_is_an_error_with_a_way_out(talpose, small_project):
    ran = talpose("track", small_project, "--tracker", "broken")
    assert ran.code == 1
    assert ran.err == "talpose: error: The tracker is broken. Choose another.\n"


def test_nothing_labeled_is_an_error(talpose, small_clip):
    talpose("new", small_clip).done()
    ran = talpose("track", small_clip.with_name("squares.talpose.json"))
    assert ran.code == 1
    assert "no label" in ran.err


def test_a_span_outside_the_video_is_an_error(talpose, small_project):
    ran = talpose("track", small_project, "--span", "0:25")
    assert ran.code == 1
