"""Labels through the command line: whatever goes in comes out, bit for bit."""

import csv
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

#: In the small clip's picture and around it, as far as a label may lie.
coordinates = st.floats(-1200, 1300, allow_nan=False)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    points=st.dictionaries(st.integers(0, 23), st.tuples(coordinates, coordinates, st.booleans()), min_size=1)
)
def test_truth_to_project_to_csv_and_back(points, talpose, small_clip, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trip")
    project, truth, table = folder / "p.talpose.json", folder / "truth.json", folder / "out.csv"
    frames = {str(i): {"left": [x, y, int(seen)]} for i, (x, y, seen) in points.items()}
    truth.write_text(json.dumps({"width": 160, "height": 120, "keypoints": ["left"], "frames": frames}))
    talpose("new", small_clip, "-o", project).done()
    talpose("import", truth, "--format", "talpose-labels", "--project", project).done()
    talpose("track", project).done()
    talpose("refine", project, "--steps", 2).done()
    talpose("export", project, "--format", "csv", "-o", table).done()
    with table.open(newline="") as stream:
        rows = {int(row["frame"]): row for row in csv.DictReader(stream) if row["source"] == "label"}
    assert set(rows) == set(points)
    for frame_idx, (x, y, seen) in points.items():
        row = rows[frame_idx]
        assert (float(row["x"]).hex(), float(row["y"]).hex()) == (x.hex(), y.hex())
        assert row["visibility"] == ("visible" if seen else "occluded")
        assert row["confidence"] == "1"
    back = folder / "back.labels.json"
    talpose("export", project, "--format", "talpose-labels", "-o", back).done()
    assert json.loads(back.read_text())["frames"] == {str(i): frames[str(i)] for i in sorted(points)}
