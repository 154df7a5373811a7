"""Import: rows per second, beside `csv` and `bulk_create` into the same tables.

    python -m bench import_rows                              10,000 rows, five turns
    HOLDFAST_BENCH_ROWS=100000 python -m bench import_rows

Ours finds each person by their identifier, checks every answer against the questionnaire, scores,
finds again what was imported before and keeps each person's standing; the peer does none of it.
Every run is a process of its own into an empty database.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.import_memory import MAPPING, lines
from bench.practice.served import ROOT
from bench.report import Report, Row, Timing
from tools.postgres import private_server

ROWS = int(os.environ.get("HOLDFAST_BENCH_ROWS", "10000"))
TURNS = int(os.environ.get("HOLDFAST_BENCH_TURNS", "5"))


def run() -> list[Report]:
    """One report per database."""
    return [report("sqlite"), report("postgresql")]


def report(database: str) -> Report:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="holdfast-bench-")))
        with (folder / "answers.csv").open("w", encoding="utf-8") as file:
            file.writelines(lines(ROWS))
        (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
        ours, peer = [], []
        for _ in range(TURNS):
            ours.append(once("ours", folder, database))
            peer.append(once("peer", folder, database))
    timings = [Timing(*zip(*found, strict=True)) for found in (ours, peer)]
    rates = [ROWS / timing.median for timing in timings]
    return Report(
        name=f"import_rows-{database}",
        title=f"Import of {ROWS:,} rows of PHQ-9 into {database}",
        peer="csv + bulk_create",
        rows=[Row("import a CSV file", ROWS, timings[0], timings[1])],
        packages=("holdfast", "django", "psycopg"),
        notes=[
            f"Rows per second: {rates[0]:,.0f} of ours, {rates[1]:,.0f} of the peer's:"
            f" {rates[0] / rates[1]:.2f} of it."
        ],
    )


def once(who: str, folder: Path, database: str) -> tuple[float, float]:
    """Seconds, and processor seconds, of one import into an empty database."""
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="holdfast-bench-"))
        mine = {"HOLDFAST_DATA_DIR": data, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        if database == "postgresql":
            mine["HOLDFAST_DATABASE_URL"] = stack.enter_context(private_server())
        others = {name: one for name, one in os.environ.items() if not name.startswith("HOLDFAST_")}
        command = [sys.executable, "-m", "bench.import_rows", who, str(folder)]
        done = subprocess.run(
            command, env=others | mine, cwd=ROOT, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    seconds, processor = done.stdout.split()[-2:]
    return float(seconds), float(processor)


def _ours(folder: Path, practice: Any) -> int:
    from holdfast.sense.measures.importing.run import run_import

    counts = run_import(
        folder / "answers.csv",
        mapping=folder / "mapping.yaml",
        format_="csv",
        practice=practice,
        dry_run=False,
        refuse=lambda line, reason: None,
        progress=lambda line: None,
    )
    return counts.imported


def _peer(folder: Path, practice: Any) -> int:
    from bench.peers.import_csv import import_csv

    return import_csv(folder / "answers.csv", practice)


def child(who: str, folder: Path) -> None:
    """Import; print seconds and processor seconds."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "holdfast.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from holdfast.core import clock
    from holdfast.core.tenancy.models import Practice
    from holdfast.sense.measures.models import Response, Score

    practice = Practice.objects.create(name="Bench", slug="bench", created_at=clock.now())
    way: Callable[[Path, Any], int] = {"ours": _ours, "peer": _peer}[who]
    began, used = time.perf_counter(), time.process_time()
    count = way(folder, practice)
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    stored = Response.objects.count(), Score.objects.count()
    if not count == stored[0] == stored[1]:
        raise RuntimeError(f"{count} rows read, {stored} stored")
    print(seconds, processor)


if __name__ == "__main__":
    child(sys.argv[1], Path(sys.argv[2]))
