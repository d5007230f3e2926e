"""The shapes say what the documentation says."""

from pathlib import Path

import msgspec

from talpose_app.store import schema

DOCS = Path(__file__).resolve().parents[3] / "docs" / "file-format.md"


def test_every_field_of_the_snapshot_is_documented():
    text = DOCS.read_text()
    shapes = [
        schema.SnapshotShape,
        schema.VideoShape,
        schema.SkeletonShape,
        schema.KeypointShape,
        schema.IndividualShape,
        schema.LabelShape,
        schema.TrackShape,
        schema.SpanShape,
        schema.RunShape,
        schema.HeldOutShape,
        schema.ErrorShape,
        schema.PointErrorShape,
    ]
    missing = [
        f"{shape.__name__}.{field.name}"
        for shape in shapes
        for field in msgspec.structs.fields(shape)
        if f"`{field.name}`" not in text
    ]
    assert missing == []


def test_every_edit_is_documented():
    text = DOCS.read_text()
    tags = [shape.__struct_config__.tag for shape in schema.AnyEditShape.__args__]
    assert [tag for tag in tags if f"`{tag}`" not in text] == []


def test_unknown_fields_are_refused():
    for shape in (schema.VideoShape, schema.LabelShape, schema.SnapshotShape, schema.BatchShape):
        assert shape.__struct_config__.forbid_unknown_fields
