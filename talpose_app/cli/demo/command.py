"""``talpose demo``: the main job on the sample, without a display."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from talpose_app.cli.command import CONTEXT, FilePath, debug_option, json_option
from talpose_app.cli.evaluate import score_fields
from talpose_app.cli.output import Plain, print_json, rounded, table

if TYPE_CHECKING:
    from talpose_app.cli.demo.job import DemoResult


@click.command("demo", context_settings=CONTEXT, short_help="Do the whole job on the sample.")
@click.option("-o", "--output", type=FilePath(), default="demo", metavar="DIR", show_default=True)
@json_option
@debug_option
def demo_command(output: Path, *, as_json: bool) -> None:
    """Label, track, refine and score the sample; write videos, pictures and exports into DIR.

    Needs no display. An earlier demo in DIR stays.
    """
    from talpose_app.cli.demo.job import run_demo

    def tell(line: str) -> None:
        click.echo(line, err=as_json)

    result = run_demo(output, tell, quiet=as_json)
    if as_json:
        print_json(_as_json(result))
    else:
        click.echo(_as_text(result))


def _as_json(result: DemoResult) -> Plain:
    scores: dict[str, Plain] = {key: score_fields(method.score) for key, method in result.methods.items()}
    files = result.files
    return {
        "labels": result.n_labels,
        "label_frames": list(result.label_frames),
        "tracker": result.track.tracker,
        "device": result.track.device,
        "track_seconds": rounded(result.track.seconds, 3),
        "refine_seconds": rounded(result.refine.seconds, 3),
        "losses": list(result.refine.losses),
        "scores": scores,
        "files": {
            "project": str(files.project),
            "overlay": str(files.overlay),
            "picture": str(files.picture),
            "json": str(files.json),
            "csv": str(files.csv),
        },
    }


def _as_text(result: DemoResult) -> str:
    rows = [
        [method.title, f"{method.score.delta_avg:.3f}", f"{method.score.median_px:.2f}"]
        for method in result.methods.values()
    ]
    files = result.files
    return "\n".join(
        [
            "",
            table(["against the truth", "delta_avg", "median px"], rows),
            "",
            f"before and after  {files.picture}",
            f"overlay video     {files.overlay}",
            f"exports           {files.json}, {files.csv}",
            f"project           {files.project}",
            f"                  open it: talpose {files.project}",
        ]
    )
