"""`holdfast outcomes` as a whole command, from the start of Python to the printed answer."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from bench.report import Promise, Report, Row, in_turn

SIZES = (10_000, 100_000, 1_000_000)
LIMIT_SECONDS = 2.0
REPEATS = 5
RELIABILITY, FUNCTIONAL_MEAN, FUNCTIONAL_SD = "0.84", "4", "4"


def run() -> list[Report]:
    """Time files of growing size, in two layouts, beside pandas doing the same."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        for people in SIZES:
            ordered = write_scores(Path(folder) / "ordered.csv", people, shuffled=False)
            rows.append(compare("rows by person", ordered, people))
        shuffled = write_scores(Path(folder) / "shuffled.csv", SIZES[-1], shuffled=True)
        rows.append(compare("rows shuffled, 3 % missing", shuffled, SIZES[-1]))
    return [
        Report(
            name="outcomes",
            title="holdfast outcomes --method JT: whole command, two rows a person",
            peer="pandas",
            rows=rows,
            packages=("holdfast", "numpy", "polars", "pandas"),
            promises=[
                Promise(
                    f"{row.task}: {row.size:,} people in under 2 s", LIMIT_SECONDS, row.ours.median
                )
                for row in rows[:-1]
                if row.size == SIZES[-1]
            ],
            notes=[growth(rows)],
        )
    ]


def write_scores(path: Path, people: int, *, shuffled: bool) -> Path:
    """A made-up long file: id, site, time, phq9, gad7."""
    rng = np.random.default_rng(people)
    before = rng.normal(16, 5, people).clip(0, 27).round()
    after = (before - rng.normal(5, 6, people)).clip(0, 27).round()
    both = np.stack([before, after], axis=1).ravel().astype(np.int64)
    table = pl.DataFrame(
        {
            "id": np.char.add("P", np.repeat(np.arange(people), 2).astype(str)),
            "site": np.repeat(rng.choice(["north", "south", "west"], people), 2),
            "time": np.tile([1, 2], people),
            "phq9": both,
            "gad7": rng.integers(0, 22, 2 * people),
        }
    )
    if shuffled:
        table = table.sample(fraction=0.97, shuffle=True, seed=1)
    table.write_csv(path)
    return path


def compare(task: str, path: Path, people: int) -> Row:
    """Time both ways in turn, after making sure that they agree."""
    ours, peer = ours_on(path), peer_on(path)
    mine, other = ours(), peer()
    if mine != other:
        raise AssertionError(f"the answers differ: {mine} and {other}")
    ours_time, peer_time = in_turn([ours, peer], REPEATS)
    return Row(task, people, ours_time, peer_time)


def ours_on(path: Path) -> Callable[[], dict[str, int]]:
    command = [
        str(Path(sys.executable).parent / "holdfast"), "outcomes", str(path), "--id", "id",
        "--time", "time", "--outcome", "phq9", "--pre", "1", "--post", "2", "--reliability",
        RELIABILITY, "--functional-mean", FUNCTIONAL_MEAN, "--functional-sd", FUNCTIONAL_SD,
        "--cutoff", "c", "--method", "JT", "--json",
    ]  # fmt: skip

    def answer() -> dict[str, int]:
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        cells = json.loads(shown)["categories"]
        return {name: cell["n"] for name, cell in cells.items() if cell["n"]}

    return answer


def peer_on(path: Path) -> Callable[[], dict[str, int]]:
    script = Path(__file__).parent / "peers" / "outcomes_pandas.py"
    figures = [RELIABILITY, FUNCTIONAL_MEAN, FUNCTIONAL_SD]
    command = [sys.executable, str(script), str(path), *figures]

    def answer() -> dict[str, int]:
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        counted: dict[str, int] = json.loads(shown)
        return counted

    return answer


def growth(rows: list[Row]) -> str:
    """How much longer ten times as many people take."""
    steps = [
        f"{before.size:,} to {after.size:,} people: {after.ours.median / before.ours.median:.1f} "
        f"times the time (pandas {after.peer.median / before.peer.median:.1f})"
        for before, after in itertools.pairwise(rows)
        if after.size > before.size and before.peer is not None and after.peer is not None
    ]
    return "Growth, " + "; ".join(steps)
