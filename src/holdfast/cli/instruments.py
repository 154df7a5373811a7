"""`holdfast instruments lint`: finds what silently ruins data in questionnaire definitions."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from holdfast.sense.measures.engine.lint import Finding

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
    # Not at the top: every command's start would pay for it.
    from holdfast.sense.measures.engine.lint import LintError, examine

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
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not findings:
        console.print("No faults found.")
        return
    for file in dict.fromkeys(f.file for f in findings):
        table = Table(title=_safe(file), title_justify="left", title_style="bold", box=SIMPLE)
        for column in ("rule", "language"):
            table.add_column(column, no_wrap=True)
        table.add_column("item", max_width=24)
        table.add_column("what")
        alike: dict[tuple[str, str, str], list[str]] = {}
        for f in findings:
            if f.file == file:
                alike.setdefault((f.rule, f.language or "", f.message), []).append(f.item or "")
        for (rule, language, message), items in alike.items():
            table.add_row(rule, _safe(language), _safe(", ".join(items)), _safe(message))
        console.print(table)
    counts = Counter(f.rule for f in findings)
    summary = ", ".join(f"{rule} {count}" for rule, count in sorted(counts.items()))
    console.print(f"{len(findings)} findings: {summary}")


def _safe(text: str) -> str:
    """Neither control characters of a damaged text nor markup may reach the terminal."""
    from rich.markup import escape

    return escape("".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text))
