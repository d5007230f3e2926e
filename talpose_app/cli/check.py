"""``talpose check``: is every frame of a video where its number says?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from talpose_app.cli.command import CONTEXT, FilePath, debug_option, existing_file, json_option
from talpose_app.cli.output import Plain, Progress, print_json
from talpose_app.formats.wording import counted

if TYPE_CHECKING:
    from talpose_app.video.check import CheckReport


@click.command("check", context_settings=CONTEXT, short_help="Check that every frame is where it should be.")
@click.argument("video", type=FilePath())
@click.option("--samples", type=click.IntRange(min=1), default=64, metavar="N", help="Frames to compare.")
@json_option
@debug_option
@click.pass_context
def check_command(ctx: click.Context, video: Path, samples: int, *, as_json: bool) -> None:
    """Compare frames of VIDEO found by number with those a decode from the start shows.

    The exit code is 1 if a frame differs or cannot be read.
    """
    from talpose_app.video.check import check_video

    existing_file(video, "video")
    with Progress("Checking", enabled=not as_json) as progress:
        report = check_video(video, samples, lambda share: progress.show(round(100 * share), 100))
    if as_json:
        print_json(cast("Plain", report.to_dict()))
    else:
        click.echo(_as_text(report))
    ctx.exit(0 if report.is_ok else 1)


def _as_text(report: CheckReport) -> str:
    rate = "variable rate, " if report.is_variable_rate else ""
    traits = {
        "B-frames": report.has_b_frames,
        "an edit list": report.has_edit_list,
        "a rotated picture": report.is_rotated,
    }
    found = [trait for trait, is_there in traits.items() if is_there]
    lines = [
        f"{Path(report.path).name}: {report.width}x{report.height}, {report.codec} ({report.pix_fmt}), "
        f"{rate}{report.fps:.6g} fps, {report.duration_s:.2f} s",
        f"{counted(report.n_frames, 'frame')} by index, {report.n_frames_decoded} by decoding all, "
        f"{report.n_frames_header or 'none'} by the header",
        f"At most {counted(report.longest_gop, 'frame')} to decode for one"
        + (f"; the file has {', '.join(found)}" if found else ""),
        *report.warnings,
        f"{report.n_sampled} frames compared in {report.seconds:.1f} s: "
        + ("every one is where its number says." if report.is_ok else "NOT all are where their number says."),
    ]
    return "\n".join(lines)
