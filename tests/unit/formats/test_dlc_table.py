import pytest

from talpose_app.errors import FormatError
from talpose_app.formats.dlc_table import (
    DlcPoint,
    header_rows,
    read_number,
    read_table,
)


def table(tmp_path, text):
    path = tmp_path / "CollectedData_Ada.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(path)


def test_the_header_of_one_animal_has_three_rows():
    points = [DlcPoint(None, "nose"), DlcPoint(None, "tail")]
    assert header_rows(points, ("x", "y"), 3) == [
        ["scorer", "", "", "TALPose", "TALPose", "TALPose", "TALPose"],
        ["bodyparts", "", "", "nose", "nose", "tail", "tail"],
        ["coords", "", "", "x", "y", "x", "y"],
    ]


def test_the_header_of_several_animals_has_four():
    assert header_rows([DlcPoint("m1", "nose")], ("x", "y", "likelihood"), 1)[1:3] == [
        ["individuals", "m1", "m1", "m1"],
        ["bodyparts", "nose", "nose", "nose"],
    ]


@pytest.mark.parametrize(
    ("cell", "number"),
    [("", None), (" ", None), ("NaN", None), ("nan", None), ("NA", None), ("217.67", 217.67), ("-.5", -0.5),
     ("3", 3.0), ("5.", 5.0), (" 1e-3", 0.001)],
)  # fmt: skip
def test_numbers_are_read_as_written(cell, number):
    assert read_number(cell) == number


@pytest.mark.parametrize("cell", ["inf", "1_000", "1,5", "x", "0x1p3", "\u0661", "--1"])
def test_what_is_no_number_is_refused(cell):
    with pytest.raises(ValueError, match="no number"):
        read_number(cell)


THREE = "scorer,,,Ada,Ada\nbodyparts,,,nose,nose\ncoords,,,x,y\nlabeled-data,fox,img02.png,1.5,2\n"
ONE = "scorer,Ada,Ada\nbodyparts,nose,nose\ncoords,x,y\nlabeled-data/fox/img02.png,1.5,2\n"


@pytest.mark.parametrize(
    "text",
    [
        THREE,
        ONE,
        ONE.replace("/", "\\"),
        ONE.replace("\n", "\r\n"),
        b"\xef\xbb\xbf" + ONE.encode(),
        ONE + "\n\n",
    ],
    ids=["three columns", "one", "Windows' paths", "Windows' line ends", "byte order mark", "blank lines"],
)
def test_both_forms_of_the_index_are_read(tmp_path, text):
    read = table(tmp_path, text)
    assert read.columns == [(DlcPoint(None, "nose"), "x"), (DlcPoint(None, "nose"), "y")]
    assert [(row.line, row.place, row.cells) for row in read.rows] == [
        (4, "labeled-data/fox/img02.png", ["1.5", "2"])
    ]


def test_individuals_are_read(tmp_path):
    text = THREE.replace("bodyparts", "individuals,,,m1,m1\nbodyparts")
    assert table(tmp_path, text).columns[0] == (DlcPoint("m1", "nose"), "x")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a DeepLabCut table"),
        ("frame,x,y\n1,2,3\n", "not a DeepLabCut table"),
        ("scorer,Ada\ncoords,x\nbodyparts,nose\n", "not a DeepLabCut table"),
        (ONE + "labeled-data/fox/img03.png,1.5\n", "line 5: 2 cells"),
        (ONE.replace("bodyparts,nose,nose", "bodyparts,nose"), "line 2: 2 cells"),
        (b"scorer,\xb1\n", "not a CSV file"),
        ('scorer,"Ada', "not a CSV file"),
    ],
)
def test_what_is_no_such_table_is_refused_in_words(tmp_path, text, says):
    with pytest.raises(FormatError, match=says):
        table(tmp_path, text)


def test_a_missing_file_is_an_error_in_words(tmp_path):
    with pytest.raises(FormatError, match="cannot be read"):
        read_table(tmp_path / "no.csv")
