"""When a flag is due and where it goes next. Pure: knows no clock and no database.

Monitored hours come in as windows of UTC instants, so that no time-zone rule is applied here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

Level = Literal["none", "watch", "concern", "urgent", "emergency"]
LEVELS: tuple[Level, ...] = ("none", "watch", "concern", "urgent", "emergency")

#: closing or opening of the monitored hours, or minutes.
Rule = Literal["closing", "opening"] | int
DueKind = Literal["same_day", "next_opening"]
State = Literal["open", "acknowledged", "acted", "closed"]


@dataclass(frozen=True)
class Window:
    """One stretch of monitored time, `opens <= t < closes`; `closes` is the end of that day's
    monitored time when `last_of_day`.
    """

    opens: datetime
    closes: datetime
    last_of_day: bool = True


@dataclass(frozen=True)
class LevelPolicy:
    """The clocks of one level."""

    inside: Rule
    outside: Rule
    step: timedelta
    act: timedelta
    close: timedelta


@dataclass(frozen=True)
class Policy:
    """What `content/escalation.yaml` says."""

    levels: Mapping[str, LevelPolicy]
    opening_grace: timedelta
    without_hours: timedelta
    alarm_again: timedelta
    follow_up: timedelta
    reasons: Mapping[str, str]
    known_once: frozenset[str]


@dataclass(frozen=True)
class Due:
    """When someone should have looked, what the person is told, and when the flag moves on."""

    at: datetime
    kind: DueKind
    escalate_at: datetime


class PolicyError(ValueError):
    """`escalation.yaml` cannot be used; the message says where."""


def _rule(value: object, where: str) -> Rule:
    if isinstance(value, Mapping) and isinstance(value.get("minutes"), int):
        return int(value["minutes"])
    if value == "closing":
        return "closing"
    if value == "opening":
        return "opening"
    raise PolicyError(f"{where}: expected closing, opening or {{minutes: N}}, got {value!r}")


def parse_policy(data: Mapping[str, Any]) -> Policy:
    """The policy from the parsed file. Raises PolicyError, or KeyError for what is not there."""

    def minutes(holder: Mapping[str, Any], name: str) -> timedelta:
        value = holder[name]
        if not isinstance(value, int) or value <= 0:
            raise PolicyError(f"{name}: expected minutes above 0, got {value!r}")
        return timedelta(minutes=value)

    levels: dict[str, LevelPolicy] = {}
    for level in LEVELS[1:]:
        entry = data["levels"][level]
        levels[level] = LevelPolicy(
            inside=_rule(entry["inside"], f"{level}.inside"),
            outside=_rule(entry["outside"], f"{level}.outside"),
            step=minutes(entry, "step_minutes"),
            act=minutes(entry, "act_minutes"),
            close=minutes(entry, "close_minutes"),
        )
    unknown = set(data["reasons"].values()) - set(LEVELS)
    if unknown:
        raise PolicyError(f"reasons: unknown levels {sorted(unknown)}")
    return Policy(
        levels=levels,
        opening_grace=minutes(data, "opening_grace_minutes"),
        without_hours=minutes(data, "without_hours_minutes"),
        alarm_again=minutes(data, "alarm_again_minutes"),
        follow_up=minutes(data, "follow_up_minutes"),
        reasons=dict(data["reasons"]),
        known_once=frozenset(data["known_once"]),
    )


@cache
def policy() -> Policy:
    """The policy that ships, read once."""
    source = files("holdfast.safety.flags") / "content" / "escalation.yaml"
    return parse_policy(yaml.safe_load(source.read_text(encoding="utf-8")))


def window_at(windows: Sequence[Window], now: datetime) -> Window | None:
    """The window that `now` lies in."""
    return next((window for window in windows if window.opens <= now < window.closes), None)


def next_opening(windows: Sequence[Window], now: datetime) -> datetime | None:
    """The first opening after `now`."""
    return min((window.opens for window in windows if window.opens > now), default=None)


def closing_of_day(windows: Sequence[Window], now: datetime) -> datetime | None:
    """The end of the monitored day that `now` lies in, else of the next one."""
    return min(
        (window.closes for window in windows if window.last_of_day and window.closes > now),
        default=None,
    )


def due(level: str, now: datetime, windows: Sequence[Window], policy: Policy) -> Due:
    """When a flag that comes in `now` is due: by its level's rule, and never later than a lower
    level would be (an hour is more than the ten minutes that are left until closing).

    `windows` are the monitored hours around `now` and some weeks ahead, in order; none at all means
    that the practice has not said when it looks.
    """
    up_to = LEVELS[1 : rank(level) + 1]
    by_rule = [_due_by_rule(one, now, windows, policy) for one in reversed(up_to)]
    return min(by_rule, key=lambda found: (found.at, found.escalate_at))


def _due_by_rule(level: str, now: datetime, windows: Sequence[Window], policy: Policy) -> Due:
    rules = policy.levels[level]
    is_inside = window_at(windows, now) is not None
    rule: Rule = rules.inside if is_inside else rules.outside
    kind: DueKind = "same_day"
    at: datetime | None
    if isinstance(rule, int):
        at = now + timedelta(minutes=rule)
    elif rule == "opening":
        at, kind = next_opening(windows, now), "next_opening"
    else:
        at = closing_of_day(windows, now)
        kind = "same_day" if is_inside else "next_opening"
    if at is None:
        at, kind = now + policy.without_hours, "same_day"
    grace = policy.opening_grace if rule == "opening" and kind == "next_opening" else timedelta(0)
    return Due(at, kind, at + grace)


def step_due(level: str, now: datetime, windows: Sequence[Window], policy: Policy) -> Due:
    """When the next person on call is due, to whom a flag came `now`.

    Inside monitored hours and for levels that never wait: after the level's step. Else that long
    after the next opening.
    """
    rules = policy.levels[level]
    opening = next_opening(windows, now)
    waits = not isinstance(rules.outside, int)
    if waits and opening is not None and window_at(windows, now) is None:
        return Due(opening, "next_opening", opening + rules.step)
    at = now + rules.step
    return Due(at, "same_day", at)


def ring_again_at(now: datetime, windows: Sequence[Window], policy: Policy) -> datetime:
    """When an exhausted chain is alarmed again: at the next opening."""
    return next_opening(windows, now) or now + policy.alarm_again


def next_on_call(
    order: Sequence[tuple[int, Any]], had: Iterable[tuple[Any, bool]]
) -> tuple[int, Any] | None:
    """The first of an on-call order, given as (position, who), to whom the flag has not come.

    `had` says to whom it came, oldest first, and whether it then started from the top. People
    count and not positions: an order that changed meanwhile leaves nobody out.
    """
    passed: set[Any] = set()
    for who, from_the_top in had:
        if from_the_top:
            passed.clear()
        passed.add(who)
    return next((entry for entry in order if entry[1] not in passed), None)


def rank(level: str) -> int:
    """none 0 to emergency 4."""
    return LEVELS.index(level)
