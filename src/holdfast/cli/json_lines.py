"""JSON lines in, JSON lines out: what `holdfast score` and `holdfast screen` have in common."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import typer


class LineError(ValueError):
    """A line of input that cannot be answered, with the reason."""


def answer_lines(
    lines: Iterable[bytes], answer: Callable[[dict[str, Any]], dict[str, Any]]
) -> Iterator[tuple[int, dict[str, Any] | LineError]]:
    """(line number, result or fault) of each line that is not blank, in the order of the input.

    `answer` is given the line's object and raises LineError.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number, answer(read_object(line))
        except LineError as error:
            yield number, error


def print_answers(
    answers: Iterable[tuple[int, dict[str, Any] | LineError]], *, json_errors: bool
) -> None:
    """Results to standard output as they come, faults to standard error; status 2 where any was."""
    refused = 0
    for number, result in answers:
        if isinstance(result, LineError):
            refused += 1
            where = {"file": "<stdin>", "line": number, "reason": str(result)}
            shown = json.dumps(where, ensure_ascii=False)
            typer.echo(shown if json_errors else f"<stdin>:{number}: {result}", err=True)
        else:
            sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    if refused:
        raise typer.Exit(2)


def read_object(line: bytes) -> dict[str, Any]:
    """The object that a line holds. Raises LineError."""
    try:
        data = json.loads(line, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except LineError:
        raise
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8: {error.reason} at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise LineError(f"not JSON: {error.msg} at column {error.colno}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, deep nesting
        raise LineError("not JSON that can be read") from error
    if not isinstance(data, dict):
        raise LineError(f"expected an object, got {type(data).__name__}")
    return data


def _unique(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    """JSON lets the last of two equal names win; here that would drop an answer unseen."""
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        repeated = next(name for name in names if names.count(name) > 1)
        raise LineError(f"{repeated!r} is there twice")
    return dict(pairs)


def _refuse_constant(name: str) -> float:
    raise LineError(f"{name} is not a JSON number")
