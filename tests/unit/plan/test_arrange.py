"""The order and the filters of the caseload."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from holdfast.plan.overview.engine import SILENT_AFTER, Standing, arrange, is_silent

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def person(name: str, **fields: Any) -> Standing:
    values: dict[str, Any] = {
        "client_id": uuid.uuid5(uuid.NAMESPACE_OID, name),
        "name": name,
        "reachable": True,
        "highest_level": None,
        "flag_due_at": None,
        "alarm": False,
        "last_response_at": NOW - timedelta(days=1),
        "last_encounter_at": None,
        "undelivered_at": None,
    }
    return Standing(**(values | fields))


def flagged(name: str, level: str, due_in_hours: float, **fields: Any) -> Standing:
    due = NOW + timedelta(hours=due_in_hours)
    flag_id = uuid.uuid5(uuid.NAMESPACE_URL, name)
    return person(name, flag_id=flag_id, highest_level=level, flag_due_at=due, **fields)


def names(people: list[Standing], **options: Any) -> list[str]:
    wanted: dict[str, Any] = {"sort": "attention", "wanted": "", "q": "", "now": NOW}
    return [one.name for one in arrange(people, **(wanted | options))]


def test_an_exhausted_chain_comes_before_everything() -> None:
    people = [flagged("Emergency", "emergency", 1), flagged("Alarm", "concern", 5, alarm=True)]
    assert names(people) == ["Alarm", "Emergency"]


def test_levels_come_before_due_times() -> None:
    people = [flagged("Soon", "concern", 1), flagged("Urgent", "urgent", 9)]
    assert names(people) == ["Urgent", "Soon"]


def test_of_one_level_the_earliest_due_comes_first() -> None:
    people = [flagged("Later", "concern", 5), flagged("Sooner", "concern", 2)]
    assert names(people) == ["Sooner", "Later"]


def test_a_broken_delivery_comes_before_quiet_people() -> None:
    people = [person("Quiet"), person("Broken", undelivered_at=NOW)]
    assert names(people) == ["Broken", "Quiet"]


def test_somebody_who_never_answered_comes_before_somebody_who_did() -> None:
    people = [person("Answered"), person("Never", last_response_at=None)]
    assert names(people) == ["Never", "Answered"]


def test_by_name_ignores_case() -> None:
    people = [person("ben"), person("Ada"), person("Cy")]
    assert names(people, sort="name") == ["Ada", "ben", "Cy"]


def test_by_last_meeting_puts_those_never_met_first() -> None:
    people = [person("Met", last_encounter_at=NOW), person("Never met")]
    assert names(people, sort="last_met") == ["Never met", "Met"]


def test_filters_keep_what_they_name() -> None:
    people = [
        flagged("Flag", "watch", 1),
        person("Silent", last_response_at=NOW - SILENT_AFTER - timedelta(seconds=1)),
        person("Unreachable", reachable=False),
        person("Broken", undelivered_at=NOW),
        person("Worse", deteriorated=True),
    ]
    assert names(people, wanted="flags") == ["Flag"]
    assert names(people, wanted="silent") == ["Silent"]
    assert names(people, wanted="unreachable") == ["Unreachable"]
    assert names(people, wanted="delivery") == ["Broken"]
    assert names(people, wanted="deteriorated") == ["Worse"]


def test_search_is_part_of_a_name_in_any_case() -> None:
    assert names([person("Robin Hale"), person("Sam")], q=" HALE ") == ["Robin Hale"]


def test_fourteen_days_to_the_second_are_not_silence() -> None:
    assert not is_silent(person("On the edge", last_response_at=NOW - SILENT_AFTER), NOW)


LEVELS = st.sampled_from([None, "watch", "concern", "urgent", "emergency"])


@given(st.lists(st.tuples(LEVELS, st.booleans(), st.integers(0, 3)), max_size=20))
def test_sorting_loses_nobody(rows: list[tuple[str | None, bool, int]]) -> None:
    people = [
        flagged(str(number), level, 1, alarm=alarm)
        if level
        else person(str(number), undelivered_at=NOW if missed else None)
        for number, (level, alarm, missed) in enumerate(rows)
    ]
    assert sorted(names(people)) == sorted(one.name for one in people)
