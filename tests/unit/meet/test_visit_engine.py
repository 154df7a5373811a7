"""A visit's states: what follows what, and who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.meet.encounters import engine
from holdfast.meet.encounters.engine import Event, Refused, Side, State, Visit, step

pytestmark = pytest.mark.any_database

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PERSON, DANA = Side.CLIENT, Side.CLINICIAN


def walk(*events: tuple[Event, Side]) -> Visit:
    """A planned visit after these events, a minute apart."""
    visit = Visit()
    for minutes, (event, side) in enumerate(events):
        visit = step(visit, event, side, NOON + timedelta(minutes=minutes))
    return visit


def refused(visit: Visit, event: Event, side: Side) -> str:
    with pytest.raises(Refused) as found:
        step(visit, event, side, NOON)
    return found.value.code


WAITING = walk((Event.ARRIVE, PERSON))
ADMITTED = walk((Event.ARRIVE, PERSON), (Event.ADMIT, DANA))
IN_SESSION = walk((Event.ARRIVE, PERSON), (Event.ADMIT, DANA), (Event.BEGIN, PERSON))
FINISHED = step(IN_SESSION, Event.FINISH, DANA, NOON + timedelta(hours=1))


def test_a_visit_goes_from_planned_to_finished_and_keeps_both_clocks() -> None:
    visit = walk(
        (Event.ARRIVE, PERSON),
        (Event.ARRIVE, DANA),
        (Event.ADMIT, DANA),
        (Event.BEGIN, PERSON),
        (Event.FINISH, DANA),
    )
    assert visit.state == State.FINISHED
    clocks = [visit.client_arrived_at, visit.clinician_arrived_at, visit.admitted_at]
    clocks += [visit.begun_at, visit.ended_at]
    assert clocks == [NOON + timedelta(minutes=minute) for minute in range(5)]


def test_the_clinicians_coming_lets_nobody_in() -> None:
    assert step(WAITING, Event.ARRIVE, DANA, NOON).state == State.WAITING


def test_nobody_is_let_in_who_has_not_come() -> None:
    assert refused(walk((Event.ARRIVE, DANA)), Event.ADMIT, DANA) == "nobody-there"


def test_the_person_lets_nobody_in() -> None:
    assert refused(WAITING, Event.ADMIT, PERSON) == "not-yours"


def test_nothing_begins_before_somebody_was_let_in() -> None:
    assert refused(WAITING, Event.BEGIN, PERSON) == "not-admitted"


@pytest.mark.parametrize("side", [PERSON, DANA])
def test_hanging_up_ends_nothing_and_coming_back_leads_where_it_was(side: Side) -> None:
    away = step(IN_SESSION, Event.LEAVE, side, NOON)
    assert away.state == State.IN_SESSION
    assert away.begun_at == IN_SESSION.begun_at
    back = step(away, Event.ARRIVE, side, NOON)
    assert back.state == State.IN_SESSION


def test_only_the_clinician_finishes() -> None:
    assert refused(IN_SESSION, Event.FINISH, PERSON) == "not-yours"


def test_a_no_show_is_decided_with_both_clocks_beside_it() -> None:
    visit = walk((Event.ARRIVE, DANA), (Event.NO_SHOW, DANA))
    assert visit.state == State.NO_SHOW
    assert (visit.clinician_arrived_at, visit.client_arrived_at) == (NOON, None)


def test_what_has_begun_is_neither_a_no_show_nor_cancelled() -> None:
    assert refused(IN_SESSION, Event.NO_SHOW, DANA) == "already-begun"
    assert refused(ADMITTED, Event.CANCEL, Side.PRACTICE) == "already-begun"


def test_who_waits_can_be_told_that_it_is_cancelled() -> None:
    assert step(WAITING, Event.CANCEL, Side.PRACTICE, NOON).state == State.CANCELLED


@pytest.mark.parametrize("over", [State.FINISHED, State.NO_SHOW, State.CANCELLED])
@pytest.mark.parametrize("event", [Event.ARRIVE, Event.ADMIT, Event.BEGIN])
def test_nothing_goes_on_after_the_end(over: State, event: Event) -> None:
    assert refused(replace(FINISHED, state=over), event, DANA) == "over"


def test_a_record_is_put_right_only_where_nothing_is_going_on() -> None:
    assert engine.corrected(FINISHED, State.CANCELLED).state == State.CANCELLED
    for visit, to in [(IN_SESSION, State.PLANNED), (FINISHED, State.IN_SESSION)]:
        with pytest.raises(Refused):
            engine.corrected(visit, to)


def test_a_no_show_put_back_is_waited_for_anew() -> None:
    came = walk((Event.ARRIVE, PERSON), (Event.NO_SHOW, DANA))
    assert engine.corrected(came, State.PLANNED) == Visit()


def test_a_visit_that_was_over_before_its_time_began_when_it_began() -> None:
    planned = NOON + timedelta(hours=3)
    assert engine.starts(FINISHED, planned) == FINISHED.begun_at
    assert engine.starts(FINISHED, NOON) == NOON


MOVES = st.lists(st.tuples(st.sampled_from(Event), st.sampled_from(Side)), max_size=30)
#: What may directly follow what, written down apart from the engine.
FOLLOWS = {
    State.PLANNED: {State.WAITING, State.FINISHED, State.NO_SHOW, State.CANCELLED},
    State.WAITING: {State.ADMITTED, State.FINISHED, State.NO_SHOW, State.CANCELLED},
    State.ADMITTED: {State.IN_SESSION, State.FINISHED, State.NO_SHOW},
    State.IN_SESSION: {State.FINISHED},
    State.FINISHED: set(),
    State.NO_SHOW: set(),
    State.CANCELLED: set(),
}
DECISIONS = {Event.FINISH, Event.NO_SHOW, Event.CANCEL}


@given(MOVES)
def test_whatever_comes_in_whatever_order_no_rule_is_broken(
    moves: list[tuple[Event, Side]],
) -> None:
    """Twice the same is once; nobody is let in by itself; only a decision ends it."""
    visit = Visit()
    for at, (event, side) in enumerate(moves):
        now = NOON + timedelta(seconds=at)
        try:
            after = step(visit, event, side, now)
        except Refused:
            continue
        assert step(after, event, side, now + timedelta(hours=1)) == after
        if after.state != visit.state:
            assert after.state in FOLLOWS[visit.state]
        if after.state == State.ADMITTED and visit.state != State.ADMITTED:
            assert (event, side) == (Event.ADMIT, Side.CLINICIAN)
            assert after.client_arrived_at is not None
        if after.state in engine.OVER and visit.state not in engine.OVER:
            assert event in DECISIONS
            assert side != Side.CLIENT or event == Event.CANCEL
        # No clock is ever set back or lost.
        for name in ("client_arrived_at", "clinician_arrived_at", "admitted_at", "begun_at"):
            before = getattr(visit, name)
            assert before is None or getattr(after, name) == before
        visit = after
