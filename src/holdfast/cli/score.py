"""`holdfast score`: answers in, scores out, one JSON object a line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from holdfast.sense.measures.engine.catalogue import UnknownInstrument


def score_command(
    instrument: Annotated[
        str, typer.Argument(help="Which questionnaire, for example phq-9; see --help for the input")
    ],
    version: Annotated[
        str | None, typer.Option("--version", help="A version of it; by default the latest")
    ] = None,
    json_errors: Annotated[
        bool, typer.Option("--json", help="Report refused lines as JSON objects on stderr")
    ] = False,
) -> None:
    """Score answers: reads JSON lines on standard input, writes JSON lines.

    Input: {"id": "...", "answers": {item: code or null}}, and "sex": "female" or "male" where an
    instrument has an item for some only. An item may be named by its id, LOINC code or position.
    A line that cannot be scored is reported on standard error and left out; the exit status is
    then 2.
    """
    # Not at the top: every command's start would pay for it.
    from holdfast.cli.json_lines import print_answers
    from holdfast.cli.score_lines import score_lines
    from holdfast.sense.measures.engine.catalogue import UnknownInstrument, builtin

    try:
        pack = builtin().get(instrument, version)
    except UnknownInstrument as error:
        typer.echo(_unknown(error), err=True)
        raise typer.Exit(2) from error
    print_answers(score_lines(pack, sys.stdin.buffer), json_errors=json_errors)


def _unknown(error: UnknownInstrument) -> str:
    lines = [f"No instrument {error.wanted!r}. There are:"]
    for name, versions, languages in error.known:
        lines.append(f"  {name:8} {', '.join(versions):8} {', '.join(languages)}")
    return "\n".join(lines)
