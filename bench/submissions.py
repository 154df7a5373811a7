"""Check-ins per second on one web process, beside the least that django-ninja does with them.

A hundred people hand in PHQ-9 over HTTP, from a few connections at once, in turns with the peer
(`bench/peers/submission_ninja.py`: the same session, CSRF, middleware and database, one row). Ours
finds the person within the practice, authorises, keeps, scores, screens, compares with what they
said before and writes the audit trail.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.practice.served import ROOT, Answer, Session, server
from bench.report import Promise, Report, Row, Timing
from tests.load.check_in import unworried
from tools.postgres import private_server

PEOPLE = 100
#: At once, on one web process that answers four at a time.
CONNECTIONS = 4
#: Requests of one turn, and turns: a turn of ours, then one of the peer's.
BATCH = 200
TURNS = int(os.environ.get("HOLDFAST_BENCH_TURNS", "9"))
LEAST_SHARE = 0.5


@dataclass(frozen=True)
class Turn:
    """One batch: seconds until all were answered, and each answer."""

    seconds: float
    answers: list[Answer]

    @property
    def processor(self) -> float:
        return sum(one.processor for one in self.answers)


def run() -> list[Report]:
    """One report per database."""
    with prepared(None) as practice:
        reports = [report("sqlite", practice)]
    with private_server() as url, prepared(url) as practice:
        return [*reports, report("postgresql", practice)]


@dataclass(frozen=True)
class Practice:
    port: int
    practice: str
    people: list[dict[str, str]]


@contextmanager
def prepared(database_url: str | None) -> Iterator[Practice]:
    """A web process over people with sessions, on `database_url` or on SQLite without one."""
    folder = Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HOLDFAST_DATA_DIR": str(folder),
        "HOLDFAST_ORIGIN": "http://127.0.0.1:8000",
        "DJANGO_SETTINGS_MODULE": "bench.practice.settings",
    }
    environment.pop("HOLDFAST_DATABASE_URL", None)
    if database_url is not None:
        environment["HOLDFAST_DATABASE_URL"] = database_url
    try:
        about = _output("tests.load.people", str(PEOPLE), environment)
        _output("bench.submissions", "table", environment)
        with server(environment) as port:
            yield Practice(port, about["practice"], about["people"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _output(module: str, argument: str, environment: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", module, argument]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def report(database: str, practice: Practice) -> Report:
    ours, peer = turns(practice)
    timings = [
        Timing(
            tuple(turn.seconds / BATCH for turn in some),
            tuple(turn.processor / BATCH for turn in some),
        )
        for some in (ours, peer)
    ]
    rates = [1 / timing.median for timing in timings]
    share = rates[0] / rates[1]
    statements = [max(one.statements for one in some[-1].answers) for some in (ours, peer)]
    used = [statistics.median(timing.processor) for timing in timings]
    return Report(
        name=f"submissions-{database}",
        title=f"Check-ins handed in on {database}: one web process, {CONNECTIONS} connections",
        peer="django-ninja, one row",
        rows=[
            Row(
                "submit PHQ-9, seconds each",
                BATCH * TURNS,
                timings[0],
                timings[1],
                *statements,
            )
        ],
        packages=("holdfast", "django", "django-ninja", "granian", "psycopg"),
        promises=[
            Promise(
                f"the peer does at most {1 / LEAST_SHARE:g} in the time of one",
                1 / LEAST_SHARE,
                1 / share,
            )
        ],
        notes=[
            f"Per second: {rates[0]:.0f} of ours, {rates[1]:.0f} of the peer's: {share:.2f} of it."
            f" By the web process's own time: {used[1] / used[0]:.2f} of it.",
        ],
    )


def turns(practice: Practice) -> tuple[list[Turn], list[Turn]]:
    """Ours and the peer's batches, in turns; the first of each is not counted."""
    sessions = {
        one["client"]: [Session(practice.port, one["session"]) for _ in range(2)]
        for one in practice.people
    }
    paths = {
        client: f"/api/v1/practices/{practice.practice}/clients/{client}/responses"
        for client in sessions
    }
    ours: list[Turn] = []
    peer: list[Turn] = []
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for _ in range(TURNS + 1):
            ours.append(batch(pool, sessions, 0, lambda client: paths[client]))
            peer.append(batch(pool, sessions, 1, lambda client: "/bare/answers"))
    return ours[1:], peer[1:]


def batch(
    pool: ThreadPoolExecutor,
    sessions: dict[str, list[Session]],
    which: int,
    path: Callable[[str], str],
) -> Turn:
    """Every person's check-ins in order, people spread over the connections."""
    people = list(sessions)
    each = BATCH // len(people)

    def one(client: str) -> list[Answer]:
        session = sessions[client][which]
        return [session.post(path(client), unworried(datetime.now(UTC))) for _ in range(each)]

    began = time.perf_counter()
    found = list(pool.map(one, people))
    return Turn(time.perf_counter() - began, [answer for some in found for answer in some])


def make_table() -> None:
    import django

    django.setup()
    from bench.peers import submission_ninja

    submission_ninja.make_table()
    print("{}")


if __name__ == "__main__":
    make_table()
