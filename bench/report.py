"""What every benchmark prints and writes."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Timing:
    """Wall-clock times of repeated runs in seconds, and the processor time they took.

    Processor time, of all cores and child processes, hardly depends on what else is running.
    """

    seconds: tuple[float, ...]
    processor: tuple[float, ...] = ()

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """What nineteen of twenty runs stay within (the nearest rank)."""
        ordered = sorted(self.seconds)
        return ordered[-(-95 * len(ordered) // 100) - 1]

    def __str__(self) -> str:
        low, high = min(self.seconds), max(self.seconds)
        used = f", CPU {statistics.median(self.processor):.2f}" if self.processor else ""
        return f"{self.median:.3f} s ({low:.3f} to {high:.3f}){used}"


@dataclass(frozen=True)
class Row:
    """One task: ours, and the peer's time for the same where there is a peer.

    `statements` are SQL statements per run, for what asks a database. The peer may have fewer
    runs; those are compared with ours of the same turn.
    """

    task: str
    size: int
    ours: Timing
    peer: Timing | None = None
    statements: int | None = None
    peer_statements: int | None = None

    @property
    def ratio(self) -> float | None:
        """How many times longer the peer took."""
        if self.peer is None:
            return None
        same_turns = Timing(self.ours.seconds[: len(self.peer.seconds)])
        return self.peer.median / same_turns.median

    @property
    def ratio_spread(self) -> tuple[float, float] | None:
        """Smallest and largest ratio over runs made one after the other."""
        if self.peer is None:
            return None
        pairs = zip(self.peer.seconds, self.ours.seconds, strict=False)
        ratios = [peer / ours for peer, ours in pairs]
        return min(ratios), max(ratios)


@dataclass(frozen=True)
class Promise:
    """A limit that was promised, and what was measured."""

    text: str
    limit: float
    measured: float

    @property
    def kept(self) -> bool:
        return self.measured <= self.limit


@dataclass(frozen=True)
class Report:
    """One table. `name` names the JSON file; `packages` are those whose versions matter."""

    name: str
    title: str
    peer: str
    rows: Sequence[Row]
    packages: Sequence[str]
    promises: Sequence[Promise] = ()
    notes: Sequence[str] = ()
    load: tuple[float, float, float] = field(default_factory=os.getloadavg)

    def show(self) -> None:
        """Print the table."""
        asks = any(row.statements is not None for row in self.rows)
        table = Table(title=self.title, title_justify="left")
        for heading in (
            "task",
            "size",
            *(["SQL, ours / peer", "ours, p95"] if asks else []),
            "ours, median (range)",
            f"peer: {self.peer}",
            "peer / ours",
        ):
            table.add_column(heading, justify="left" if heading == "task" else "right")
        for row in self.rows:
            spread, ratio = row.ratio_spread, "no peer"
            if spread is not None:
                ratio = f"{row.ratio:.1f} ({spread[0]:.1f} to {spread[1]:.1f})"
            asked = f"{row.statements} / {row.peer_statements or 'no peer'}"
            cells = [asked, f"{row.ours.p95 * 1000:.0f} ms"] if asks else []
            table.add_row(
                row.task, f"{row.size:,}", *cells, str(row.ours), str(row.peer or ""), ratio
            )
        console = Console(width=180 if asks else 140)
        console.print(table)
        _show_promises(console, self.promises, self.notes)
        machine = self.machine()
        console.print(
            f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
            f"{machine['system']}; load {self.load[0]:.1f}; "
            + ", ".join(f"{name} {version}" for name, version in self.versions().items()),
            highlight=False,
        )

    def write(self, folder: Path = RESULTS) -> Path:
        """Write `<name>.json` and return its path."""
        return _write(folder / f"{self.name}.json", self.as_dict())

    def as_dict(self) -> dict[str, object]:
        """Everything the table shows, for machines."""
        return {
            "name": self.name,
            "title": self.title,
            "peer": self.peer,
            "rows": [
                asdict(row)
                | {"p95": row.ours.p95, "ratio": row.ratio, "ratio_spread": row.ratio_spread}
                for row in self.rows
            ],
            "promises": [asdict(promise) | {"kept": promise.kept} for promise in self.promises],
            "notes": list(self.notes),
            "machine": self.machine(),
            "load": self.load,
            "versions": self.versions(),
        }

    def versions(self) -> dict[str, str]:
        """Python's and the named packages' versions."""
        found = {name: metadata.version(name) for name in self.packages}
        return {"python": platform.python_version()} | found

    @staticmethod
    def machine() -> dict[str, object]:
        """Processor, cores, memory and system of this machine."""
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        return {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "memory_gb": round(pages / 2**30),
            "system": f"{platform.system()} {platform.release()}",
        }


@dataclass(frozen=True)
class SizeRow:
    """Some files together; sizes in bytes. `brotli` and `sent` are None where not known."""

    task: str
    files: int
    raw: int
    gzip: int
    brotli: int | None
    sent: int | None


@dataclass(frozen=True)
class SizeReport:
    """A table of sizes, which have neither spread nor peer."""

    name: str
    title: str
    rows: Sequence[SizeRow]
    promises: Sequence[Promise] = ()
    notes: Sequence[str] = ()

    def show(self) -> None:
        """Print the table."""
        table = Table(title=self.title, title_justify="left")
        table.add_column("what")
        for heading in ("files", "raw kB", "gzip kB", "brotli kB", "sent kB"):
            table.add_column(heading, justify="right")
        for row in self.rows:
            sizes = [row.raw, row.gzip, row.brotli, row.sent]
            shown = ["" if size is None else f"{size / 1000:.1f}" for size in sizes]
            table.add_row(row.task, str(row.files), *shown)
        console = Console(width=140)
        console.print(table)
        _show_promises(console, self.promises, self.notes)

    def write(self, folder: Path = RESULTS) -> Path:
        """Write `<name>.json` and return its path."""
        content = asdict(self) | {
            "promises": [asdict(promise) | {"kept": promise.kept} for promise in self.promises]
        }
        return _write(folder / f"{self.name}.json", content)


class Measured(Protocol):
    """What `make bench` does with the reports of a benchmark."""

    @property
    def promises(self) -> Sequence[Promise]: ...

    def show(self) -> None: ...

    def write(self, folder: Path = RESULTS) -> Path: ...


def _show_promises(console: Console, promises: Sequence[Promise], notes: Sequence[str]) -> None:
    for promise in promises:
        kept = "kept" if promise.kept else "NOT KEPT"
        console.print(f"{kept}: {promise.text} (measured {promise.measured:.3f})")
    for note in notes:
        console.print(note)


def _write(path: Path, content: dict[str, object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n")
    return path


def in_turn(runs: Sequence[Callable[[], object]], repeats: int) -> list[Timing]:
    """Time every run `repeats` times, one after the other, so that load meets all alike.

    Each is run once before, untimed: files are then in memory and bytecode is written.
    """
    for run in runs:
        run()
    times: list[list[tuple[float, float]]] = [[] for _ in runs]
    for _ in range(repeats):
        for run, taken in zip(runs, times, strict=True):
            began, used = time.perf_counter(), _processor_time()
            run()
            taken.append((time.perf_counter() - began, _processor_time() - used))
    return [
        Timing(tuple(wall for wall, _ in taken), tuple(used for _, used in taken))
        for taken in times
    ]


def _processor_time() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    if about.exists():
        for line in about.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
