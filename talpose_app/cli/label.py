"""``talpose label``: one label, placed by numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from talpose_app.cli.command import CONTEXT, FilePath, debug_option, json_option
from talpose_app.cli.output import print_json, warn
from talpose_app.cli.projects import find_individual, frame_times, open_project

if TYPE_CHECKING:
    from talpose_app.model.edits import Edit
    from talpose_app.model.label import Label
    from talpose_app.session.session import Session


@click.command("label", context_settings=CONTEXT, short_help="Place one label.")
@click.argument("project", type=FilePath())
@click.option("--keypoint", required=True, metavar="NAME", help="The keypoint; it is added if there is none.")
@click.option("--frame", "frame_idx", required=True, type=click.IntRange(min=0), help="Frame, from 0.")
@click.option("--at", nargs=2, type=float, metavar="X Y", help="Position in pixels.")
@click.option("--occluded", is_flag=True, help="It is there, but hidden.")
@click.option("--absent", is_flag=True, help="It is not in the picture; takes no --at.")
@click.option("--individual", metavar="NAME", help="Whose keypoint; default: the first individual's.")
@json_option
@debug_option
def label_command(
    project: Path,
    keypoint: str,
    frame_idx: int,
    at: tuple[float, float] | None,
    individual: str | None,
    **flags: bool,
) -> None:
    """Place a label in PROJECT: a keypoint's position at a frame.

    x runs to the right, y down; the center of the top-left pixel is 0 0. A label that is
    there already is moved.
    """
    from talpose_app.model.label import Label, PointId, Visibility, absent_label

    occluded, absent = flags["occluded"], flags["absent"]
    if occluded and absent:
        raise click.UsageError("A label is --occluded or --absent, not both.")
    if absent == (at is not None):
        raise click.UsageError("Give --at X Y, or --absent for a point that is not in the picture.")
    with open_project(project, video="stamps") as session:
        whose = find_individual(session.project, individual).individual_id
        point = PointId(whose, _keypoint_id(session, keypoint))
        time_of = frame_times(session) if frame_idx < session.project.video.n_frames else None
        time_s = None if time_of is None else time_of(frame_idx)
        if at is None:
            label = absent_label(point, frame_idx, time_s)
        else:
            visibility = Visibility.OCCLUDED if occluded else Visibility.VISIBLE
            label = Label(point, frame_idx, at[0], at[1], visibility, time_s)
        revision = session.apply("Set label", _edit(session, keypoint, label))
        is_outside = label.has_position and not session.project.video.shows(label.x, label.y)
    if is_outside:
        warn("the label lies outside the picture; it was taken as it is.")
    if flags["as_json"]:
        print_json(
            {
                "keypoint": keypoint,
                "frame": frame_idx,
                "x": label.x,
                "y": label.y,
                "visibility": label.visibility.value,
                "revision": revision,
            }
        )
        return
    where = f"at {label.x!r}, {label.y!r}" if label.has_position else "nowhere"
    click.echo(f"Labeled {keypoint} {where} in frame {frame_idx} ({label.visibility.value}).")


def _keypoint_id(session: Session, name: str) -> int:
    """The keypoint's id, or the one it will get."""
    known = session.project.skeleton.by_name(name)
    return session.project.skeleton.next_id if known is None else known.keypoint_id


def _edit(session: Session, keypoint: str, label: Label) -> Edit:
    """The label as one step, with the keypoint if it is new."""
    from talpose_app.model.edits import Batch, ChangeLabels, ChangeSkeleton, LabelChange

    set_label = ChangeLabels((LabelChange(label.point, label.frame_idx, label),))
    skeleton = session.project.skeleton
    if skeleton.by_name(keypoint) is not None:
        return set_label
    return Batch((ChangeSkeleton(skeleton.with_keypoint(keypoint)), set_label))
