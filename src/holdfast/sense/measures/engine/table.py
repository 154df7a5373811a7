"""Scoring of many people at once, for importers and studies: the same rules as `scoring.score`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from holdfast.sense.measures.engine.instrument import Condition, Instrument, OptionSet, Scale
from holdfast.sense.measures.engine.scoring import AnswerError, Sex

Column = NDArray[np.float64]
Mask = NDArray[np.bool_]


def score_table(
    instrument: Instrument, matrix: NDArray[np.float64], *, sex: Sequence[Sex | None] | None = None
) -> dict[str, Column]:
    """Scores by scale id, each an array of n with NaN where there is no score.

    `matrix` is n people x items in the instrument's order, codes as floats, NaN where there is no
    answer. A table cannot tell a refusal from a question not asked: NaN is never a refusal.
    Alerts are not evaluated. Memory is a few times that of the matrix; pass it in chunks.

    Raises AnswerError naming the item and the first row (0-based) with a code that is not one of
    the item's, ValueError where the shape does not fit.
    """
    if matrix.ndim != 2 or matrix.shape[1] != len(instrument.items):
        raise ValueError(
            f"expected one column for each of {len(instrument.items)} items, got {matrix.shape}"
        )
    columns = {item.id: matrix[:, i] for i, item in enumerate(instrument.items)}
    for name, column in columns.items():
        _check(name, column, instrument.options_of(name))
    absent = _absent(instrument, columns, sex)
    return {scale.id: _scale(instrument, scale, columns, absent) for scale in instrument.scales}


def _check(name: str, column: Column, options: OptionSet) -> None:
    if options.codes:
        allowed = np.isin(column, options.codes)
    else:
        steps = (column - options.lowest) / float(options.step or 1)
        near = np.abs(steps - np.round(steps)) < 1e-9
        allowed = (column >= options.lowest) & (column <= options.highest) & near
    bad = np.flatnonzero(~allowed & ~np.isnan(column))
    if bad.size:
        raise AnswerError(name, float(column[bad[0]]), f"row {bad[0]}: not one of the item's codes")


def _absent(
    instrument: Instrument, columns: Mapping[str, Column], sex: Sequence[Sex | None] | None
) -> dict[str, Mask]:
    """Where an item applies to the person and has no answer."""
    people = len(next(iter(columns.values())))
    known = np.array(sex if sex is not None else [None] * people, dtype=object)
    absent: dict[str, Mask] = {}
    for item in instrument.items:
        mask: Mask = np.isnan(columns[item.id])
        if item.only_for is not None:
            mask &= known == {"women": "female", "men": "male"}[item.only_for]
        if item.show_if is not None:
            mask &= _holds(item.show_if, columns)
        absent[item.id] = mask
    return absent


def _holds(condition: Condition, columns: Mapping[str, Column]) -> Mask:
    if condition.parts:
        people = len(next(iter(columns.values())))
        result: Mask = np.ones(people, dtype=np.bool_)
        for part in condition.all_of:
            result &= _holds(part, columns)
        if condition.any_of:
            result &= np.logical_or.reduce([_holds(part, columns) for part in condition.any_of])
        for part in condition.none_of:
            result &= ~_holds(part, columns)
        return result
    column = columns[str(condition.item)]
    if condition.declined:
        return np.zeros(len(column), dtype=np.bool_)
    low = -np.inf if condition.at_least is None else condition.at_least
    high = np.inf if condition.at_most is None else condition.at_most
    return (column >= low) & (column <= high)


def _scale(
    instrument: Instrument,
    scale: Scale,
    columns: Mapping[str, Column],
    absent: Mapping[str, Mask],
) -> Column:
    values = np.column_stack([_values(instrument, scale, name, columns) for name in scale.items])
    given = ~np.isnan(values)
    answered = given.sum(axis=1)
    missing = np.sum([absent[name] for name in scale.items], axis=0)
    none = (answered == 0) | (missing > scale.missing.max_missing)
    if scale.method == "max":
        result = np.where(given, values, -np.inf).max(axis=1)
    else:
        result = np.nansum(values, axis=1)
        count = np.maximum(answered, 1)
        if scale.method == "mean":
            result = result / count
        else:
            items = answered + missing
            if scale.missing.round == "half_up":
                prorated = np.floor((2 * result * items + count) / (2 * count))
            else:
                prorated = result * items / count
            result = np.where(missing > 0, prorated, result)
    return np.where(none, np.nan, scale.factor * result)


def _values(
    instrument: Instrument, scale: Scale, name: str, columns: Mapping[str, Column]
) -> Column:
    column = columns[name]
    if name in scale.reverse:
        options = instrument.options_of(name)
        column = options.lowest + options.highest - column
    return column * scale.weights.get(name, 1)
