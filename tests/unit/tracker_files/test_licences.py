import pytest

from talpose_app.errors import TrackerError
from talpose_app.tracker_files.licences import licence_gist, licence_text
from talpose_app.tracking.checkpoints import KNOWN_CHECKPOINTS, known_checkpoint


@pytest.mark.parametrize("known", [k for k in KNOWN_CHECKPOINTS if k.source], ids=lambda known: known.name)
def test_what_can_be_downloaded_shows_its_licence(known):
    text = licence_text(known)
    assert text.startswith("Creative Commons Attribution-NonCommercial 4.0 International")
    assert "Section 8" in text
    assert "not for commercial purposes" in licence_gist(known)


def test_the_built_in_tracker_points_to_the_programs_licence():
    known = known_checkpoint("talpose-small")
    assert licence_gist(known) == ""
    with pytest.raises(TrackerError, match="See LICENSE"):
        licence_text(known)
