"""What a wheel and an sdist lack is found, and what they have too much."""

import io
import tarfile

import pytest

from scripts.look_into_wheel import missing_in_sdist, missing_in_wheel, place_in_wheel

TRACKED = ["talpose_app/web/main.js", "checkpoints/a.safetensors", "LICENSE", "docs/cli.md"]
ABOUT = {f"talpose-1.dist-info/{name}" for name in ("METADATA", "licenses/LICENSE", "licenses/NOTICE")}
WHOLE = {
    "talpose_app/web/main.js",
    "talpose_app/_bundled/checkpoints/a.safetensors",
    "talpose_app/_bundled/LICENSE",
    *ABOUT,
}


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("talpose_app/errors.py", "talpose_app/errors.py"),
        ("sample_videos/walk.mp4", "talpose_app/_bundled/sample_videos/walk.mp4"),
        ("NOTICE", "talpose_app/_bundled/NOTICE"),
        ("docs/cli.md", None),
        ("NOTICES/x", None),
    ],
)
def test_places(name, place):
    assert place_in_wheel(name) == place


def test_a_whole_wheel_is_whole():
    assert missing_in_wheel(TRACKED, WHOLE) == []


@pytest.mark.parametrize("name", sorted(WHOLE - {"talpose-1.dist-info/METADATA"}))
def test_what_is_missing_is_found(name):
    (told,) = missing_in_wheel(TRACKED, WHOLE - {name})
    assert name.rpartition("/")[2] in told


def test_a_stray_is_found():
    (told,) = missing_in_wheel(TRACKED, WHOLE | {"talpose_app/web/secret.txt"})
    assert "secret.txt" in told


def test_an_sdist_is_looked_into(tmp_path):
    path = tmp_path / "talpose-1.tar.gz"
    names = ["pyproject.toml", "README.md", "CHANGELOG.md", "CITATION.cff", "build_spec.py", *TRACKED[:2]]
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(f"talpose-1/{name}"), io.BytesIO())
    assert missing_in_sdist(TRACKED, path) == ["the sdist lacks LICENSE"]
