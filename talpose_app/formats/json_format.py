"""The full open export: everything in the project as one JSON object, labels and tracks apart.

Labels are float64 at full precision, tracks are float32 written with the fewest digits
that read back as the same float32; missing is null. ``docs/formats.md`` is the reference.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from talpose_app import __version__
from talpose_app.formats.files import replacing
from talpose_app.model.held_out import ErrorSummary, HeldOutSummary
from talpose_app.model.label import Label
from talpose_app.model.project import Project
from talpose_app.model.track import Track
from talpose_app.tracking.held_out_summary import is_stale, sentence

VERSION = 1
"""Raised when a reader of the older form would misread the newer one."""

PIXEL_CONVENTION = "x right, y down, the center of the top-left pixel is (0, 0); size as displayed"

_Plain = str | int | float | bool | None | list["_Plain"] | dict[str, "_Plain"]


class JsonExporter:
    """Labels, tracks with provenance, skeleton, individuals, video and runs."""

    name = "json"
    title = "Everything, open JSON"
    text = "Labels, tracks, confidence, skeleton and runs; can be imported again."
    extension = ".json"

    def export(self, project: Project, path: Path) -> list[str]:
        """See ``Exporter.export``."""
        with replacing(path) as stream:
            stream.writelines(_chunks(project))
        return []


def _chunks(project: Project) -> Iterator[str]:
    """Pieces of the file: one field a line, one label, track and run a line."""
    individuals = {individual.individual_id: individual.name for individual in project.individuals}
    keypoints = {keypoint.keypoint_id: keypoint.name for keypoint in project.skeleton.keypoints}
    head: dict[str, _Plain] = {
        "format": "talpose-export",
        "version": VERSION,
        "app_version": __version__,
        "pixel_convention": PIXEL_CONVENTION,
        "video": _video(project),
        "individuals": [{"id": i.individual_id, "name": i.name} for i in project.individuals],
        "keypoints": [
            {"id": k.keypoint_id, "name": k.name, "color": k.color} for k in project.skeleton.keypoints
        ],
        "edges": [[keypoints[a], keypoints[b]] for a, b in project.skeleton.edges],
        "symmetries": [[keypoints[a], keypoints[b]] for a, b in project.skeleton.symmetries],
    }
    yield "{\n"
    for key, value in head.items():
        yield f'"{key}": {_text(value)},\n'
    labels = (
        {
            "individual": individuals[x.point.individual_id],
            "keypoint": keypoints[x.point.keypoint_id],
            **_label(x),
        }
        for x in project.all_labels()
    )
    tracks = (
        {
            "individual": individuals[p.individual_id],
            "keypoint": keypoints[p.keypoint_id],
            **_track(project.tracks[p]),
        }
        for p in project.points()
        if p in project.tracks
    )
    yield from _section("labels", labels)
    yield ",\n"
    yield from _section("tracks", tracks)
    yield ",\n"
    yield from _section("runs", _runs(project))
    yield "\n}\n"


def _section(key: str, items: Iterable[dict[str, _Plain]]) -> Iterator[str]:
    yield f'"{key}": ['
    separator = "\n"
    for item in items:
        yield separator + _text(item)
        separator = ",\n"
    yield "]" if separator == "\n" else "\n]"


def _text(value: _Plain) -> str:
    return msgspec.json.encode(value).decode()


def _video(project: Project) -> dict[str, _Plain]:
    video = project.video
    return {
        "name": Path(video.path).name,
        "width": video.width,
        "height": video.height,
        "n_frames": video.n_frames,
        "fps": video.fps,
        "duration_s": video.duration_s,
        "is_variable_rate": video.is_variable_rate,
        "fingerprint": video.fingerprint,
    }


def _label(label: Label) -> dict[str, _Plain]:
    x, y = (label.x, label.y) if label.has_position else (None, None)
    return {
        "frame": label.frame_idx,
        "x": x,
        "y": y,
        "visibility": label.visibility.value,
        "time_s": label.time_s,
    }


def _track(track: Track) -> dict[str, _Plain]:
    return {
        "x": _numbers(track.positions[:, 0]),
        "y": _numbers(track.positions[:, 1]),
        "visible": [bool(seen) for seen in track.visibility],
        "confidence": _numbers(track.confidence),
        "provenance": [
            {"start": span.start, "stop": span.stop, "run": span.run_id} for span in track.provenance
        ],
    }


def _numbers(values: NDArray[np.float32]) -> list[_Plain]:
    """Numbers with the fewest digits that read back as the same float32; null where not finite.

    Args:
        values: Shape (n,), float32.
    """
    shortest = (float(str(value)) for value in values)
    return [value if math.isfinite(value) else None for value in shortest]


def _runs(project: Project) -> Iterator[dict[str, _Plain]]:
    for run in project.runs:
        yield {
            "id": run.run_id,
            "kind": run.kind.value,
            "tracker": run.tracker,
            "weights_sha256": run.weights_sha256,
            "parameters": dict(run.parameters),
            "labels_revision": run.labels_revision,
            "device": run.device,
            "started_at": run.started_at,
            "duration_s": run.duration_s,
            "losses": list(run.losses),
            "held_out": None if run.held_out is None else _held_out(project, run.held_out),
        }


def _held_out(project: Project, summary: HeldOutSummary) -> dict[str, _Plain]:
    """The errors; points that were deleted since the run have no name any more and are left out."""
    individuals = {individual.individual_id: individual.name for individual in project.individuals}
    stale = {one.point for one in summary.points if is_stale(one, project.labels.get(one.point, {}))}
    return {
        **_error(summary.overall),
        "is_stale": bool(stale),
        "sentence": sentence(summary, len(stale)),
        "points": [
            {
                "individual": individuals[point.individual_id],
                "keypoint": project.skeleton.keypoint(point.keypoint_id).name,
                **_error(error),
                "is_stale": point in stale,
            }
            for point, error, _ in summary.points
            if project.has_point(point)
        ],
    }


def _error(error: ErrorSummary) -> dict[str, _Plain]:
    return {"n": error.n, "median_px": error.median_px, "p90_px": error.p90_px}
