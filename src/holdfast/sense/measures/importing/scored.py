"""Imported answers, read and scored: many of one instrument at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from holdfast.sense.measures.engine.alerts import Alert, Answered, evaluate
from holdfast.sense.measures.engine.instrument import Instrument
from holdfast.sense.measures.engine.scoring import AnswerError, Scored, Sex, read_answers, score
from holdfast.sense.measures.engine.table import score_table
from holdfast.sense.measures.importing.records import Answers

#: From this many responses of one instrument on, a table is faster than one by one.
TABLE_FROM = 8


class Unusable(Exception):
    """An entry that does not fit its instrument; the text is the reason shown."""


@dataclass
class Reading:
    """One questionnaire of an entry. `said` maps items to codes, without what was left out: a file
    does not tell a refusal from a question that was not put. `totals` is given where that is all
    there is. `scored` is set by `score_all`.
    """

    instrument: Instrument
    answers: Answers
    said: Mapping[str, float] = field(default_factory=dict)
    totals: Mapping[str, float] = field(default_factory=dict)
    sex: Sex | None = None
    scored: Scored | None = None


def read(instrument: Instrument, answers: Answers, sex: Sex | None) -> Reading:
    """Check codes, or totals, against the instrument. Raises Unusable."""
    if answers.scores:
        _check_totals(instrument, answers.scores)
        return Reading(instrument, answers, totals=answers.scores, sex=sex)
    given = {name: code for name, code in answers.items.items() if code is not None}
    if not given:
        raise Unusable(f"{instrument.id}: no answer")
    try:
        codes, _ = read_answers(instrument, given)
    except AnswerError as error:
        raise Unusable(f"{instrument.id}: {error}") from None
    said = {name: code for name, code in codes.items() if code is not None}
    return Reading(instrument, answers, said=said, sex=sex)


def _check_totals(instrument: Instrument, totals: Mapping[str, float]) -> None:
    for name, value in totals.items():
        try:
            low, high = instrument.scale(name).range
        except KeyError:
            raise Unusable(f"{instrument.id} has no scale {name}") from None
        if not low <= value <= high:
            raise Unusable(f"{instrument.id} {name}: {value:g} is outside {low:g} to {high:g}")


def score_all(readings: Iterable[Reading]) -> None:
    """Score every reading, those of one simple instrument in one table."""
    groups: dict[tuple[str, str], list[Reading]] = {}
    for one in readings:
        if one.totals:
            one.scored = _of_totals(one)
        else:
            groups.setdefault((one.instrument.id, one.instrument.version), []).append(one)
    for group in groups.values():
        if len(group) >= TABLE_FROM and _simple(group[0].instrument):
            _score_table(group)
        else:
            for one in group:
                one.scored = _score_one(one)


def _of_totals(one: Reading) -> Scored:
    """A total says nothing about items, so it raises no alert."""
    main = one.instrument.scales[0]
    band = main.band(one.totals.get(main.id))
    return Scored(scores=one.totals, band=band, missing=(), alerts=())


def _score_one(one: Reading) -> Scored:
    scored = score(one.instrument, one.said, sex=one.sex)
    return Scored(scored.scores, scored.band, scored.missing, _about_answers(one, scored.alerts))


def _about_answers(one: Reading, alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Without those about a question passed over: it can be asked today, but not in the past."""
    return tuple(alert for alert in alerts if alert.item is None or alert.item in one.said)


def _simple(instrument: Instrument) -> bool:
    """Whether every unanswered item is a missing one: no branches, nobody's own items."""
    return not any(
        item.show_if is not None or item.only_for is not None or item.declined_as is not None
        for item in instrument.items
    )


def _score_table(group: list[Reading]) -> None:
    instrument = group[0].instrument
    names = [item.id for item in instrument.items]
    matrix = np.array(
        [[one.said.get(name, np.nan) for name in names] for one in group], dtype=np.float64
    )
    columns = {scale: column.tolist() for scale, column in score_table(instrument, matrix).items()}
    wanted = [item.id for item in instrument.items if item.scored and not item.optional]
    main = instrument.scales[0]
    for row, one in enumerate(group):
        scores = {scale: _or_none(column[row]) for scale, column in columns.items()}
        one.scored = Scored(
            scores=scores,
            band=main.band(scores[main.id]),
            missing=tuple(name for name in wanted if name not in one.said),
            alerts=_alerts(one, scores, names),
        )


def _alerts(
    one: Reading, scores: Mapping[str, float | None], names: list[str]
) -> tuple[Alert, ...]:
    if not one.instrument.alerts:
        return ()
    codes = {name: one.said.get(name) for name in names}
    return evaluate(one.instrument, Answered(codes, scores, frozenset()), frozenset())


def _or_none(value: float) -> float | None:
    return None if value != value else value
