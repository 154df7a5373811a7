"""When sessions are, who gets a place, and who was there."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.meet.programmes.engine import (
    LATE_AFTER,
    MOST_SESSIONS,
    Asker,
    Presence,
    Visited,
    distinct,
    free_places,
    lets_in,
    next_in,
    presence,
    rhythm,
)

pytestmark = pytest.mark.any_database
BERLIN = "Europe/Berlin"
AT = datetime(2026, 6, 1, 18, 0, tzinfo=UTC)


def wall(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """A time on the clock on the wall, which has no offset."""
    return datetime(year, month, day, hour, tzinfo=UTC).replace(tzinfo=None)


class TestRhythm:
    def test_the_clock_on_the_wall_stays_when_the_offset_changes(self) -> None:
        found = rhythm(wall(2026, 10, 20, 18), BERLIN, 1, 2)
        assert found == [
            datetime(2026, 10, 20, 16, 0, tzinfo=UTC),
            datetime(2026, 10, 27, 17, 0, tzinfo=UTC),
        ]

    def test_a_week_that_is_left_out_makes_it_longer_and_loses_nothing(self) -> None:
        found = rhythm(wall(2026, 6, 1, 18), BERLIN, 1, 3, [date(2026, 6, 8)])
        assert [at.date().day for at in found] == [1, 15, 22]

    def test_every_second_week(self) -> None:
        found = rhythm(wall(2026, 6, 1, 18), BERLIN, 2, 3)
        assert [at.date().day for at in found] == [1, 15, 29]

    def test_a_day_that_is_none_of_its_days_changes_nothing(self) -> None:
        first = wall(2026, 6, 1, 18)
        assert rhythm(first, BERLIN, 1, 3, [date(2026, 6, 3)]) == rhythm(first, BERLIN, 1, 3)

    @pytest.mark.parametrize(("weeks", "count"), [(0, 3), (9, 3), (1, 0), (1, MOST_SESSIONS + 1)])
    def test_numbers_that_no_programme_has_are_refused(self, weeks: int, count: int) -> None:
        with pytest.raises(ValueError, match="sessions"):
            rhythm(wall(2026, 6, 1, 18), BERLIN, weeks, count)

    def test_a_time_with_an_offset_is_refused(self) -> None:
        with pytest.raises(ValueError, match="offset"):
            rhythm(AT, BERLIN, 1, 3)

    @given(
        st.datetimes(wall(2024, 1, 1), wall(2030, 1, 1)),
        st.integers(1, 8),
        st.integers(1, MOST_SESSIONS),
        st.sets(st.integers(0, 60), max_size=10),
    )
    def test_as_many_as_asked_for_in_order_and_never_on_a_day_left_out(
        self, first: datetime, weeks: int, count: int, without: set[int]
    ) -> None:
        out = {first.date() + timedelta(weeks=weeks * n) for n in without}
        found = rhythm(first, "UTC", weeks, count, out)
        assert len(found) == count
        assert found == sorted(set(found))
        assert not {at.date() for at in found} & out
        assert {at.timetz() for at in found} == {first.replace(tzinfo=UTC).timetz()}


class TestPlaces:
    def test_there_are_never_fewer_than_none(self) -> None:
        assert (free_places(8, 3), free_places(8, 9)) == (5, 0)

    @given(st.lists(st.integers(0, 50), max_size=20), st.integers(0, 10), st.integers(0, 10))
    def test_whoever_asked_first_comes_in_first_and_nobody_beyond_the_places(
        self, minutes: list[int], capacity: int, taken: int
    ) -> None:
        line = [Asker(uuid.uuid4(), AT + timedelta(minutes=one)) for one in minutes]
        chosen = next_in(line, capacity, taken)
        assert len(chosen) == min(len(line), max(0, capacity - taken))
        asked = {one.id: one.asked_at for one in line}
        left = [one.asked_at for one in line if one.id not in chosen]
        assert not left or not chosen or max(asked[one] for one in chosen) <= min(left)

    def test_a_closed_group_lets_nobody_in_once_it_began(self) -> None:
        starts = [AT, AT + timedelta(weeks=1)]
        assert lets_in(starts, 1, AT - timedelta(minutes=1))
        assert not lets_in(starts, 1, AT)
        assert lets_in(starts, 2, AT)

    def test_a_number_beyond_the_last_session_means_the_last(self) -> None:
        assert lets_in([AT], 40, AT - timedelta(days=1))
        assert not lets_in([AT], 40, AT)

    def test_without_a_session_nobody_comes_in(self) -> None:
        assert not lets_in([], 3, AT)


class TestAttendance:
    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            ("planned", None),
            ("waiting", None),
            ("admitted", Presence.PRESENT),
            ("in_session", Presence.PRESENT),
            ("finished", Presence.PRESENT),
            ("no_show", Presence.ABSENT),
            ("cancelled", Presence.EXCUSED),
        ],
    )
    def test_it_follows_from_the_visit(self, status: str, expected: Presence | None) -> None:
        assert presence(Visited(status, AT, None)) == expected

    def test_late_is_more_than_ten_minutes_after_the_beginning(self) -> None:
        assert timedelta(minutes=10) == LATE_AFTER
        assert presence(Visited("finished", AT, AT + LATE_AFTER)) is Presence.PRESENT
        later = AT + LATE_AFTER + timedelta(seconds=1)
        assert presence(Visited("finished", AT, later)) is Presence.LATE

    def test_what_a_facilitator_said_counts(self) -> None:
        assert presence(Visited("no_show", AT, None), Presence.EXCUSED) is Presence.EXCUSED

    def test_without_a_visit_nothing_is_known(self) -> None:
        assert presence(None) is None


class TestNames:
    def test_who_comes_later_under_the_same_name_has_a_number_to_it(self) -> None:
        one, two, three = (uuid.uuid4() for _ in range(3))
        found = distinct([(one, "Sam"), (two, "sam"), (three, "SAM")])
        assert list(found.values()) == ["Sam", "sam 2", "SAM 3"]

    def test_a_name_chosen_with_a_number_gets_another(self) -> None:
        ids = [uuid.uuid4() for _ in range(3)]
        found = distinct(zip(ids, ["Sam", "Sam 2", "Sam"], strict=True))
        assert len(set(found.values())) == 3

    @given(st.lists(st.text("ab", min_size=1, max_size=2), max_size=8))
    def test_no_two_are_the_same(self, names: list[str]) -> None:
        found = distinct((uuid.uuid4(), name) for name in names)
        assert len({one.casefold() for one in found.values()}) == len(names)
