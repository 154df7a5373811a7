"""The companion's interpreter: turns a second on one core, and how much a conversation weighs.

Recorded walks are played again turn by turn, so that the clock sees the interpreter alone:
screening, sealing and the walker that drew the events are left out. A server keeps nothing of an
open conversation; what travels with the client is measured as JSON.
"""

from __future__ import annotations

import gc
import statistics
import tracemalloc
from datetime import UTC, datetime

from bench.report import Promise, Report, Row
from bench.vault import timed
from holdfast.support.companion.engine.conversation import Event, State, dumps
from holdfast.support.companion.engine.interpreter import step
from holdfast.support.companion.engine.library import Library, shipped
from holdfast.support.companion.walks import walk_all

WALKS = 300
ROUNDS = 5
MOST_MICROSECONDS = 300
MOST_BYTES = 16_384
MOST_KEPT = 20_000
NOW = datetime(2026, 1, 5, 18, tzinfo=UTC)

Played = list[tuple[State, Event, str]]


def run() -> list[Report]:
    """Turns a second, bytes of a state, and what the interpreter keeps between turns."""
    library = shipped().with_drafts()
    played = walk_all(library, walks=WALKS, seed=1, record=True).played or []
    timing = timed(lambda: _play(library, played), ROUNDS)
    each = statistics.median(timing.processor) / len(played)
    sizes = sorted(len(dumps(state).encode()) for state, _, _ in played)
    nine_tenths = sizes[len(sizes) * 9 // 10]
    return [
        Report(
            name="companion",
            title=f"The companion's interpreter: {WALKS} walks through all flows and languages",
            peer="none",
            rows=[Row("turns of the interpreter alone", len(played), timing)],
            packages=["pydantic", "pyyaml"],
            promises=[
                Promise("at most 300 µs a turn (processor)", MOST_MICROSECONDS, each * 1e6),
                Promise("nine of ten states travel in at most 16 KiB", MOST_BYTES, nine_tenths),
                Promise(
                    "bytes the server keeps after all those turns, of any conversation",
                    MOST_KEPT,
                    _kept(library, played),
                ),
            ],
            notes=[
                f"{1 / each:,.0f} turns a second and core (processor time).",
                f"State as JSON: median {sizes[len(sizes) // 2]:,} bytes, 9 of 10 within "
                f"{nine_tenths:,}, largest {sizes[-1]:,}; walkers send texts of 4,000 characters.",
            ],
        )
    ]


def _play(library: Library, played: Played) -> None:
    for state, event, language in played:
        step(library, state, event, now=NOW, seed=1, language=language)


def _kept(library: Library, played: Played) -> int:
    """Bytes that stay allocated after all turns were answered once more, caches filled."""
    _play(library, played)
    tracemalloc.start()
    _play(library, played)  # so that what Python itself keeps for reuse counts on both sides
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    _play(library, played)
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return max(after - before, 0)
