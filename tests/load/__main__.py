"""`make load`: a thousand people in a minute, a replica and many web processes killed, backups.

    python -m tests.load [crowd] [replicas] [kills] [models] [sockets]

    HOLDFAST_LOAD_PEOPLE   people of one crowd (1000)
    HOLDFAST_LOAD_SECONDS  within which they come (60)
    HOLDFAST_LOAD_SOCKETS  open sockets (2000)
    HOLDFAST_LOAD_KILLS    kills on SQLite (1000); a quarter of them again on PostgreSQL

Ends with a table, and with 1 where a line of it was not kept.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.load import crowd, kills, model, sockets
from tests.load.practice import Practice, practice
from tests.load.servers import Server, replicas
from tools.console import table
from tools.postgres import free_port, private_server
from tools.system_packages import ensure

PEOPLE = int(os.environ.get("HOLDFAST_LOAD_PEOPLE", "1000"))
SECONDS = float(os.environ.get("HOLDFAST_LOAD_SECONDS", "60"))
KILLS = int(os.environ.get("HOLDFAST_LOAD_KILLS", "1000"))
#: What 99 of 100 people wait at most for their receipt.
P99_SECONDS = 2.0
#: The same where a replica is killed under them: a connection that died, and one more try.
P99_KILLED_SECONDS = 5.0
#: What anybody waits at most for a model's first sentence, or to learn that there is none: the two
#: seconds that it is given, and what a machine under load takes to notice that they are over.
FIRST_SECONDS = 2.5
SOCKETS = int(os.environ.get("HOLDFAST_LOAD_SOCKETS", "2000"))
#: What 99 of 100 messages take from being published to being read.
P99_DELIVERY_SECONDS = 0.25
DELIVERING_SECONDS = 20.0


@dataclass(frozen=True)
class Line:
    """One promise of the table, and whether it was kept."""

    task: str
    promise: str
    measured: str
    kept: bool

    @property
    def row(self) -> tuple[str, ...]:
        return (self.task, self.promise, self.measured, "kept" if self.kept else "NOT KEPT")


@dataclass
class Backup:
    """A backup made while the crowd comes: from when on it was wanted, and where it is."""

    wanted_at: float
    archive: Path
    key: Path
    keys: Path
    seconds: float


def make_backup(one: Practice) -> Backup:
    """`holdfast backup` beside the running servers."""
    to, keys_to, key = (one.folder / name for name in ("backups", "keys", "backup.key"))
    to.mkdir()
    keys_to.mkdir()
    recipient = one.holdfast("backup-key", str(key)).strip().rpartition("=")[2]
    wanted = time.time()
    options = ["--to", str(to), "--recipient", recipient, "--keys-to", str(keys_to)]
    one.holdfast("backup", *options)
    taken = time.time() - wanted
    return Backup(wanted, next(to.glob("*.backup")), key, next(keys_to.glob("*.keys")), taken)


def restored(backup: Backup, came: crowd.Crowd, empty: Practice, task: str) -> Line:
    """Put the backup on an empty machine: everything acknowledged before it was wanted is there."""
    empty.folder.mkdir(parents=True)
    options = ["--key", str(backup.key), "--keys", str(backup.keys)]
    empty.holdfast("restore", str(backup.archive), *options)
    stored, faults = empty.stored()
    before = {one for one, at in came.acknowledged.items() if at < backup.wanted_at}
    lost, foreign = len(before - stored), len(stored - came.sent)
    return Line(
        f"{task}: backup under load, restored",
        f"all {len(before)} acknowledged before it",
        f"{len(stored)} there, {lost} lost, {foreign} unknown; took {backup.seconds:.1f} s; "
        + ("; ".join(faults) or "sound"),
        not lost and not foreign and not faults and 0 < len(before) < len(came.sent),
    )


def crowd_lines(task: str, came: crowd.Crowd, one: Practice, p99: float) -> Iterator[Line]:
    """How long they waited, and whether each answer is there once."""
    for what, waits in (("open", came.opening), ("hand in", came.handing_in)):
        shown = ", ".join(
            f"{name} {waits.percentile(share) * 1000:.0f} ms"
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("most", 1.0))
        )
        measured = f"{shown}; {len(waits.seconds)} in {came.seconds:.0f} s"
        kept = waits.percentile(0.99) <= p99
        yield Line(f"{task}: {what}", f"p99 within {p99:g} s", measured, kept)
    stored, faults = one.stored()
    lost = len(came.acknowledged.keys() - stored)
    doubled = len(stored) - len(came.sent)
    yield Line(
        f"{task}: stored",
        f"{len(came.sent)} once each",
        f"{lost} lost, {doubled} more than sent; {came.again} tried again, "
        f"{came.answered_again} found stored; " + ("; ".join(faults) or "sound"),
        not lost and not doubled and not faults and stored == came.sent,
    )


def on_one(url: str, database: str, stack: ExitStack) -> Iterator[Line]:
    """A thousand people, one web process, a backup half-way."""
    one = stack.enter_context(practice(PEOPLE, url))
    made: Future[Backup] = Future()

    async def half_way() -> None:
        await asyncio.sleep(SECONDS / 2)
        made.set_result(await asyncio.to_thread(make_backup, one))

    with replicas([free_port()], one.environment, one.log) as (server,):
        coming = crowd.come(one.people, [server.port], SECONDS, beside=half_way)
        came = asyncio.run(coming)
    task = f"{PEOPLE} people, {database}"
    yield from crowd_lines(task, came, one, P99_SECONDS)
    other = stack.enter_context(private_server()) if url else ""
    yield restored(made.result(), came, Practice(one.folder / "elsewhere", other), task)


def with_a_replica_killed(url: str, stack: ExitStack) -> Iterator[Line]:
    """Two web processes on one PostgreSQL, of which one is killed for good half-way."""
    one = stack.enter_context(practice(PEOPLE, url))
    with replicas([free_port(), free_port()], one.environment, one.log) as servers:

        async def half_way() -> None:
            await asyncio.sleep(SECONDS / 2)
            servers[1].kill()

        ports = [server.port for server in servers]
        came = asyncio.run(crowd.come(one.people, ports, SECONDS, beside=half_way))
        task = f"{PEOPLE} people, two replicas, one killed"
        yield Line(
            f"{task}: the other",
            "serves on",
            f"{came.again} tried again",
            _alive(servers[0]) and not _alive(servers[1]) and came.again > 0,
        )
    yield from crowd_lines(task, came, one, P99_KILLED_SECONDS)


def _alive(server: Server) -> bool:
    return server.answers()


def killed(database: str, url: str, count: int, stack: ExitStack) -> Iterator[Line]:
    """A web process killed, over and over."""
    one = stack.enter_context(practice(50, url))
    found = kills.run(one, count)
    yield Line(
        f"kill -9, {database}",
        f"{count} kills lose and double nothing",
        f"{found.kills} kills in {found.seconds:.0f} s: {found.kept} stored unheard, "
        f"{found.not_kept} not stored yet, {found.answered_first} answered before; "
        f"{found.lost} lost, {found.doubled} doubled; " + ("; ".join(found.faults) or "sound"),
        found.kills >= count and not found.lost and not found.doubled and not found.faults,
    )


def models(people: int, at_once: int) -> Iterator[Line]:
    """A real server of language models: what people read, and how long they wait for it."""
    found = model.run(people, at_once)
    task = f"{people} people, {at_once} at once, llama.cpp"
    either: list[list[str]] = [[model.SENTENCE], []]
    for name, answers, sentences, least in (
        ("sound sentence", found.sound, either, 0.9),
        ("nonsense", found.nonsense, [[]], 0.0),
        ("killed meanwhile", found.killed, either, 0.0),
    ):
        longest, spoken = max(answers.waited), sum(map(bool, answers.shown))
        why = ", ".join(f"{count} {reason}" for reason, count in answers.why().items())
        yield Line(
            f"{task}: {name}",
            f"the sentence for {least:.0%} or more, else the script; within 2 s",
            f"{spoken} shown; {why}; longest wait {longest * 1000:.0f} ms",
            all(shown in sentences for shown in answers.shown)
            and spoken >= least * people
            and longest <= FIRST_SECONDS,
        )


def delivery(task: str, found: sockets.Found, *, ours: bool = True) -> Line:
    """How long what was published took to be read, and whether all of it came."""
    shown = ", ".join(
        f"{name} {waits.percentile(0.5) * 1000:.0f} and {waits.percentile(0.99) * 1000:.0f} ms"
        for name, waits in (("threads of two", found.thread), ("everybody", found.everybody))
        if waits.seconds
    )
    p99 = found.all.percentile(0.99)
    return Line(
        task,
        f"p99 within {P99_DELIVERY_SECONDS * 1000:.0f} ms, none lost" if ours else "beside it",
        f"p99 {p99 * 1000:.0f} ms (p50 and p99: {shown}); {len(found.all.seconds)} deliveries,"
        f" {found.lost} lost; connected in {found.connected_seconds:.1f} s; load {found.load:.1f}",
        not ours or (p99 <= P99_DELIVERY_SECONDS and not found.lost),
    )


def sockets_lines() -> Iterator[Line]:
    """Open sockets: one process, two with Redis, and what others use."""
    task = f"{SOCKETS} open sockets"
    yield delivery(f"{task}, one process", sockets.embedded(SOCKETS, DELIVERING_SECONDS))
    yield delivery(f"{task}, two and Redis", sockets.replicated(SOCKETS, DELIVERING_SECONDS))
    peer = sockets.channels(SOCKETS, DELIVERING_SECONDS)
    yield delivery(f"{task}, Django Channels in memory", peer, ours=False)


def lines(wanted: list[str]) -> Iterator[Line]:
    """All of it, in the order of the table."""
    everything = not wanted
    if everything or "crowd" in wanted:
        with ExitStack() as stack:
            yield from on_one("", "SQLite", stack)
        with ExitStack() as stack:
            url = stack.enter_context(private_server())
            yield from on_one(url, "PostgreSQL", stack)
    if everything or "replicas" in wanted:
        with ExitStack() as stack:
            yield from with_a_replica_killed(stack.enter_context(private_server()), stack)
    if everything or "kills" in wanted:
        with ExitStack() as stack:
            yield from killed("SQLite", "", KILLS, stack)
        with ExitStack() as stack:
            url = stack.enter_context(private_server())
            yield from killed("PostgreSQL", url, -(-KILLS // 4), stack)
    if everything or "models" in wanted:
        yield from models(people=200, at_once=4)
    if everything or "sockets" in wanted:
        yield from sockets_lines()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    choices = ["crowd", "replicas", "kills", "models", "sockets"]
    parser.add_argument("wanted", nargs="*", choices=[*choices, []], metavar="|".join(choices))
    wanted = parser.parse_args().wanted
    ensure(["postgresql", "redis"])
    found = []
    for line in lines(wanted):
        print(f"load: {line.task}: {line.measured}", flush=True)
        found.append(line)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"\n{table(('task', 'promise', 'measured', 'result'), [line.row for line in found])}")
    print(f"\n{os.cpu_count()} cores, load {load}; {sum(line.kept for line in found)} kept,"
          f" {sum(not line.kept for line in found)} not kept")  # fmt: skip
    sys.exit(0 if all(line.kept for line in found) else 1)


if __name__ == "__main__":
    main()
