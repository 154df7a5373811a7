"""The live process: turns a second on one core over real HTTP, and what it keeps of conversations.

A real `python -m holdfast.live`; each turn has a connection of its own, a ticket that is opened, a
text that is screened, and the next question. The caller's processor time is not counted.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.report import Promise, Report, Row, Timing
from holdfast.core.ids import uuid7
from tests.integration.live.process import ALARMING, Live, live, ticket

ROUNDS = 5
CONVERSATIONS = 40
TEXTS = (
    "I could not sleep because of the exam on Thursday",
    "My chest gets tight and I think that I will fail",
    "Talking with my sister on the telephone helped a little",
)
MOST_MILLISECONDS = 20.0
MOST_KEPT = 1_000_000
_TICKS = os.sysconf("SC_CLK_TCK")


def run() -> list[Report]:
    """Turns of ordinary words, turns that show the card and are told, and memory between them."""
    with (
        tempfile.TemporaryDirectory() as folder,
        # Each conversation from an address of its own, as our proxy would say.
        live(Path(folder), HOLDFAST_TRUSTED_PROXY="1") as running,
    ):
        _round(running, TEXTS)
        before = _private_memory(running)
        words = [_timed(running, TEXTS) for _ in range(ROUNDS)]
        kept = _private_memory(running) - before
        alarms = [_timed(running, (ALARMING,) * len(TEXTS)) for _ in range(2)]
    turns = CONVERSATIONS * (1 + len(TEXTS))
    each = statistics.median(used for _, used in words) / turns
    return [
        Report(
            name="live",
            title=f"The live process: {CONVERSATIONS} conversations of {1 + len(TEXTS)} turns",
            peer="none",
            rows=[
                Row("turns of ordinary words", turns, _timing(words)),
                Row("turns that show the card and are told", turns, _timing(alarms)),
            ],
            packages=["starlette", "uvicorn", "h11", "httpx", "cryptography"],
            promises=[
                Promise("at most 20 ms of processor a turn", MOST_MILLISECONDS, each * 1000),
                Promise(
                    f"bytes kept after {ROUNDS * CONVERSATIONS} more conversations, of all of them",
                    MOST_KEPT,
                    kept,
                ),
            ],
            notes=[
                f"{1 / each:,.0f} turns a second and core (processor time, live process alone)."
            ],
        )
    ]


def _timing(rounds: list[tuple[float, float]]) -> Timing:
    return Timing(tuple(wall for wall, _ in rounds), tuple(used for _, used in rounds))


def _timed(running: Live, texts: tuple[str, ...]) -> tuple[float, float]:
    """Wall-clock seconds of a round, and the processor time of the live process in it."""
    began, used = time.perf_counter(), _processor(running)
    _round(running, texts)
    return time.perf_counter() - began, _processor(running) - used


def _round(running: Live, texts: tuple[str, ...]) -> None:
    for _ in range(CONVERSATIONS):
        presented, state = ticket(flows={"worry": True}), None
        for event in ({"kind": "opened"}, *({"kind": "said", "text": text} for text in texts)):
            state = _turn(running, event, presented, state)


def _turn(running: Live, event: dict[str, Any], presented: str, state: Any) -> Any:
    answer = running.turn(
        event, ticket=presented, conversation=state, forwarded=f"192.0.2.1, {uuid7()}"
    )
    assert answer.status == 200, answer.body
    return answer.first["conversation"]


def _processor(running: Live) -> float:
    """Seconds of processor that the parent and its present children have used."""
    total = 0.0
    for pid in {running.process.pid, *running.children()}:
        user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        total += (int(user) + int(system)) / _TICKS
    return total


def _private_memory(running: Live) -> int:
    """Bytes that are the children's own."""
    total = 0
    for pid in running.children():
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Private_Dirty:"):
                total += int(line.split()[1]) * 1024
    return total
