"""`holdfast instruments lint`: finds what silently ruins data in questionnaire definitions."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from holdfast.sense.measures.engine.lint import Finding, LintError, examine

instruments_app = typer.Typer(no_args_is_help=True, help="Work with questionnaire definitions.")


@instruments_app.callback()
def instruments() -> None:
    """Work with questionnaire definitions."""


@instruments_app.command("lint")
def lint_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of definitions.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="A JSON list instead of a table.")
    ] = False,
) -> None:
    """Find faults in instrument packs, FHIR Questionnaires, RADAR aRMT and ReproSchema files.

    Ends with 1 when there is any finding, 0 when there is none, 2 when nothing could be read.
    """
    try:
        report = examine(folder)
    except (LintError, OSError) as fault:
        typer.echo(f"holdfast instruments lint: {fault}", err=True)
        raise typer.Exit(2) from fault
    findings = list(report.findings)
    for name, reason in report.unreadable:
        typer.echo(f"passed over, not readable: {name}: {reason}", err=True)
    if as_json:
        typer.echo(json.dumps([f.as_json() for f in findings], ensure_ascii=False, indent=1))
    else:
        _print(findings)
    raise typer.Exit(1 if findings else 0)


def _print(findings: list[Finding]) -> None:
    console = Console()
    if not findings:
        console.print("No faults found.")
        return
    for file in dict.fromkeys(f.file for f in findings):
        table = Table(title=escape(file), title_justify="left", title_style="bold", expand=True)
        for column, ratio in (("rule", 3), ("item", 2), ("language", 1), ("what", 9)):
            table.add_column(column, ratio=ratio, overflow="fold")
        for finding in findings:
            if finding.file == file:
                cells = (finding.rule, finding.item or "", finding.language or "", finding.message)
                table.add_row(*(escape(_visible(cell)) for cell in cells))
        console.print(table)
    counts = Counter(f.rule for f in findings)
    summary = ", ".join(f"{rule} {count}" for rule, count in sorted(counts.items()))
    console.print(f"{len(findings)} findings: {summary}")


def _visible(text: str) -> str:
    """Control characters of a damaged text must not reach the terminal."""
    return "".join(c if c.isprintable() or c == " " else f"\\x{ord(c):02x}" for c in text)
