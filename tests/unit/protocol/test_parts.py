"""Parts know nothing of messages, and refuse what they do not know."""

import msgspec
import pytest

from talpose_app.protocol import parts


def test_a_part_has_no_type_of_its_own_on_the_wire():
    plain = msgspec.to_builtins(parts.PointRef(individual_id=1, keypoint_id=2))
    assert plain == {"individual_id": 1, "keypoint_id": 2}


def test_a_field_that_is_not_known_is_refused():
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({"individual_id": 1, "keypoint_id": 2, "x": 3}, parts.PointRef)


def test_an_error_needs_all_its_numbers():
    with pytest.raises(msgspec.ValidationError, match="p90_px"):
        msgspec.convert(
            {"individual_id": 1, "keypoint_id": 2, "n": 3, "median_px": 1.0}, parts.PointErrorState
        )


def test_settings_of_a_filter_need_a_name_and_parameters_and_no_more():
    settings = msgspec.convert(
        {"name": "savgol", "parameters": {"window": 7, "order": None}}, parts.FilterSettings
    )
    assert (settings.parameters, settings.points, settings.start, settings.stop) == (
        {"window": 7, "order": None}, None, None, None
    )  # fmt: skip
