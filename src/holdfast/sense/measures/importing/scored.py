"""Imported answers, read and scored: many of one instrument at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from holdfast.sense.measures.engine.alerts import Alert, Answered, evaluate
from holdfast.sense.measures.engine.instrument import Condition, Instrument, fold
from holdfast.sense.measures.engine.scoring import AnswerError, Scored, Sex, read_answers, score
from holdfast.sense.measures.engine.table import score_table
from holdfast.sense.measures.importing.records import Answers

#: From this many responses of one instrument on, a table is faster than one by one.
TABLE_FROM = 8


#: What a table takes as it is; texts, and what is no code at all, are read one by one.
_NUMBERS = frozenset({float, int})


class Unusable(Exception):
    """An answer that does not fit its instrument; the text is the reason shown."""


@dataclass(slots=True)
class Reading:
    """One questionnaire of an entry. `said` maps items to codes, without what was left out: a file
    does not tell a refusal from a question that was not put. `totals` is given where that is all
    there is. `score_all` sets `scored`, or `fault` where a code is not one of the item's.
    """

    instrument: Instrument
    answers: Answers
    sex: Sex | None
    said: Mapping[str, float] = field(default_factory=dict)
    totals: Mapping[str, float] = field(default_factory=dict)
    scored: Scored | None = None
    fault: str = ""

    @property
    def result(self) -> Scored:
        """What `score_all` found; RuntimeError where it was not called, or found a fault."""
        if self.scored is None:
            raise RuntimeError("this reading has not been scored")
        return self.scored


def read(instrument: Instrument, answers: Answers, sex: Sex | None) -> Reading:
    """The answers under the names of the instrument. What does not fit it is a `fault`; codes
    that are numbers are looked at by `score_all`, many at once.
    """
    reading = Reading(instrument, answers, sex)
    try:
        if answers.scores:
            _check_totals(instrument, answers.scores)
            reading.totals = answers.scores
        else:
            reading.said = _said(instrument, answers.items)
    except Unusable as error:
        reading.fault = str(error)
    return reading


def _said(instrument: Instrument, items: Mapping[str, object]) -> Mapping[str, float]:
    places = _places(instrument, tuple(items))
    values: tuple[Any, ...] = tuple(items.values())
    said = {name: code for name, place in places if (code := values[place]) is not None}
    if said and len(places) == len(items) and _NUMBERS.issuperset(map(type, said.values())):
        return said
    return _read_slowly(instrument, items)


@lru_cache(maxsize=256)
def _places(instrument: Instrument, names: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Each named item, in the instrument's order, and where it stands among the names; fewer than
    there are names where one is unknown or there twice.
    """
    found = {instrument.names.get(fold(name)): place for place, name in enumerate(names)}
    return tuple((item.id, found[item.id]) for item in instrument.items if item.id in found)


def _read_slowly(instrument: Instrument, items: Mapping[str, object]) -> Mapping[str, float]:
    given = {name: code for name, code in items.items() if code is not None}
    if not given:
        raise Unusable(f"{instrument.id}: no answer")
    try:
        codes, _ = read_answers(instrument, given)
    except AnswerError as error:
        raise Unusable(f"{instrument.id}: {error}") from None
    return {name: code for name, code in codes.items() if code is not None}


def _check_totals(instrument: Instrument, totals: Mapping[str, float]) -> None:
    for name, value in totals.items():
        try:
            low, high = instrument.scale(name).range
        except KeyError:
            raise Unusable(f"{instrument.id} has no scale {name}") from None
        if not low <= value <= high:
            raise Unusable(f"{instrument.id} {name}: {value:g} is outside {low:g} to {high:g}")


def score_all(readings: Iterable[Reading]) -> None:
    """Score every reading without a fault, those of one simple instrument in one table."""
    groups: dict[tuple[str, str], list[Reading]] = {}
    for one in readings:
        if one.totals:
            one.scored = _of_totals(one)
        elif not one.fault:
            groups.setdefault((one.instrument.id, one.instrument.version), []).append(one)
    for group in groups.values():
        if not (len(group) >= TABLE_FROM and _simple(group[0].instrument) and _in_a_table(group)):
            for one in group:
                _score_one(one)


def _of_totals(one: Reading) -> Scored:
    """A total says nothing about items, so it raises no alert."""
    main = one.instrument.scales[0]
    band = main.band(one.totals.get(main.id))
    return Scored(scores=one.totals, band=band, missing=(), alerts=())


def _score_one(one: Reading) -> None:
    try:
        one.said = _read_slowly(one.instrument, one.answers.items)
    except Unusable as error:
        one.fault = str(error)
        return
    scored = score(one.instrument, one.said, sex=one.sex)
    alerts = _about_answers(one, scored.alerts)
    one.scored = Scored(scored.scores, scored.band, scored.missing, alerts)


def _about_answers(one: Reading, alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Without those about a question passed over: it can be asked today, but not in the past."""
    return tuple(alert for alert in alerts if alert.item is None or alert.item in one.said)


def _simple(instrument: Instrument) -> bool:
    """Whether every unanswered item is a missing one: no branches, nobody's own items."""
    return not any(
        item.show_if is not None or item.only_for is not None or item.declined_as is not None
        for item in instrument.items
    )


def _in_a_table(group: list[Reading]) -> bool:
    """Score them all at once; false, and nothing done, where one of them holds no valid code."""
    instrument = group[0].instrument
    names = [item.id for item in instrument.items]
    try:
        matrix = np.array([[*map(one.said.get, names)] for one in group], dtype=np.float64)
        table = score_table(instrument, matrix)
    except (AnswerError, OverflowError):
        return False
    left_out = len(names) * len(group) - sum(len(one.said) for one in group)
    if np.count_nonzero(np.isnan(matrix)) != left_out:  # a code that is not a number
        return False
    raised = _may_raise(instrument, matrix, table)
    wanted = [item.id for item in instrument.items if item.scored and not item.optional]
    main = instrument.scales[0]
    columns = [[_or_none(value) for value in column.tolist()] for column in table.values()]
    for one, alarming, *values in zip(group, raised, *columns, strict=True):
        scores = dict(zip(table, values, strict=True))
        one.scored = Scored(
            scores=scores,
            band=main.band(scores[main.id]),
            missing=tuple(name for name in wanted if name not in one.said),
            alerts=_alerts(one, scores, names) if alarming else (),
        )
    return True


def _may_raise(
    instrument: Instrument, matrix: NDArray[np.float64], table: Mapping[str, NDArray[np.float64]]
) -> list[bool]:
    """The rows in which a rule may hold: most hold none, and need not be asked one by one."""
    items = {item.id: matrix[:, place] for place, item in enumerate(instrument.items)}
    found = np.zeros(len(matrix), dtype=np.bool_)
    for rule in instrument.alerts:
        found |= _may_hold(rule.when, instrument, items, table)
    return cast(list[bool], found.tolist())


def _may_hold(
    condition: Condition,
    instrument: Instrument,
    items: Mapping[str, NDArray[np.float64]],
    table: Mapping[str, NDArray[np.float64]],
) -> NDArray[np.bool_]:
    """Never false where the condition holds: `none_of` counts as true, a band as from its start."""
    if condition.parts:
        found = np.ones(len(next(iter(items.values()))), dtype=np.bool_)
        for part in condition.all_of:
            found &= _may_hold(part, instrument, items, table)
        either = [_may_hold(part, instrument, items, table) for part in condition.any_of]
        return found & np.logical_or.reduce(either) if either else found
    column = items[condition.item] if condition.item is not None else table[str(condition.scale)]
    low = -np.inf if condition.at_least is None else condition.at_least
    if condition.band is not None:
        bands = instrument.scale(str(condition.scale)).bands
        low = max(low, next(band.min for band in bands if band.id == condition.band))
    high = np.inf if condition.at_most is None else condition.at_most
    return (column >= low) & (column <= high)


def _alerts(
    one: Reading, scores: Mapping[str, float | None], names: list[str]
) -> tuple[Alert, ...]:
    codes = {name: one.said.get(name) for name in names}
    return evaluate(one.instrument, Answered(codes, scores, frozenset()), frozenset())


def _or_none(value: float) -> float | None:
    return None if value != value else value
