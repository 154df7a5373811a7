"""Lines of texts in, screened lines out: the part of `holdfast screen` that needs the engine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from holdfast.safety.engine.screen import Evidence, Screening, Unscreened
from holdfast.safety.engine.screen.screen import Screener, shipped


class LineError(ValueError):
    """A line of input that cannot be screened, with the reason (never the text)."""


def screen_lines(
    lines: Iterable[bytes], screener: Screener | None = None
) -> Iterator[tuple[int, dict[str, Any] | LineError]]:
    """(line number, result or fault) of each line that is not blank, in the order of the input."""
    used = screener or shipped()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number, screen_line(used, line)
        except LineError as error:
            yield number, error


def screen_line(screener: Screener, line: bytes) -> dict[str, Any]:
    """The screened line as a JSON object. Raises LineError."""
    try:
        data = json.loads(line)
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8: {error.reason} at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise LineError(f"not JSON: {error.msg} at column {error.colno}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, deep nesting
        raise LineError("not JSON that can be read") from error
    if not isinstance(data, dict):
        raise LineError(f"expected an object, got {type(data).__name__}")
    if "id" not in data or not isinstance(data.get("text"), str):
        raise LineError('expected {"id": ..., "text": "..."}')
    history = data.get("history") or []
    if not isinstance(history, list) or not all(isinstance(turn, str) for turn in history):
        raise LineError("history: expected a list of texts")
    locale = data.get("lang")
    if locale is not None and not isinstance(locale, str):
        raise LineError("lang: expected a language code")
    try:
        said = screener.screen(data["text"], history, locale)
    except Unscreened as error:
        raise LineError(f"unscreened: {error}") from error
    return {"id": data["id"], **as_json(said)}


def as_json(said: Screening) -> dict[str, Any]:
    """A screening as plain JSON values."""
    return {
        "level": said.level.code,
        "categories": list(said.categories),
        "temporality": said.temporality,
        "experiencer": said.experiencer,
        "evidence": [_evidence(one) for one in said.evidence],
        "probability": round(said.probability, 4),
        "languages": list(said.languages),
        "supported": said.supported,
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "start": one.start,
        "end": one.end,
        "code": one.code,
        "level": one.level.code,
        "category": one.category,
        "temporality": one.temporality,
        "experiencer": one.experiencer,
        "turn": one.turn,
    }
