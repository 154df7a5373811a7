"""What becomes of one asking: planned, open, put off, answered, missed or cancelled. Pure.

A prompt is named by its rule, local date and slot, so it is one however often it is planned and
wherever the person travels. What has not opened follows the person's zone; what has opened stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from holdfast.sense.measures.engine.schedule import Anchor, Rule, Window, windows

State = Literal["planned", "open", "snoozed", "answered", "missed", "cancelled"]
Tell = Literal["prompt", "reminder"]
Key = tuple[date, int]

WAITING: tuple[State, ...] = ("planned", "open", "snoozed")
#: Where two zones name the same local time, the instants lie no further apart than this.
FURTHEST_APART = timedelta(hours=26)


class NotNow(ValueError):
    """A prompt cannot be put off: it is not open, or there is no more time or leave for it."""


@dataclass(frozen=True)
class Standing:
    """How one prompt stands. Instants in UTC; `zone` is the one they were planned in."""

    local_date: date
    slot: int
    opens_at: datetime
    closes_at: datetime | None
    zone: str
    state: State = "planned"
    reminded: int = 0
    snoozes: int = 0
    snoozed_until: datetime | None = None

    @property
    def key(self) -> Key:
        """What it is called within its rule."""
        return self.local_date, self.slot

    def closed(self, now: datetime) -> bool:
        """Whether its window has passed."""
        return self.closes_at is not None and self.closes_at <= now

    def at(self, now: datetime) -> State:
        """Its state at an instant, also where no worker has written it down yet."""
        if self.state not in WAITING:
            return self.state
        if self.closed(now):
            return "missed"
        if now < self.opens_at:
            return "planned"
        put_off = self.snoozed_until is not None and now < self.snoozed_until
        return "snoozed" if put_off else "open"


def lay_out(
    rule: Rule,
    zone: str,
    start: datetime,
    now: datetime,
    until: datetime,
    kept: Iterable[Standing],
    *,
    seed: bytes = b"",
    anchors: Sequence[Anchor] = (),
) -> list[Standing]:
    """Every prompt whose window touches [start, until), in the zone where the person is now.

    `kept` are those there already. One that has not opened moves with the zone, and is cancelled
    where travel leapt over it; one that is open keeps its window, at most until the next opens.
    """
    wanted = windows(
        rule, ZoneInfo(zone), start, until + FURTHEST_APART, seed=seed, anchors=anchors
    )
    before = {prompt.key: prompt for prompt in kept}
    found = []
    for window in wanted:
        prompt = before.pop((window.local_date, window.slot), None)
        if prompt is not None:
            found.append(_moved(prompt, rule, window, zone, now))
        elif window.opens_at < until:
            found.append(_planned(window, zone))
    found += [_left_over(prompt, now) for prompt in before.values()]
    return _one_at_a_time(found, now)


def _planned(window: Window, zone: str) -> Standing:
    return Standing(window.local_date, window.slot, window.opens_at, window.closes_at, zone)


def _moved(prompt: Standing, rule: Rule, window: Window, zone: str, now: datetime) -> Standing:
    if prompt.state == "cancelled" or (prompt.state == "planned" and not prompt.closed(now)):
        planned = _planned(window, zone)
        # Nobody has been asked, and in this zone nobody can be any more. A way back revives it.
        return replace(planned, state="cancelled") if planned.closed(now) else planned
    if prompt.state in WAITING and rule.window_minutes is None:
        return replace(prompt, closes_at=window.closes_at)
    return prompt


def _left_over(prompt: Standing, now: datetime) -> Standing:
    """One that the rule, in this zone, has no window for."""
    if prompt.state == "planned" and not prompt.closed(now):
        return replace(prompt, state="cancelled")
    return prompt


def _one_at_a_time(prompts: list[Standing], now: datetime) -> list[Standing]:
    """One ends when the next opens: at once, where travel has already opened the next."""
    ordered = sorted(prompts, key=lambda one: (one.state == "planned", one.opens_at, one.key))
    found: list[Standing] = []
    ends: datetime | None = None
    for prompt in reversed(ordered):
        if prompt.state not in WAITING:
            found.append(prompt)
            continue
        late = ends is not None and (prompt.closes_at is None or prompt.closes_at > ends)
        found.append(replace(prompt, closes_at=ends) if late else prompt)
        ends = prompt.opens_at if prompt.state == "planned" else None
        if ends is not None and ends < now and not prompt.closed(now):
            ends = now
    return sorted(found, key=lambda one: (one.opens_at, one.key))


def step(prompt: Standing, rule: Rule, now: datetime) -> tuple[Standing, Tell | None]:
    """What it becomes at `now`, and what the person is told then.

    However late it is looked at, one message is sent, and none for a window that has passed.
    """
    state = prompt.at(now)
    if state not in {"open", "missed"} or prompt.state not in WAITING:
        return prompt, None
    if state == "missed":
        return replace(prompt, state="missed", snoozed_until=None), None
    due = sum(prompt.opens_at + timedelta(minutes=after) <= now for after in rule.reminders)
    reminded = max(due, prompt.reminded)
    moved = replace(prompt, state="open", reminded=reminded, snoozed_until=None)
    if prompt.state == "planned":
        return moved, "prompt"
    tell = prompt.state == "snoozed" or reminded > prompt.reminded
    return moved, "reminder" if tell else None


def next_at(prompt: Standing, rule: Rule) -> datetime | None:
    """When it wants to be looked at again; None when nothing more happens by itself."""
    if prompt.state not in WAITING:
        return None
    if prompt.state == "planned":
        return prompt.opens_at
    instants = [prompt.snoozed_until, prompt.closes_at]
    if prompt.state == "open" and prompt.reminded < len(rule.reminders):
        instants.append(prompt.opens_at + timedelta(minutes=rule.reminders[prompt.reminded]))
    return min((one for one in instants if one is not None), default=None)


def snoozes_left(prompt: Standing, rule: Rule, now: datetime) -> int:
    """How often it can still be put off before it closes."""
    later = now + timedelta(minutes=rule.snooze_minutes)
    if prompt.at(now) != "open" or (prompt.closes_at is not None and later >= prompt.closes_at):
        return 0
    return max(0, rule.snoozes - prompt.snoozes)


def snooze(prompt: Standing, rule: Rule, now: datetime) -> Standing:
    """Put it off. Raises NotNow."""
    if snoozes_left(prompt, rule, now) == 0:
        raise NotNow
    return replace(
        prompt,
        state="snoozed",
        snoozes=prompt.snoozes + 1,
        snoozed_until=now + timedelta(minutes=rule.snooze_minutes),
    )


def answerable(
    rule: Rule,
    zones: Sequence[str],
    instants: Sequence[datetime],
    *,
    seed: bytes = b"",
    anchors: Sequence[Anchor] = (),
) -> list[tuple[Window, str]]:
    """The windows an answer may belong to, the likeliest first, each with its zone.

    `zones` are the person's zone and then the one the device was in: an answer given before a
    journey and received after it belongs to the window that stood open where it was given.
    At most one window of a zone holds an instant.
    """
    found: dict[Key, tuple[Window, str]] = {}
    for instant in instants:
        for zone in zones:
            moment = timedelta(microseconds=1)
            for window in windows(
                rule, ZoneInfo(zone), instant, instant + moment, seed=seed, anchors=anchors
            ):
                found.setdefault((window.local_date, window.slot), (window, zone))
    return list(found.values())


def nearby(
    rule: Rule, zone: str, instant: datetime, *, seed: bytes = b"", anchors: Sequence[Anchor] = ()
) -> list[tuple[Window, str]]:
    """The windows that may have stood open at an instant, in whatever zone a device was planned.

    For an answer that names its prompt: the device says that it stood open.
    """
    first, last = instant - FURTHEST_APART, instant + FURTHEST_APART
    found = windows(rule, ZoneInfo(zone), first, last, seed=seed, anchors=anchors)
    return [(window, zone) for window in found]
