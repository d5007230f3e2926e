"""Older schemas go step by step to the present one; newer ones are refused untouched."""

import msgspec
import pytest

from talpose_app.errors import SchemaError
from talpose_app.store.migrations import NewerSchemaError, schema_of, to_present_schema


def file_of(schema, **fields) -> bytes:
    return msgspec.json.encode({"format": "talpose-project", "schema": schema, **fields})


def test_the_present_schema_is_left_alone():
    data = file_of(1, anything=[1.0, None])
    assert to_present_schema(data) is data


def test_a_newer_schema_is_refused_with_the_way_out():
    with pytest.raises(NewerSchemaError, match="newer version") as caught:
        to_present_schema(file_of(2))
    assert "Update" in caught.value.hint


def test_older_schemas_are_migrated_one_after_another():
    steps = {
        -1: lambda plain: {**plain, "way": [*plain["way"], "a"]},
        0: lambda plain: {**plain, "way": [*plain["way"], "b"]},
    }
    plain = msgspec.json.decode(to_present_schema(file_of(-1, way=[]), steps))
    assert plain == {"format": "talpose-project", "schema": 1, "way": ["a", "b"]}


def test_a_schema_that_never_was_is_refused():
    with pytest.raises(SchemaError, match="never was"):
        to_present_schema(file_of(0))


@pytest.mark.parametrize(
    "data", [b"", b"{}", b'{"format":"other","schema":1}', b'{"format":"talpose-project"}']
)
def test_what_is_no_project_file_is_refused(data):
    with pytest.raises(SchemaError, match="not a TALPose project"):
        schema_of(data)
