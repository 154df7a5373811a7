"""`holdfast audit verify`: one flipped bit in a million entries.

Entries as requests leave them (a client, an actor, a detail with identifiers), written and chained
as the worker does it, then the whole command as somebody types it: once over the intact trail, and
once after one bit of one column, in a place picked at random, was flipped behind its back. The time
is that of the process from its start, Python and Django included.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.report import Promise, Report, Row, Timing
from tools.postgres import private_server

ROOT = Path(__file__).parents[1]
ENTRIES = int(os.environ.get("HOLDFAST_BENCH_ENTRIES", "1000000"))
LIMIT_SECONDS = 30.0
ROUNDS = 3
SEED = 4
COLUMNS = ("action", "resource", "resource_id", "actor_label", "hash", "detail")


def run() -> list[Report]:
    """One report per database."""
    with _installation(None) as environment:
        reports = [_report("sqlite", environment)]
    with private_server() as url, _installation(url) as environment:
        return [*reports, _report("postgresql", environment)]


@contextmanager
def _installation(url: str | None) -> Iterator[dict[str, str]]:
    """An empty installation with `ENTRIES` chained entries of one practice."""
    folder = Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "HOLDFAST_DATA_DIR": str(folder),
        "HOLDFAST_ORIGIN": "http://127.0.0.1:8000",
        "DJANGO_SETTINGS_MODULE": "holdfast.config.settings",
    }
    environment.pop("HOLDFAST_DATABASE_URL", None)
    if url is not None:
        environment["HOLDFAST_DATABASE_URL"] = url
    try:
        _python(environment, "-m", "holdfast.cli.main", "migrate")
        yield environment
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _report(database: str, environment: dict[str, str]) -> Report:
    chained = float(
        _python(environment, "-m", "bench.audit", "fill", str(ENTRIES)).splitlines()[-1]
    )
    intact = Timing(*zip(*[_verify(environment, broken=None) for _ in range(ROUNDS)], strict=True))
    place = random.Random(SEED)
    flipped = []
    for _ in range(ROUNDS):
        seq = place.randint(ENTRIES * 9 // 10, ENTRIES)
        column = place.choice(COLUMNS)
        _python(environment, "-m", "bench.audit", "flip", str(seq), column)
        flipped.append(_verify(environment, broken=seq))
        _python(environment, "-m", "bench.audit", "flip", str(seq), column)
    found = Timing(*zip(*flipped, strict=True))
    return Report(
        name=f"audit-{database}",
        title=f"holdfast audit verify on {database}: {ENTRIES:,} entries",
        peer="none",
        rows=[
            Row("an intact trail", ENTRIES, intact),
            Row("one bit flipped in the last tenth, found and named", ENTRIES, found),
        ],
        packages=("holdfast", "django", "psycopg", "orjson"),
        promises=[
            Promise("seconds until the flipped bit is named", LIMIT_SECONDS, max(found.seconds))
        ],
        notes=[f"The worker's own code chained {ENTRIES / chained:,.0f} entries a second."],
    )


def _verify(environment: dict[str, str], *, broken: int | None) -> tuple[float, float]:
    """Wall-clock and processor seconds of the command; stops where it names the wrong entry."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "holdfast.cli.main", "audit", "verify", "--json"],
        env=environment, capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    misfits = [one["first_broken"] for one in json.loads(done.stdout) if not one["intact"]]
    assert [one["seq"] for one in misfits] == ([] if broken is None else [broken]), done.stdout
    return seconds, after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime


def _python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment, capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return done.stdout


def fill(number: int) -> None:
    """Insert entries of one practice and have them chained; prints the seconds of chaining."""
    import uuid

    from holdfast.core import bulk, clock
    from holdfast.core.audit.chaining import chain_waiting
    from holdfast.core.audit.models import AuditEvent, Detail
    from holdfast.core.ids import uuid7

    practice, now = uuid7(), clock.now()
    actors = [uuid.uuid4() for _ in range(50)]
    people = [uuid.uuid4() for _ in range(2000)]
    detail = Detail.text({"ids": [str(one) for one in people[:3]]})
    bulk.make_room()
    for begin in range(0, number, 20_000):
        rows = [
            bulk.row_of(
                AuditEvent(
                    practice_id=practice,
                    at=now,
                    actor_id=actors[seq % 50],
                    actor_label="clinician",
                    action="read",
                    resource="overview",
                    resource_id=str(people[seq % 2000]),
                    client_id=people[seq % 2000],
                )
            )
            | {"detail": detail}
            for seq in range(begin, min(number, begin + 20_000))
        ]
        bulk.insert(AuditEvent, rows)
    began = time.perf_counter()
    while chain_waiting():
        pass
    print(time.perf_counter() - began)


def flip(seq: int, column: str) -> None:
    """Flip the lowest bit of the first letter of a column; done twice, it is as it was."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM audit_auditevent WHERE seq = %s", [seq])
        (text,) = cursor.fetchone()
        changed = chr(ord(text[0]) ^ 1) + text[1:]
        cursor.execute(f"UPDATE audit_auditevent SET {column} = %s WHERE seq = %s", [changed, seq])


if __name__ == "__main__":
    import django

    django.setup()
    fill(int(sys.argv[2])) if sys.argv[1] == "fill" else flip(int(sys.argv[2]), sys.argv[3])
