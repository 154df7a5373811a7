"""Who listens to whom: never the wrong pair, and the load is spread."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from holdfast.meet.peers.engine.matching import (
    SHOWN_TO,
    WAITS_AT_MOST,
    WIDENS_EVERY,
    Asked,
    Listener,
    Window,
    fits,
    is_here,
    may,
    ranked,
    shown_to,
)

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
PEOPLE = [uuid.UUID(int=number) for number in range(1, 9)]
TOPICS, LANGUAGES = ("worry", "grief"), ("en", "ar")


def listener(person: uuid.UUID, **changes: object) -> Listener:
    known = Listener(person, frozenset(TOPICS), frozenset(LANGUAGES), True, 0, 2)
    return replace(known, **changes)  # type: ignore[arg-type]


def asked(**changes: object) -> Asked:
    return replace(Asked(PEOPLE[0], "worry", "en", NOW), **changes)  # type: ignore[arg-type]


people = st.sampled_from(PEOPLE)
listeners = st.lists(
    st.builds(
        Listener,
        person=people,
        topics=st.frozensets(st.sampled_from(TOPICS)),
        languages=st.frozensets(st.sampled_from(LANGUAGES)),
        here=st.booleans(),
        open=st.integers(0, 4),
        at_once=st.integers(1, 4),
        last_taken=st.none() | st.datetimes(timezones=st.just(UTC)),
        adult=st.booleans(),
    ),
    unique_by=lambda one: one.person,
    max_size=8,
)
requests = st.builds(
    Asked,
    person=people,
    topic=st.sampled_from(TOPICS),
    language=st.sampled_from(LANGUAGES),
    at=st.just(NOW),
    adult=st.booleans(),
)
pairs = st.sets(st.frozensets(people, min_size=2, max_size=2), max_size=12)
minutes = st.integers(0, 180).map(lambda many: timedelta(minutes=many))


@given(requests, listeners, pairs, minutes)
def test_nobody_is_shown_a_request_that_they_must_not_take(
    request: Asked, all_of_them: list[Listener], apart: set[frozenset[uuid.UUID]], waited: timedelta
) -> None:
    shown = shown_to(request, all_of_them, apart, NOW + waited)
    for one in shown:
        assert request.adult
        assert one.adult
        assert one.person != request.person
        assert frozenset({one.person, request.person}) not in apart
        assert one.here
        assert one.open < one.at_once
        assert request.topic in one.topics
        assert request.language in one.languages
    fitting = [one for one in all_of_them if fits(request, one, apart)]
    assert len(shown) == (
        0 if waited >= WAITS_AT_MOST else min(len(fitting), SHOWN_TO * (1 + waited // WIDENS_EVERY))
    )


@given(st.integers(1, 40), st.integers(1, 8))
def test_no_listener_has_two_chats_more_than_another_who_fits_as_well(
    requests: int, many: int
) -> None:
    """The first in turn takes each; everybody can take everything."""
    now = count()
    state = {person: listener(person, at_once=100) for person in PEOPLE[:many]}
    for _ in range(requests):
        first = ranked(asked(person=uuid.UUID(int=99)), state.values(), ())[0]
        taken = NOW + timedelta(minutes=next(now))
        state[first.person] = replace(first, open=first.open + 1, last_taken=taken)
    loads = [one.open for one in state.values()]
    assert max(loads) - min(loads) <= 1


def test_a_request_is_shown_to_more_the_longer_it_waits_and_to_nobody_in_the_end() -> None:
    everybody = [listener(person) for person in PEOPLE[1:]]

    def shown(after: timedelta) -> int:
        return len(shown_to(asked(), everybody, (), NOW + after))

    assert shown(timedelta()) == SHOWN_TO
    assert shown(WIDENS_EVERY) == 2 * SHOWN_TO
    assert shown(timedelta(minutes=30)) == len(everybody)
    assert shown(WAITS_AT_MOST) == 0


def test_two_under_18_are_not_brought_together_either() -> None:
    assert not may(asked(adult=False), listener(PEOPLE[1], adult=False), ())


def test_weekly_hours_hold_on_the_listeners_own_clock() -> None:
    evening = [Window(1, time(18), time(20))]
    monday = datetime(2026, 11, 23, 19, 59, tzinfo=UTC)
    assert is_here(True, evening, monday)
    assert not is_here(True, evening, monday + timedelta(minutes=1))
    assert not is_here(True, evening, monday + timedelta(days=1))
    assert not is_here(False, evening, monday)
    assert is_here(True, [], monday)
