"""`holdfast screen`: texts in, what they say for urgency out, one JSON object a line."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def screen_command(
    json_errors: Annotated[
        bool, typer.Option("--json", help="Report refused lines as JSON objects on stderr")
    ] = False,
) -> None:
    """Screen texts: reads JSON lines on standard input, writes JSON lines, each as it is read.

    Input: {"id": ..., "text": "..."}, and where known "lang" and "history" (the person's own
    earlier turns, oldest first). A line that cannot be screened is reported on standard error and
    left out; the exit status is then 2. Nothing of a text is written anywhere.
    """
    # Not at the top: every command's start would pay for it.
    from holdfast.cli.json_lines import print_answers
    from holdfast.cli.screen_lines import screen_lines
    from holdfast.safety.engine.screen import Unscreened

    try:
        print_answers(screen_lines(sys.stdin.buffer), json_errors=json_errors)
    except Unscreened as error:
        typer.echo(f"Nothing was screened: {error}", err=True)
        raise typer.Exit(2) from error
