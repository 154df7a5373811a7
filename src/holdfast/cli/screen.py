"""`holdfast screen`: texts in, what they say for urgency out, one JSON object a line."""

from __future__ import annotations

import json
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
    from holdfast.cli.screen_lines import LineError, screen_lines
    from holdfast.safety.engine.screen import Unscreened

    refused = 0
    try:
        for number, result in screen_lines(sys.stdin.buffer):
            if isinstance(result, LineError):
                refused += 1
                where = {"file": "<stdin>", "line": number, "reason": str(result)}
                shown = json.dumps(where) if json_errors else f"<stdin>:{number}: {result}"
                typer.echo(shown, err=True)
            else:
                sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
                sys.stdout.flush()
    except Unscreened as error:
        typer.echo(f"Nothing was screened: {error}", err=True)
        raise typer.Exit(2) from error
    if refused:
        raise typer.Exit(2)
