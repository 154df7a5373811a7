"""What every tool prints: a line per long step, a table at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class Failure(Exception):
    """A tool cannot go on; the message says what to do."""


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a long step, and say how long it took."""
    print(f"── {title} …", flush=True)
    start = time.monotonic()
    yield
    print(f"── {title}: done in {time.monotonic() - start:.1f} s", flush=True)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Plain-text table; the first column is left-aligned, the others right-aligned."""
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]

    def line(row: Sequence[str]) -> str:
        first = row[0].ljust(widths[0])
        rest = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        return "  ".join((first, *rest)).rstrip()

    return "\n".join((line(header), "  ".join("─" * width for width in widths), *map(line, rows)))


@contextmanager
def failures_explained() -> Iterator[None]:
    """Turn a Failure into one line on standard error and exit code 1."""
    try:
        yield
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        sys.exit(1)
