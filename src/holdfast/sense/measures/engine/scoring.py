"""From answers to scores, as the instrument's source says, never with a silent zero.

An answer is a code, or null. A null under an item's name means that the item was put to the
person and left unanswered; an absent name means that it was not (yet) asked. Both are missing;
only the first is a refusal, which counts where the source says so (`declined_as`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from holdfast.sense.measures.engine.alerts import Alert, Answered, evaluate, holds
from holdfast.sense.measures.engine.instrument import Instrument, Item, Scale, fold

Sex = Literal["female", "male"]
_NUMERAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")  # narrower than float(): no 1_0, no 1e0, ASCII only


class AnswerError(ValueError):
    """An answer that cannot be used. Its text holds the item and the code, nothing of a person."""

    def __init__(self, item: str, code: object, reason: str) -> None:
        self.item, self.code, self.reason = item, code, reason
        super().__init__(f"{item}: {reason}")


@dataclass(frozen=True)
class Scored:
    """`scores` has every scale, null where there is none; `band` is that of the main scale;
    `missing` lists, in the order of the instrument, scored items without an answer.
    """

    scores: Mapping[str, float | None]
    band: str | None
    missing: tuple[str, ...]
    alerts: tuple[Alert, ...]


def score(
    instrument: Instrument, answers: Mapping[str, object], *, sex: Sex | None = None
) -> Scored:
    """Score one response.

    `answers` maps an item (its id, LOINC code, alias or 1-based position, in any case) to a code:
    an int, an integral float, or either as a string; null where it was left unanswered. `sex`
    decides whether an unanswered item for women or men only is missing; unknown means it is not.

    Raises AnswerError for an unknown item, an item named twice, or a code not in the option set.
    """
    codes, declined = read_answers(instrument, answers)
    shown = Answered(codes, {}, declined)
    absent = frozenset(
        item.id
        for item in instrument.items
        if codes[item.id] is None and _applies(instrument, item, shown, sex)
    )
    scores = {
        scale.id: _scale_score(instrument, scale, codes, absent) for scale in instrument.scales
    }
    main = instrument.scales[0]
    return Scored(
        scores=scores,
        band=main.band(scores[main.id]),
        missing=tuple(
            item.id
            for item in instrument.items
            if item.scored and not item.optional and item.id in absent | declined
        ),
        alerts=evaluate(instrument, Answered(codes, scores, declined), absent),
    )


def read_answers(
    instrument: Instrument, answers: Mapping[str, object]
) -> tuple[dict[str, float | None], frozenset[str]]:
    """Codes by item id (null where unanswered), and the items that were declined.

    A declined item has the code its `declined_as` gives. Raises AnswerError as `score`.
    """
    codes: dict[str, float | None] = {item.id: None for item in instrument.items}
    given: set[str] = set()
    for name, value in answers.items():
        item_id = instrument.names.get(fold(name))
        if item_id is None:
            raise AnswerError(name, value, f"no such item in {instrument.id}")
        if item_id in given:
            raise AnswerError(item_id, value, "answered twice")
        given.add(item_id)
        if value is not None:
            codes[item_id] = read_code(instrument, item_id, value)
    declined: set[str] = set()
    for item in instrument.items:  # in order: a refusal can bring up the next question
        if item.declined_as is None or item.id not in given or codes[item.id] is not None:
            continue
        shown = Answered(codes, {}, declined)
        if item.show_if is None or holds(item.show_if, instrument, shown):
            declined.add(item.id)
            codes[item.id] = item.declined_as
    return codes, frozenset(declined)


def read_code(instrument: Instrument, item_id: str, value: object) -> float:
    """The code as a number. Raises AnswerError where it is none, or not one of the item's."""
    options = instrument.options_of(item_id)
    expected = (
        f"{options.min:g} to {options.max:g} in steps of {options.step:g}"
        if options.is_slider
        else ", ".join(str(code) for code in options.codes)
    )
    number = _number(value)
    if number is None or not math.isfinite(number) or not options.allows(number):
        raise AnswerError(item_id, value, f"expected {expected}, got {value!r:.40}")
    return number


def _number(value: object) -> float | None:
    if isinstance(value, str) and _NUMERAL.fullmatch(value.strip()):
        return float(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 2**53:
        return float(value)
    return None


def _applies(instrument: Instrument, item: Item, shown: Answered, sex: Sex | None) -> bool:
    group = {"female": "women", "male": "men", None: None}[sex]
    if item.only_for is not None and item.only_for != group:
        return False
    return item.show_if is None or holds(item.show_if, instrument, shown)


def _scale_score(
    instrument: Instrument,
    scale: Scale,
    codes: Mapping[str, float | None],
    absent: frozenset[str],
) -> float | None:
    values = [
        _value(instrument, scale, name, code)
        for name in scale.items
        if (code := codes[name]) is not None
    ]
    missing = sum(name in absent for name in scale.items)
    if not values or missing > scale.missing.max_missing:
        return None
    if scale.method == "max":
        return float(scale.factor * max(values))
    total, answered = sum(values), len(values)
    if scale.method == "mean":
        return float(scale.factor * total / answered)
    if missing:
        total = _prorated(total, answered, missing, scale.missing.round == "half_up")
    return float(scale.factor * total)


def _prorated(total: float, answered: int, missing: int, half_up: bool) -> float:
    """Each missing item replaced by the mean of the answered ones.

    Rounding is of the exact fraction: total * n / answered is never rounded to a neighbour first.
    """
    items = answered + missing
    if half_up:
        return math.floor((2 * total * items + answered) / (2 * answered))
    return total * items / answered


def _value(instrument: Instrument, scale: Scale, name: str, code: float) -> float:
    if name in scale.reverse:
        options = instrument.options_of(name)
        code = options.lowest + options.highest - code
    return code * scale.weights.get(name, 1)
