"""Answers in, scores out: the part of `holdfast score` that needs the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from holdfast.cli.json_lines import LineError, answer_lines
from holdfast.sense.measures.engine.alerts import Alert
from holdfast.sense.measures.engine.instrument import Instrument
from holdfast.sense.measures.engine.scoring import AnswerError, Scored, score


def score_lines(
    pack: Instrument, lines: Iterable[bytes]
) -> Iterator[tuple[int, dict[str, Any] | LineError]]:
    """(line number, scores or fault) of each line that is not blank, in the order of the input."""
    return answer_lines(lines, lambda data: score_object(pack, data))


def score_object(pack: Instrument, data: dict[str, Any]) -> dict[str, Any]:
    """One person's answers with their scores. Raises LineError."""
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
