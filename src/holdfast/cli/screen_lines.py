"""Texts in, screenings out: the part of `holdfast screen` that needs the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from holdfast.cli.json_lines import LineError, answer_lines
from holdfast.safety.engine.screen import Evidence, Screening, Unscreened
from holdfast.safety.engine.screen.screen import Screener, shipped


def screen_lines(
    lines: Iterable[bytes], screener: Screener | None = None
) -> Iterator[tuple[int, dict[str, Any] | LineError]]:
    """(line number, screening or fault) of each line that is not blank, in the input's order."""
    used = screener or shipped()
    return answer_lines(lines, lambda data: screen_object(used, data))


def screen_object(screener: Screener, data: dict[str, Any]) -> dict[str, Any]:
    """One text with what the screen says of it. Raises LineError, which never holds the text."""
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
