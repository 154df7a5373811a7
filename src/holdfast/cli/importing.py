"""`holdfast import`: answers recorded elsewhere, with every refused row and why."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from holdfast.cli.server import fail, start_with_database

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.core.tenancy.models import Practice
    from holdfast.sense.measures.importing.store import Counts

#: How many refused rows a person is shown; `--json` gives all of them.
SHOWN = 20


class RefusedRows:
    """Refused rows, kept on disk as JSON lines: a file of ten million bad rows fits too."""

    def __init__(self, file: TextIO) -> None:
        self.file = file

    def add(self, line: int, reason: str) -> None:
        self.file.write(json.dumps({"line": line, "reason": reason}, ensure_ascii=False) + "\n")

    def __iter__(self) -> Iterator[str]:
        self.file.seek(0)
        for line in self.file:
            yield line.rstrip("\n")


def import_command(
    file: Annotated[Path, typer.Argument(help="The file; .gz is unpacked on the fly.")],
    mapping: Annotated[
        Path | None, typer.Option(help="Which column is what (YAML); for CSV.")
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="csv, fhir or radar; guessed without it.")
    ] = None,
    practice: Annotated[
        str | None, typer.Option(help="The practice's slug; needed where there are several.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check all, write nothing.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Import answers from CSV (with a mapping), FHIR R4 or RADAR aRMT.

    Nothing is imported twice: running the same import again, also after it was cut off, goes on
    where it is needed. Imported answers are marked historical and page nobody.
    """
    if not file.is_file():
        fail(f"{file}: no such file")
    start_with_database()
    from django.db import DatabaseError

    from holdfast.sense.measures.importing.records import ImportFault
    from holdfast.sense.measures.importing.run import run_import

    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        rows = RefusedRows(spool)
        try:
            with _progress(file, quiet=json_) as progress:
                counts = run_import(
                    file,
                    mapping=mapping,
                    format_=format_,
                    practice=_practice(practice),
                    dry_run=dry_run,
                    refuse=rows.add,
                    progress=progress,
                )
        except ImportFault as fault:
            fail(str(fault))
        except DatabaseError as error:
            fail(
                f"{file}: the database gave up ({type(error).__name__}: {error}). What is stored"
                " stays; run the same command again to go on."
            )
        if json_:
            _print_json(counts, rows)
        else:
            _print_table(counts, rows, dry_run)
    if counts.read and counts.refused == counts.read:
        raise typer.Exit(2)


def _practice(slug: str | None) -> Practice:
    from holdfast.core.tenancy.models import Practice

    practices = list(Practice.objects.all() if slug is None else Practice.objects.filter(slug=slug))
    if len(practices) == 1:
        return practices[0]
    known = ", ".join(Practice.objects.values_list("slug", flat=True)) or "none: run holdfast init"
    if slug is None:
        fail(f"--practice is needed; there are: {known}")
    fail(f"--practice {slug}: there is no such practice; there are: {known}")


@contextmanager
def _progress(file: Path, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A counter of lines for people; nothing for machines or when the output is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda line: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(f"{file.name}: starting")
        yield lambda line: bar.update(task, description=f"{file.name}: line {line:,}")


def _print_json(counts: Counts, rows: RefusedRows) -> None:
    head = {"read": counts.read, "imported": counts.imported, "unchanged": counts.unchanged}
    sys.stdout.write(json.dumps(head)[:-1] + ', "refused": [')
    for number, row in enumerate(rows):
        sys.stdout.write((", " if number else "") + row)
    sys.stdout.write("]}\n")


def _print_table(counts: Counts, rows: RefusedRows, dry_run: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("Read", "Imported", "Unchanged", "Refused")
    figures = (counts.read, counts.imported, counts.unchanged, counts.refused)
    table.add_row(*(f"{number:,}" for number in figures))
    console.print(table)
    for number, row in enumerate(rows):
        if number == SHOWN:
            console.print(f"... and {counts.refused - SHOWN} more; --json lists all")
            break
        one = json.loads(row)
        console.print(f"line {one['line']}: {one['reason']}", markup=False)
    if dry_run:
        console.print("Dry run: nothing was written.")
