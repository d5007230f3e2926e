"""``talpose evaluate``: how good the tracks are, where somebody knows the truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from talpose_app.cli.command import CONTEXT, FilePath, debug_option, json_option
from talpose_app.cli.output import Plain, print_json, rounded, table, warn
from talpose_app.cli.projects import find_individual, open_project
from talpose_app.formats.wording import counted

if TYPE_CHECKING:
    from talpose_app.cli.evaluation import Evaluation
    from talpose_app.tracking.scoring import Score


@click.command("evaluate", context_settings=CONTEXT, short_help="Score tracks against a truth file.")
@click.argument("project", type=FilePath())
@click.option("--truth", required=True, type=FilePath(), metavar="LABELS.json", help="Truth file.")
@click.option("--individual", metavar="NAME", help="Whose tracks; default: the first individual's.")
@json_option
@debug_option
def evaluate_command(project: Path, truth: Path, individual: str | None, *, as_json: bool) -> None:
    """Score the tracks of PROJECT against a truth file.

    delta_avg: positions scaled to 256 x 256, the share of visible points closer than d,
    averaged over d = 1, 2, 4, 8, 16. Median, mean and PCK are in pixels of the video. A
    point is not scored at frames where it is labeled.
    """
    from talpose_app.cli.evaluation import evaluate
    from talpose_app.formats.talpose_labels import read_truth

    with open_project(project, read_only=True) as session:
        content = read_truth(truth, session.project)
        whose = find_individual(session.project, individual).individual_id
        result = evaluate(session.project, content, whose)
    if result.untracked:
        left_out = ", ".join(result.untracked)
        warn(f"{counted(len(result.untracked), 'keypoint')} without a track left out: {left_out}.")
    if as_json:
        print_json(_as_json(result))
    else:
        click.echo(_as_text(result))


def score_fields(score: Score) -> dict[str, Plain]:
    """A score as JSON fields; null where there is no number."""
    from talpose_app.tracking.scoring import PCK_THRESHOLDS

    return {
        "delta_avg": rounded(score.delta_avg, 6),
        "median_px": rounded(score.median_px),
        "mean_px": rounded(score.mean_px),
        "pck": {f"{d:g}": rounded(share, 6) for d, share in zip(PCK_THRESHOLDS, score.pck, strict=True)},
        "n": score.n,
        "n_missing": score.n_missing,
    }


def _as_json(result: Evaluation) -> Plain:
    by_keypoint: dict[str, Plain] = {name: score_fields(score) for name, score in result.by_keypoint.items()}
    return {**score_fields(result.total), "keypoints": by_keypoint, "untracked": list(result.untracked)}


def _as_text(result: Evaluation) -> str:
    from talpose_app.tracking.scoring import PCK_THRESHOLDS

    head = ["keypoint", "delta_avg", "median px", *(f"< {d:g} px" for d in PCK_THRESHOLDS), "n"]
    rows = [_row(name, score) for name, score in result.by_keypoint.items() if score.n]
    return table(head, [*rows, _row("all", result.total)])


def _row(name: str, score: Score) -> list[str]:
    shares = [_cell(share, ".1%") for share in score.pck]
    return [name, _cell(score.delta_avg, ".3f"), _cell(score.median_px, ".2f"), *shares, str(score.n)]


def _cell(value: float, form: str) -> str:
    from math import isnan

    return "-" if isnan(value) else format(value, form)
