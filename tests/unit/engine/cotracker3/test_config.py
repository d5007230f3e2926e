"""Configurations survive the way through JSON and refuse what no network can be built from."""

import json
from dataclasses import replace

import pytest

from talpose_app.engine.cotracker3.config import OFFLINE, ONLINE, SMALL, CoTracker3Config
from talpose_app.errors import TrackerError


@pytest.mark.parametrize("config", [OFFLINE, ONLINE, SMALL])
def test_round_trip_through_json(config):
    assert CoTracker3Config.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_published_token_has_1110_numbers():
    assert OFFLINE.token_dim == 1110
    assert OFFLINE.window_area == 49


@pytest.mark.parametrize(
    ("field", "value"),
    [("n_heads", 5), ("stage_widths", [24, 36]), ("stem_width", "wide"), ("stem_width", 7)],
)
def test_invalid_values_are_named(field, value):
    with pytest.raises(TrackerError, match=field):
        CoTracker3Config.from_dict({**SMALL.to_dict(), field: value})


def test_unknown_and_missing_fields_are_named():
    data = SMALL.to_dict()
    del data["radius"]
    with pytest.raises(TrackerError, match="radius, width"):
        CoTracker3Config.from_dict({**data, "width": 3})


def test_odd_token_is_refused():
    with pytest.raises(ValueError, match="odd"):
        replace(SMALL, corr_out=47, n_levels=3)
