"""The caseload, the person's page and receiving an answer, over HTTP, on both databases.

A practice of 10,000 people with 1,000,000 responses, then the same people with ten times that
(which takes 20 GB of room for temporary files): for somebody who answers for everybody, and for a
clinician with 60 people. The peer is what is commonly written with Django
(`bench/peers/caseload_django.py`), on the same database behind the same server.
"""

from __future__ import annotations

import itertools
import os
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from bench.practice.rows import NOW
from bench.practice.served import Answer, Served, Session, served, timing
from bench.report import Promise, Report, Row
from tests.load.check_in import unworried
from tools.postgres import private_server

PEOPLE = int(os.environ.get("HOLDFAST_BENCH_PEOPLE", "10000"))
SORTS = ("attention", "name", "last_met", "last_answer")
FILTERS = ("flags", "deteriorated", "silent", "unreachable", "delivery")
REQUESTS = 54
#: The one request that a time is promised for: a p95 of a few would be the slowest of them.
PROMISED_REQUESTS = 200
#: The first page by what needs a human first, of somebody who answers for everybody.
LIMIT_SECONDS = 0.050
#: The same with ten times the responses, in times of that.
LIMIT_GROWTH = 1.5
#: Until code and pages are in memory.
WARMING = 5
#: The peer takes hundreds of statements a request: fewer of them do for a median.
PEER_REQUESTS = 5
#: One page of the caseload, however many people and whatever order or filter.
MOST_STATEMENTS = 16
SHARED = ("client_id", "display_name", "open_flags", "last_response_at", "missed_deliveries")


def run() -> list[Report]:
    """One report per database."""
    return [on_sqlite(), on_postgresql()]


def on_sqlite() -> Report:
    with served(PEOPLE, None) as practice:
        return report("sqlite", practice)


def on_postgresql() -> Report:
    with private_server() as url, served(PEOPLE, url) as practice:
        return report("postgresql", practice)


@dataclass(frozen=True)
class Task:
    """One kind of request, and how the peer is asked the same where it can be."""

    name: str
    ours: Callable[[], Answer]
    peer: Callable[[], Answer] | None = None


def report(database: str, practice: Served) -> Report:
    promised = measure(page_of_everybody(practice), practice.about["responses"], PROMISED_REQUESTS)
    rows = [promised]
    for who, people in (("all", PEOPLE), ("some", 60)):
        rows += [measure(task, PEOPLE) for task in caseload_tasks(practice, who, people)]
    rows += [measure(task, practice.about["responses"]) for task in person_tasks(practice)]
    many = practice.tenfold()
    after = measure(page_of_everybody(practice), many, PROMISED_REQUESTS)
    some = caseload_tasks(practice, "some", 60)[0]
    rows += [after, measure(Task(some.name, some.ours), many)]
    growth = after.ours.p95 / promised.ours.p95
    return Report(
        name=f"caseload-{database}",
        title=f"Caseload over HTTP on {database}: {PEOPLE:,} people, "
        f"{practice.about['responses']:,} responses, then {many:,}",
        peer="Django, a fetch per row",
        rows=rows,
        packages=("holdfast", "django", "granian", "psycopg"),
        promises=[
            Promise(f"{promised.task}: p95 in seconds", LIMIT_SECONDS, promised.ours.p95),
            Promise("the same with ten times the responses: times p95", LIMIT_GROWTH, growth),
            *(statements(row) for row in rows if row.task.startswith("caseload")),
        ],
        notes=[cost(promised, after), NOTE],
    )


NOTE = (
    "CPU is that of the web process's thread for one request. Ours writes an audit event with every"
    " reading, the peer none. PostgreSQL here does not wait for the disk."
)


def cost(before: Row, after: Row) -> str:
    """Processor time, which hardly depends on what else the machine does."""
    times = [1000 * statistics.median(row.ours.processor) for row in (before, after)]
    return (
        f"{before.task}: {times[0]:.1f} ms of the web process's CPU, with ten times the responses"
        f" {times[1]:.1f} ms."
    )


def page_of_everybody(practice: Served) -> Task:
    """What is promised: one page of 50 in the order of attention, of everybody."""
    session = practice.session("all")
    path = f"{practice.practice}/caseload"
    return Task(f"caseload of {PEOPLE:,}, first page by attention", lambda: session.get(path))


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
    return person.post(path, unworried(NOW))


def measure(task: Task, size: int, requests: int = REQUESTS) -> Row:
    """Requests one after the other, the peer's spread among ours so that load meets both."""
    for _ in range(WARMING):
        task.ours()
    ours: list[Answer] = []
    peer: list[Answer] = []
    pairs = PEER_REQUESTS if task.peer is not None else 0
    for number in range(requests):
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


def statements(row: Row) -> Promise:
    """The number of statements is the same on every machine."""
    return Promise(
        f"{row.task}: at most {MOST_STATEMENTS} statements", MOST_STATEMENTS, row.statements or 0
    )
