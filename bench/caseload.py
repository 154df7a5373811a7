"""The caseload, the person's page and receiving an answer, over HTTP, on both databases.

A practice of 10,000 people with 1,000,000 responses beside one a tenth of that: for somebody who
answers for everybody, and for a clinician with 60 people. The peer is what is commonly written
with Django (`bench/peers/caseload_django.py`), on the same database behind the same server.
"""

from __future__ import annotations

import itertools
import statistics
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from bench.practice.rows import NOW
from bench.practice.served import Answer, Served, Session, served, timing
from bench.report import Promise, Report, Row
from tools.postgres import private_server

LARGE, SMALL = 10_000, 1_000
SORTS = ("attention", "name", "last_met", "last_answer")
FILTERS = ("flags", "deteriorated", "silent", "unreachable", "delivery")
REQUESTS = 54
#: The peer takes hundreds of statements a request: fewer of them do for a median.
PEER_REQUESTS = 5
#: One page of the caseload, however many people and whatever order or filter.
MOST_STATEMENTS = 16
SHARED = ("client_id", "display_name", "open_flags", "last_response_at", "missed_deliveries")


def run() -> list[Report]:
    """One report per database."""
    return [on_sqlite(), on_postgresql()]


def on_sqlite() -> Report:
    with served(SMALL, None) as small:
        before = growth_figures(small)
    with served(LARGE, None) as large:
        return report("sqlite", large, before)


def on_postgresql() -> Report:
    with ExitStack() as stack:
        with private_server() as url, served(SMALL, url) as small:
            before = growth_figures(small)
        url = stack.enter_context(private_server())
        return report("postgresql", stack.enter_context(served(LARGE, url)), before)


@dataclass(frozen=True)
class Task:
    """One kind of request, and how the peer is asked the same where it can be."""

    name: str
    ours: Callable[[], Answer]
    peer: Callable[[], Answer] | None = None


def report(database: str, practice: Served, before: dict[str, float]) -> Report:
    rows = [
        measure(task, practice.about["people"])
        for who, people in (("some", 60), ("all", LARGE))
        for task in caseload_tasks(practice, who, people)
    ]
    rows += [measure(task, practice.about["responses"]) for task in person_tasks(practice)]
    after = growth_figures(practice)
    return Report(
        name=f"caseload-{database}",
        title=f"Caseload over HTTP on {database}: {practice.about['people']:,} people, "
        f"{practice.about['responses']:,} responses",
        peer="Django, a fetch per row",
        rows=rows,
        packages=("holdfast", "django", "granian", "psycopg"),
        promises=[promise(row) for row in rows if row.task.startswith("caseload")],
        notes=[growth(before, after), NOTE],
    )


NOTE = (
    "CPU is that of the web process's thread for one request. Ours writes an audit event with every"
    " reading, the peer none. PostgreSQL here does not wait for the disk."
)


def caseload_tasks(practice: Served, who: str, people: int) -> list[Task]:
    """Every order, and the filters, as one clinician."""
    session = practice.session(who)
    ours = f"{practice.practice}/caseload"
    peer = f"/peer/{practice.about['practice']}/caseload"
    tasks = [
        Task(
            f"caseload of {people:,}, sort {sort}",
            lambda sort=sort: session.get(ours, sort=sort),  # type: ignore[misc]
            lambda sort=sort: session.get(peer, sort=sort),  # type: ignore[misc]
        )
        for sort in SORTS
    ]
    for task in tasks:
        same_answer(task)
    wanted = itertools.cycle([{"filter": name} for name in FILTERS])
    filtered = Task(
        f"caseload of {people:,}, each filter in turn",
        lambda: session.get(ours, **next(wanted)),
    )
    return [*tasks, filtered]


def same_answer(task: Task) -> None:
    """The same people with the same figures; who ties may stand in either order."""
    assert task.peer is not None
    mine, other = task.ours().body, task.peer().body
    if mine["total"] != other["total"]:
        raise AssertionError(f"{task.name}: {mine['total']} people and {other['total']}")
    theirs = {row["client_id"]: row for row in other["items"]}
    for row in mine["items"]:
        found = theirs.get(row["client_id"])
        if found is None:
            continue
        seen = {name: row[name] for name in SHARED} | {"recent": row["headline"]["recent"]}
        if seen != {name: found[name] for name in seen}:
            raise AssertionError(f"{task.name}: {seen} and {found}")
    shared = len({row["client_id"] for row in mine["items"]} & theirs.keys())
    if shared < len(mine["items"]) - 2:  # the last of a page may tie with the first of the next
        raise AssertionError(f"{task.name}: only {shared} rows are the same")


def person_tasks(practice: Served) -> list[Task]:
    """The person's page with few and with many answers; an answer of their own."""
    clinician = practice.session("all")
    person = practice.session("writer_session")
    clients = f"{practice.practice}/clients"
    few, many = (f"{clients}/{practice.about[who]}/overview" for who in ("hundred", "moments"))
    responses = f"{clients}/{practice.about['writer']}/responses"
    return [
        Task("overview, 100 responses", lambda: clinician.get(few)),
        Task("overview, 1,500 responses of 3 scales", lambda: clinician.get(many)),
        Task("submit a response (PHQ-9)", lambda: submit(person, responses)),
    ]


def submit(person: Session, path: str) -> Answer:
    body: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "schema": 1,
        "instrument": "phq-9",
        "version": "1.0.0",
        "language": "en",
        "answers": {f"phq9_{item}": 1 if item < 9 else 0 for item in range(1, 10)},
        "answered_at": NOW.isoformat(),
        "time_zone": "Europe/Berlin",
    }
    return person.post(path, body)


def measure(task: Task, size: int) -> Row:
    """Requests one after the other, the peer's spread among ours so that load meets both."""
    task.ours()
    ours: list[Answer] = []
    peer: list[Answer] = []
    pairs = PEER_REQUESTS if task.peer is not None else 0
    for number in range(REQUESTS):
        ours.append(task.ours())
        if task.peer is not None and number < pairs:
            peer.append(task.peer())
    return Row(
        task.name,
        size,
        timing(ours),
        timing(peer) if peer else None,
        statements=max(one.statements for one in ours),
        peer_statements=max(one.statements for one in peer) if peer else None,
    )


def promise(row: Row) -> Promise:
    """The number of statements is the same on every machine; seconds are reported, not promised."""
    return Promise(
        f"{row.task}: at most {MOST_STATEMENTS} statements", MOST_STATEMENTS, row.statements or 0
    )


def growth_figures(practice: Served) -> dict[str, float]:
    """Median processor seconds of one request, by what it is for."""
    path = f"{practice.practice}/caseload"
    found = {}
    for who, label in (("all", "caseload of everybody"), ("some", "caseload of 60")):
        session = practice.session(who)
        answers = [session.get(path) for _ in range(11)]
        found[label] = statistics.median(one.processor for one in answers[1:])
    return found


def growth(before: dict[str, float], after: dict[str, float]) -> str:
    """What ten times as many people and responses cost, in processor time."""
    steps = [f"{name} {after[name] / before[name]:.1f} times the CPU" for name in before]
    return "Ten times the people and responses: " + ", ".join(steps)
