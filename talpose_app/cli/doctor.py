"""``talpose doctor``: what works on this machine, what does not, and what to do about it."""

from __future__ import annotations

import click

from talpose_app.cli.command import CONTEXT, debug_option, json_option
from talpose_app.cli.output import print_json
from talpose_app.formats.wording import counted

_MARKS = {"ok": "ok", "warning": "note", "problem": "PROBLEM"}


@click.command("doctor", context_settings=CONTEXT, short_help="Look at the installation, say what to do.")
@json_option
@debug_option
@click.pass_context
def doctor_command(ctx: click.Context, *, as_json: bool) -> None:
    """Look at versions, devices, display, codecs, trackers and folders.

    Each problem is told with what to do about it. The exit code is 1 if there is one.
    """
    from talpose_app.cli.diagnosis import examine

    findings = examine()
    n_problems = sum(finding.state == "problem" for finding in findings)
    if as_json:
        listed = [{"topic": f.topic, "state": f.state, "text": f.text, "hint": f.hint} for f in findings]
        print_json({"problems": n_problems, "findings": listed})
    else:
        width = max(len(finding.topic) for finding in findings)
        for finding in findings:
            click.echo(f"{finding.topic.ljust(width)}  {_MARKS[finding.state].ljust(7)}  {finding.text}")
            if finding.hint:
                click.echo(f"{' ' * (width + 11)}{finding.hint}")
        click.echo(f"\n{counted(n_problems, 'problem')}." if n_problems else "\nEverything needed is there.")
    ctx.exit(1 if n_problems else 0)
