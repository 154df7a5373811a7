"""Lines of answers in, scored lines out: the part of `holdfast score` that needs the engine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from holdfast.sense.measures.engine.alerts import Alert
from holdfast.sense.measures.engine.instrument import Instrument
from holdfast.sense.measures.engine.scoring import AnswerError, Scored, score


class LineError(ValueError):
    """A line of input that cannot be scored, with the reason."""


def score_lines(
    pack: Instrument, lines: Iterable[bytes]
) -> Iterator[tuple[int, dict[str, Any] | LineError]]:
    """(line number, result or fault) for each line that is not blank, in the order of the input."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number, score_line(pack, line)
        except LineError as error:
            yield number, error


def score_line(pack: Instrument, line: bytes) -> dict[str, Any]:
    """The scored line as a JSON object. Raises LineError."""
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
    if "id" not in data or not isinstance(data.get("answers"), dict):
        raise LineError('expected {"id": ..., "answers": {item: code or null}}')
    if data.get("sex") not in (None, "female", "male"):
        raise LineError('sex: expected "female", "male" or null')
    try:
        scored = score(pack, data["answers"], sex=data.get("sex"))
    except AnswerError as error:
        raise LineError(str(error)) from error
    return {"id": data["id"], **as_json(scored)}


def as_json(scored: Scored) -> dict[str, Any]:
    """Scores, band, missing items and alerts as plain JSON values; whole numbers as integers."""
    return {
        "scores": {name: _number(value) for name, value in scored.scores.items()},
        "band": scored.band,
        "missing": list(scored.missing),
        "alerts": [_alert(alert) for alert in scored.alerts],
    }


def _alert(alert: Alert) -> dict[str, str]:
    about = {"item": alert.item} if alert.item else {"scale": str(alert.scale)}
    return {"code": alert.code, "level": alert.level, **about, "reason": alert.reason}


def _number(value: float | None) -> float | None:
    return int(value) if value is not None and value.is_integer() else value


def _unique(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    """JSON lets the last of two equal names win; here that would drop an answer unseen."""
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        repeated = next(name for name in names if names.count(name) > 1)
        raise LineError(f"{repeated!r} is there twice")
    return dict(pairs)


def _refuse_constant(name: str) -> float:
    raise LineError(f"{name} is not a JSON number")
