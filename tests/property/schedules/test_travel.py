"""A person travels, loses the network, answers late: no asking is doubled, none is lost.

The server's part and the device's are played with the pure functions that they run on: a worker
that ticks, a device that keeps the plan it last fetched, answers that arrive days later.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from holdfast.sense.measures.engine.prompts import (
    WAITING,
    Key,
    NotNow,
    Standing,
    answerable,
    lay_out,
    nearby,
    next_at,
    snooze,
    snoozes_left,
    step,
)
from holdfast.sense.measures.engine.schedule import (
    DailyTimes,
    EveryNDays,
    Moments,
    Once,
    Rule,
    Weekly,
    rule_data,
    rule_from,
    windows,
)
from tests.property.schedules.clocks import ZONES

HORIZON = timedelta(hours=48)
HOUR = timedelta(hours=1)
SEED = b"somebody's prompt"
BEGINS = datetime(2026, 10, 20, tzinfo=UTC)  # clocks change in Berlin, New York and elsewhere soon
DAYS = 18

zones = st.sampled_from(sorted({zone for zone, _ in ZONES}))
quarters = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any rule that somebody may make."""
    starts = date(2026, 10, 20) + timedelta(days=draw(st.integers(-20, 5)))
    ends = draw(st.none() | st.integers(3, 30).map(lambda n: starts + timedelta(days=n)))
    reminders = draw(st.sampled_from([(), (5,), (10, 60)]))
    more: dict[str, Any] = {
        "starts_on": starts,
        "ends_on": ends,
        "snoozes": draw(st.integers(0, 3)),
    }
    kind = draw(st.sampled_from(["once", "every", "weekly", "daily", "moments"]))
    if kind == "moments":
        wakes = draw(quarters)
        awake = draw(st.integers(8, 20))
        sleeps = time((wakes.hour + awake) % 24, wakes.minute)
        when = Moments(draw(st.integers(1, 5)), wakes, sleeps, draw(st.integers(70, 90)))
        return Rule(
            when=when, window_minutes=draw(st.integers(61, 70)), reminders=reminders, **more
        )
    window = draw(st.none() | st.sampled_from([90, 180]))
    if kind == "once":
        return Rule(when=Once(draw(quarters)), window_minutes=window, reminders=reminders, **more)
    at = tuple(sorted(draw(st.sets(st.integers(0, 7), min_size=1, max_size=4))))
    times = tuple(time(slot * 3, draw(st.sampled_from([0, 30]))) for slot in at)
    if window == 180 and len({one.minute for one in times}) > 1:
        window = 90
    whens: dict[str, EveryNDays | Weekly | DailyTimes] = {
        "every": EveryNDays(draw(st.integers(1, 9)), times),
        "weekly": Weekly(tuple(sorted(draw(st.sets(st.integers(1, 7), min_size=1)))), times),
        "daily": DailyTimes(times),
    }
    return Rule(when=whens[kind], window_minutes=window, reminders=reminders, **more)


@dataclass
class Server:
    """What the worker and the submission do, with rows in a dictionary."""

    rule: Rule
    zone: str
    rows: dict[Key, Standing] = field(default_factory=dict)
    planned_until: datetime | None = None
    planned_in: str = ""
    told: dict[Key, list[str]] = field(default_factory=dict)

    def plan(self, now: datetime) -> None:
        start = min(self.planned_until or now, now)
        laid = lay_out(
            self.rule, self.zone, start, now, now + HORIZON, self.rows.values(), seed=SEED
        )
        assert len({one.key for one in laid}) == len(laid)
        again = lay_out(self.rule, self.zone, start, now, now + HORIZON, laid, seed=SEED)
        assert again == laid, "planning twice changes nothing"
        for one in laid:
            before = self.rows.get(one.key)
            if before is not None and before.state in {"answered", "missed"}:
                assert one == before, "what is over stays as it was"
            self.rows[one.key] = one
        self.planned_until, self.planned_in = now + HORIZON, self.zone

    def tick(self, now: datetime) -> None:
        """Plans when half of what was planned has passed, or the person is elsewhere."""
        soon = now + HORIZON / 2
        if self.planned_until is None or self.planned_until < soon or self.planned_in != self.zone:
            self.plan(now)
        for key, row in list(self.rows.items()):
            due = next_at(row, self.rule)
            if due is None or due > now:
                continue
            moved, tell = step(row, self.rule, now)
            later = next_at(moved, self.rule)
            assert later is None or later > now, "it is not looked at again at once"
            self.rows[key] = moved
            if tell is not None:
                self.told.setdefault(key, []).append(tell)
        self.check(now)

    def check(self, now: datetime) -> None:
        open_now = [one for one in self.rows.values() if one.at(now) in {"open", "snoozed"}]
        assert len(open_now) <= 1
        for one in self.rows.values():
            assert one.closes_at is None or one.opens_at <= one.closes_at or one.state != "open"

    def receive(self, key: Key | None, at: datetime, device_zone: str) -> Key | None:
        """Which prompt the answer is found to belong to."""
        found = nearby(self.rule, self.zone, at, seed=SEED) if key is not None else []
        keys = [(one.local_date, one.slot) for one, _ in found]
        if key not in keys:
            possible = answerable(self.rule, (self.zone, device_zone), [at], seed=SEED)
            keys = [(one.local_date, one.slot) for one, _ in possible]
            keys = [one for one in keys if self._state(one) != "answered"]
            key = keys[0] if keys else None
        if key is not None:
            row = self.rows.get(key) or Standing(*key, at, None, self.zone)
            self.rows[key] = replace(row, state="answered", snoozed_until=None)
        return key

    def _state(self, key: Key) -> str | None:
        row = self.rows.get(key)
        return row.state if row is not None else None


journeys = st.lists(st.tuples(st.integers(1, DAYS * 24), zones), max_size=4)
hours = st.sets(st.integers(0, DAYS * 24), max_size=25)


@given(rules(), zones, journeys, hours, st.integers(0, 60), hours)
def test_every_answer_finds_its_asking_whatever_the_way(
    rule: Rule,
    home: str,
    journey: list[tuple[int, str]],
    answers: set[int],
    delay: int,
    offline: set[int],
) -> None:
    server = Server(rule, home)
    moves = dict(journey)
    device: list[Standing] = []
    given: set[Key] = set()
    queue: list[tuple[int, Key, datetime, str]] = []
    for hour in range(DAYS * 24):
        now = BEGINS + hour * HOUR
        device_zone = server.zone
        if hour in moves:
            server.zone = moves[hour]
        server.tick(now)
        if hour not in offline:
            device = list(server.rows.values())
        standing_open = [one for one in device if one.at(now) == "open" and one.key not in given]
        if hour in answers and standing_open:
            key = standing_open[0].key
            given.add(key)
            queue.append((hour + delay, key, now, device_zone))
        for entry in [one for one in queue if one[0] <= hour]:
            queue.remove(entry)
            _, key, at, zone = entry
            assert server.receive(key, at, zone) == key
    for _, key, at, zone in queue:
        assert server.receive(key, at, zone) == key
    assert {one.key for one in server.rows.values() if one.state == "answered"} == given
    for told in server.told.values():
        assert told[0] == "prompt"
        assert told.count("prompt") == 1
        assert len(told) <= 1 + len(rule.reminders)


@given(rules(), zones, st.integers(0, DAYS * 24), st.integers(0, 200))
def test_an_answer_without_a_name_belongs_to_the_window_it_was_given_in(
    rule: Rule, zone: str, hour: int, delay: int
) -> None:
    server = Server(rule, zone)
    at = BEGINS + hour * HOUR
    server.plan(BEGINS)
    for later in range(0, hour + delay, 6):
        server.tick(BEGINS + later * HOUR)
    inside = windows(rule, ZoneInfo(zone), at, at + timedelta(minutes=1), seed=SEED)
    inside = [one for one in inside if one.opens_at <= at]
    found = server.receive(None, at, zone)
    assert found == ((inside[0].local_date, inside[0].slot) if inside else None)


EVENINGS = Rule(when=DailyTimes((time(20),)), starts_on=date(2026, 10, 20))


@given(rules(), zones, st.sets(st.integers(0, DAYS * 24), max_size=60))
@example(EVENINGS, "UTC", set(range(425, 432)))
def test_whenever_the_worker_looks_it_ends_the_same(rule: Rule, zone: str, away: set[int]) -> None:
    """A worker that sleeps for hours or days writes down the same windows, and tells each once."""
    steady, drowsy = Server(rule, zone), Server(rule, zone)
    for hour in range(DAYS * 24 + 1):
        now = BEGINS + hour * HOUR
        steady.tick(now)
        if hour not in away or hour in {0, DAYS * 24}:
            drowsy.tick(now)
    # Who planned last at another hour has looked further ahead.
    seen = min(one.planned_until or BEGINS for one in (steady, drowsy))
    ended = [
        {
            key: (row.opens_at, row.closes_at, row.state)
            for key, row in one.rows.items()
            if row.opens_at < seen
        }
        for one in (steady, drowsy)
    ]
    assert ended[0] == ended[1]
    assert len(ended[0]) >= len(drowsy.told)
    assert all(told.count("prompt") == 1 for told in drowsy.told.values())


@given(rules(), zones, zones, st.integers(24, 200))
def test_after_a_journey_what_comes_is_asked_at_the_new_local_time(
    rule: Rule, home: str, there: str, hour: int
) -> None:
    server = Server(rule, home)
    for each in range(0, hour, 3):
        server.tick(BEGINS + each * HOUR)
    arrived = BEGINS + hour * HOUR
    server.zone = there
    server.plan(arrived)
    server.tick(arrived)
    begins, ends = arrived + timedelta(hours=27), arrived + timedelta(hours=47)
    wanted = [
        one
        for one in windows(rule, ZoneInfo(there), begins, ends, seed=SEED)
        if one.opens_at >= begins
    ]
    for one in wanted:
        row = server.rows[one.local_date, one.slot]
        if row.state == "planned":
            assert (row.opens_at, row.zone) == (one.opens_at, there)
        else:  # it had its turn at home already
            assert row.state in {"open", "snoozed", "missed"}
            assert row.opens_at <= arrived
    keys = {(one.local_date, one.slot) for one in wanted}
    for row in server.rows.values():
        if row.state == "planned" and begins <= row.opens_at < ends:
            assert row.key in keys


@given(rules(), zones, st.integers(0, DAYS * 24))
def test_putting_off_ends_and_never_outlasts_the_window(rule: Rule, zone: str, hour: int) -> None:
    server = Server(rule, zone)
    now = BEGINS + hour * HOUR
    server.tick(now)
    row = next((one for one in server.rows.values() if one.at(now) == "open"), None)
    if row is None:
        return
    times = 0
    while snoozes_left(row, rule, now):
        row = snooze(row, rule, now)
        times += 1
        assert row.snoozed_until is not None
        assert row.at(now) == "snoozed"
        assert row.closes_at is None or row.snoozed_until < row.closes_at
        now = row.snoozed_until
        row, tell = step(row, rule, now)
        assert (row.state, tell) == ("open", "reminder")
    assert times <= rule.snoozes
    try:
        snooze(row, rule, now)
    except NotNow:
        return
    raise AssertionError("it was put off once too often")


@given(rules())
def test_a_rule_is_the_same_after_it_was_written_down(rule: Rule) -> None:
    assert rule_from(rule_data(rule)) == rule


def test_waiting_states_are_those_that_can_still_be_answered() -> None:
    assert WAITING == ("planned", "open", "snoozed")


def test_what_a_journey_leaps_over_is_nobodys_silence() -> None:
    """From Berlin to Tokyo at two in the afternoon: there it is ten at night, the evening over."""
    rule = Rule(
        when=DailyTimes(at=(time(9), time(18))), starts_on=date(2026, 11, 1), window_minutes=60
    )
    server = Server(rule, "Europe/Berlin")
    for hour in range(14):
        server.tick(datetime(2026, 11, 2, hour, tzinfo=UTC))
    server.zone = "Asia/Tokyo"
    server.tick(datetime(2026, 11, 2, 13, 30, tzinfo=UTC))
    evening = server.rows[date(2026, 11, 2), 1]
    assert evening.state == "cancelled"
    morning = server.rows[date(2026, 11, 3), 0]
    assert morning.opens_at == datetime(2026, 11, 3, 0, tzinfo=UTC)
    # Back before six in the evening, it is asked after all.
    server.zone = "Europe/Berlin"
    server.tick(datetime(2026, 11, 2, 14, 30, tzinfo=UTC))
    assert server.rows[date(2026, 11, 2), 1].state == "planned"
    assert server.rows[date(2026, 11, 2), 1].opens_at == datetime(2026, 11, 2, 17, tzinfo=UTC)


def test_what_stands_open_until_the_next_stays_open_on_a_journey_until_the_next() -> None:
    rule = Rule(when=EveryNDays(days=7), starts_on=date(2026, 11, 2))
    server = Server(rule, "Europe/Berlin")
    server.tick(datetime(2026, 11, 3, tzinfo=UTC))
    server.zone = "America/New_York"
    server.plan(datetime(2026, 11, 4, tzinfo=UTC))
    asked = server.rows[date(2026, 11, 2), 0]
    assert asked.state == "open"
    assert asked.closes_at == datetime(2026, 11, 9, 5, tzinfo=UTC)
