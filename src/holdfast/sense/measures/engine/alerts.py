"""Alert rules: which answers a human should look at, and how soon.

An alert says what was answered, never how likely anything is: no scale or tool is used to
predict suicide or to sort people by risk (NICE NG225).
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from holdfast.sense.measures.engine.instrument import AlertRule, Condition, Instrument, Level


@dataclass(frozen=True)
class Alert:
    """A rule that holds. `item` or `scale` says what it is about; `follow_up` is the id of an
    instrument to ask at once. `reason` is a code: its words are interface strings.
    """

    code: str
    level: Level
    reason: str
    item: str | None = None
    scale: str | None = None
    follow_up: str | None = None


@dataclass(frozen=True)
class Answered:
    """What a condition is tested on: codes by item, scores by scale, and the items declined."""

    codes: Mapping[str, float | None]
    scores: Mapping[str, float | None]
    declined: Set[str]


def holds(condition: Condition, instrument: Instrument, answered: Answered) -> bool:
    """Whether a condition is true; a leaf without an answer or score is false."""
    if condition.parts:
        return (
            all(holds(part, instrument, answered) for part in condition.all_of)
            and (
                not condition.any_of
                or any(holds(part, instrument, answered) for part in condition.any_of)
            )
            and not any(holds(part, instrument, answered) for part in condition.none_of)
        )
    if condition.declined:
        return condition.item in answered.declined
    if condition.item is not None:
        value = answered.codes.get(condition.item)
    else:
        value = answered.scores.get(str(condition.scale))
    if value is None:
        return False
    if condition.band is not None:
        return instrument.scale(str(condition.scale)).band(value) == condition.band
    return (condition.at_least is None or value >= condition.at_least) and (
        condition.at_most is None or value <= condition.at_most
    )


def evaluate(instrument: Instrument, answered: Answered, skipped: Set[str]) -> tuple[Alert, ...]:
    """The alerts of a response, in the order of the pack.

    `skipped` are the items without an answer. Where there is no answer at all there is no alert:
    a questionnaire that was not filled in says nothing.
    """
    if all(value is None for value in answered.codes.values()):
        return ()
    found = []
    for rule in instrument.alerts:
        if holds(rule.when, instrument, answered):
            about = next(
                (leaf for leaf in rule.when.leaves() if holds(leaf, instrument, answered)),
                rule.when,
            )
            found.append(_alert(rule, about))
        elif rule.if_skipped and rule.when.item in skipped:
            found.append(_skipped(rule))
    return tuple(found)


def _alert(rule: AlertRule, about: Condition) -> Alert:
    return Alert(rule.id, rule.level, rule.reason, about.item, about.scale, rule.follow_up)


def _skipped(rule: AlertRule) -> Alert:
    """A question that matters was passed over: it is asked again, not inferred from the rest."""
    code = f"{rule.id}-skipped"
    return Alert(code, "watch", code, rule.when.item)
