"""What is free: rules, exceptions, closures, what is busy, notice, horizon and buffers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from holdfast.meet.scheduling.engine import (
    Busy,
    ExceptionDay,
    Kind,
    Rule,
    Slot,
    free_slots,
    later_starts,
    local_instant,
    open_windows,
    series_starts,
    whole_day,
)

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
#: Monday, 1 June 2026.
MONDAY = date(2026, 6, 1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HOUR = Kind(minutes=50, after=10)


def rule(from_: str, until: str, weekday: int = 1, zone: str = BERLIN, **fields: Any) -> Rule:
    values: dict[str, Any] = {"valid_from": date(2000, 1, 1), "media": ("video",)}
    return Rule(
        weekday, time.fromisoformat(from_), time.fromisoformat(until), zone, **(values | fields)
    )


def free(
    rules: list[Rule],
    day: date = MONDAY,
    *,
    zone: str = BERLIN,
    exceptions: tuple[ExceptionDay, ...] = (),
    busy: tuple[Busy, ...] = (),
    kind: Kind = HOUR,
    now: datetime = LONG_AGO,
    closures: tuple[tuple[datetime, datetime], ...] = (),
) -> list[Slot]:
    since, until = whole_day(day, zone)
    kind = Kind(**{**vars(kind), "horizon": timedelta(days=10_000)}) if now == LONG_AGO else kind
    return free_slots(rules, exceptions, busy, kind, since, until, now=now, closures=closures)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def walls(slots: list[Slot], zone: str = BERLIN) -> list[str]:
    return [f"{one.starts_at.astimezone(ZoneInfo(zone)):%H:%M}" for one in slots]


def test_slots_follow_each_other_with_their_buffers() -> None:
    assert walls(free([rule("09:00", "12:00")])) == ["09:00", "10:00", "11:00"]


def test_an_appointment_ends_within_the_hours_and_its_buffer_may_not() -> None:
    assert walls(free([rule("09:00", "10:50")])) == ["09:00", "10:00"]


def test_what_is_busy_with_its_buffers_is_not_offered() -> None:
    start = local_instant(MONDAY, time(10, 30), BERLIN)
    busy = (Busy(start, start + timedelta(minutes=5)),)
    assert walls(free([rule("09:00", "12:00")], busy=busy)) == ["09:00", "11:00"]


def test_what_ends_when_another_begins_does_not_overlap_it() -> None:
    start = local_instant(MONDAY, time(10), BERLIN)
    busy = (Busy(start, start + timedelta(hours=1)),)
    assert walls(free([rule("09:00", "12:00")], busy=busy)) == ["09:00", "11:00"]


def test_notice_and_horizon_bound_what_is_offered() -> None:
    now = local_instant(MONDAY, time(8), BERLIN)
    kind = Kind(50, after=10, notice=timedelta(hours=1, minutes=30), horizon=timedelta(hours=3))
    assert walls(free([rule("09:00", "17:00")], kind=kind, now=now)) == ["10:00"]


def test_a_closed_hour_and_a_closed_day_take_away_what_they_touch() -> None:
    hours = (ExceptionDay(MONDAY, BERLIN, False, time(10), time(11)),)
    assert walls(free([rule("09:00", "12:00")], exceptions=hours)) == ["09:00", "11:00"]
    assert free([rule("09:00", "12:00")], exceptions=(ExceptionDay(MONDAY, BERLIN),)) == []


def test_extra_hours_add_to_the_rules() -> None:
    extra = (ExceptionDay(MONDAY, BERLIN, True, time(18), time(19), ("phone",)),)
    assert walls(free([rule("09:00", "10:00")], exceptions=extra)) == ["09:00", "18:00"]


def test_a_closure_of_the_practice_closes_extra_hours_too() -> None:
    extra = (ExceptionDay(MONDAY, BERLIN, True, time(18), time(19), ("phone",)),)
    closures = (whole_day(MONDAY, BERLIN),)
    assert free([rule("09:00", "10:00")], exceptions=extra, closures=closures) == []


def test_only_the_media_that_both_have_are_offered() -> None:
    kind = Kind(50, media=("phone", "video"))
    both = rule("09:00", "10:00", media=("in_person", "video"))
    assert [one.media for one in free([both], kind=kind)] == [("video",)]
    assert free([rule("09:00", "10:00", media=("in_person",))], kind=kind) == []


def test_two_rules_for_one_time_offer_it_once_a_place() -> None:
    rules = [rule("09:00", "10:00"), rule("09:00", "10:00", media=("phone",))]
    (one,) = free(rules)
    assert one.media == ("video", "phone")
    rules.append(rule("09:00", "10:00", place="harbour", media=("in_person",)))
    assert [one.place for one in free(rules)] == [None, "harbour"]


def test_a_rule_holds_between_its_dates_and_both_count() -> None:
    for day, there in ((1, True), (8, True), (15, False)):
        found = free(
            [rule("09:00", "10:00", valid_from=MONDAY, valid_until=date(2026, 6, 8))],
            date(2026, 6, day),
        )
        assert bool(found) is there


def test_midnight_is_the_end_of_the_day() -> None:
    assert walls(free([rule("22:00", "00:00")])) == ["22:00", "23:00"]


class TestClocksThatChange:
    """New York: 8 March 2026 02:00 is 03:00, 1 November 2026 02:00 is 01:00 again."""

    def test_hours_stay_where_they_are_on_the_wall_after_a_change(self) -> None:
        rules = [rule("09:00", "11:00", 7, NEW_YORK)]
        before = free(rules, date(2026, 3, 1), zone=NEW_YORK)
        after = free(rules, date(2026, 3, 8), zone=NEW_YORK)
        assert walls(before, NEW_YORK) == walls(after, NEW_YORK) == ["09:00", "10:00"]
        assert (before[0].starts_at.hour, after[0].starts_at.hour) == (14, 13)

    def test_a_day_of_23_hours_has_one_appointment_less(self) -> None:
        rules = [rule("00:00", "06:00", 7, NEW_YORK)]
        found = walls(free(rules, date(2026, 3, 8), zone=NEW_YORK), NEW_YORK)
        assert found == ["00:00", "01:00", "03:00", "04:00", "05:00"]

    def test_a_day_of_25_hours_has_one_more(self) -> None:
        rules = [rule("00:00", "04:00", 7, NEW_YORK)]
        found = walls(free(rules, date(2026, 11, 1), zone=NEW_YORK), NEW_YORK)
        assert found == ["00:00", "01:00", "01:00", "02:00", "03:00"]

    def test_a_time_that_a_zone_skips_is_when_an_unchanged_clock_shows_it(self) -> None:
        at = local_instant(date(2026, 3, 8), time(2, 30), NEW_YORK)
        assert at == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
        assert f"{at.astimezone(ZoneInfo(NEW_YORK)):%H:%M}" == "03:30"

    def test_a_time_that_comes_twice_is_its_first(self) -> None:
        at = local_instant(date(2026, 11, 1), time(1, 30), NEW_YORK)
        assert at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)

    def test_a_series_keeps_its_time_on_the_wall(self) -> None:
        starts = series_starts(wall("2026-10-18T09:00"), NEW_YORK, 1, 4)
        assert [at.hour for at in starts] == [13, 13, 14, 14]
        assert {f"{at.astimezone(ZoneInfo(NEW_YORK)):%a %H:%M}" for at in starts} == {"Sun 09:00"}

    def test_a_series_through_a_gap_is_back_at_its_time_afterwards(self) -> None:
        starts = series_starts(wall("2026-03-01T02:30"), NEW_YORK, 1, 3)
        shown = [f"{at.astimezone(ZoneInfo(NEW_YORK)):%H:%M}" for at in starts]
        assert shown == ["02:30", "03:30", "02:30"]

    def test_moving_a_series_over_a_change_moves_walls_and_not_instants(self) -> None:
        starts = series_starts(wall("2026-10-18T09:00"), NEW_YORK, 1, 4)
        to = local_instant(date(2026, 10, 20), time(15), NEW_YORK)
        moved = later_starts(starts[1:], starts[0], to, NEW_YORK)
        shown = {f"{at.astimezone(ZoneInfo(NEW_YORK)):%a %H:%M}" for at in moved}
        assert shown == {"Tue 15:00"}

    def test_a_day_that_a_zone_left_out_has_no_hours(self) -> None:
        """Samoa went from 29 to 31 December 2011."""
        rules = [rule("09:00", "12:00", 5, "Pacific/Apia")]
        since, until = datetime(2011, 12, 28, tzinfo=UTC), datetime(2012, 1, 2, tzinfo=UTC)
        assert open_windows(rules, (), since, until) == []


def test_a_clinician_who_moves_country_is_there_by_each_wall_in_its_time() -> None:
    moves = date(2026, 6, 8)
    rules = [
        rule("09:00", "10:00", valid_until=moves - timedelta(days=1)),
        rule("09:00", "10:00", zone=NEW_YORK, valid_from=moves),
    ]
    since, until = whole_day(MONDAY, BERLIN)[0], whole_day(date(2026, 6, 9), BERLIN)[1]
    found = free_slots(rules, (), (), Kind(50), since, until, now=since)
    assert [(one.zone, one.starts_at.hour) for one in found] == [(BERLIN, 7), (NEW_YORK, 13)]


def test_a_question_about_years_is_refused() -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="400 days"):
        free_slots([], (), (), HOUR, since, since + timedelta(days=401), now=since)


@pytest.mark.parametrize(("count", "weeks"), [(0, 1), (61, 1), (5, 0), (5, 9)])
def test_a_series_without_end_is_refused(count: int, weeks: int) -> None:
    with pytest.raises(ValueError, match="1 to 60"):
        series_starts(wall("2026-01-01T09:00"), BERLIN, weeks, count)
