"""Import of large files: rows per second, and memory that stays flat.

    python -m bench import_memory                             20,000 and 100,000 rows
    HOLDFAST_BENCH_ROWS=10000000 python -m bench import_memory    20,000 and ten million

Each size runs in a process of its own, into an empty SQLite installation: a table of PHQ-9 answers,
forty rows a person, one in forty with a positive item 9.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import run as run_process

from bench.report import Promise, Report, Row, Timing

SIZES = (20_000, 100_000)
ROWS_EACH = 40
#: How much more memory the largest file may take than the smallest, in MiB.
GROWTH_MIB = 64
ITEMS = ", ".join(f"phq9_{number}: q{number}" for number in range(1, 10))
MAPPING = f"""\
name: bench
time_zone: Europe/Berlin
person: {{column: id}}
time: {{column: when}}
responses:
  - instrument: phq-9
    items: {{{ITEMS}}}
"""


def lines(rows: int) -> Iterator[str]:
    yield "id,when," + ",".join(f"q{number}" for number in range(1, 10)) + "\n"
    for number in range(rows):
        day = number % ROWS_EACH
        codes = [(number * 7 + place * 3) % 4 for place in range(8)]
        last = 1 if day == ROWS_EACH - 1 else 0
        when = f"2020-{1 + day // 20:02}-{1 + day % 20:02}T09:00:00"
        yield f"p{number // ROWS_EACH},{when},{','.join(map(str, codes))},{last}\n"


def _measure(rows: int) -> tuple[float, float]:
    """Seconds and peak MiB of one import, in a child process."""
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        table = Path(folder) / "answers.csv"
        with table.open("w", encoding="utf-8") as file:
            file.writelines(lines(rows))
        (Path(folder) / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HOLDFAST_")}
        environment["HOLDFAST_DATA_DIR"] = folder
        command = [sys.executable, "-m", "bench.import_memory", folder, str(rows)]
        done = run_process(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        seconds, peak = done.stdout.split()[-2:]
        return float(seconds), float(peak)


def child(folder: Path, rows: int) -> None:
    """Import the table of this folder; print seconds and peak MiB."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "holdfast.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from holdfast.core import clock
    from holdfast.core.tenancy.models import Practice
    from holdfast.sense.measures.importing.run import run_import

    practice = Practice.objects.create(name="Bench", slug="bench", created_at=clock.now())
    began = time.perf_counter()
    counts = run_import(
        folder / "answers.csv",
        mapping=folder / "mapping.yaml",
        format_="csv",
        practice=practice,
        dry_run=False,
        refuse=lambda line, reason: None,
        progress=lambda line: None,
    )
    seconds = time.perf_counter() - began
    if counts.imported != rows:
        raise RuntimeError(f"{counts} of {rows} rows")
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def run() -> list[Report]:
    """One table: a row for each size."""
    asked = os.environ.get("HOLDFAST_BENCH_ROWS")
    sizes = (SIZES[0], int(asked)) if asked else SIZES
    measured = {size: _measure(size) for size in sizes}
    peaks = {size: peak for size, (_, peak) in measured.items()}
    notes = [
        f"{size:,} rows: {size / seconds:,.0f} rows a second, peak {peak:.0f} MiB"
        for size, (seconds, peak) in measured.items()
    ]
    growth = max(peaks.values()) - peaks[sizes[0]]
    return [
        Report(
            name="import_memory",
            title="holdfast import: rows of PHQ-9 into SQLite",
            peer="none",
            rows=[Row("import", size, Timing((taken,))) for size, (taken, _) in measured.items()],
            packages=("django", "numpy"),
            promises=[
                Promise(
                    f"memory is flat: {max(sizes):,} rows take at most {GROWTH_MIB} MiB more"
                    f" than {sizes[0]:,}",
                    GROWTH_MIB,
                    growth,
                )
            ],
            notes=notes,
        )
    ]


if __name__ == "__main__":
    child(Path(sys.argv[1]), int(sys.argv[2]))
