"""Whatever is sent to the companion, it answers, keeps every answer and offers a way to a human."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.support.companion.engine.conversation import (
    ALARMS,
    Chose,
    Event,
    Level,
    Opened,
    Said,
    Screening,
    State,
    dumps,
    loads,
)
from holdfast.support.companion.engine.interpreter import resumed_state, step
from holdfast.support.companion.engine.understanding import folded
from tests.unit.companion.talking import shipped_with_drafts

LIBRARY = shipped_with_drafts()
LEVELS: list[Level | None] = ["none", "watch", "concern", "urgent", "emergency", None]
CODES = st.one_of(
    st.sampled_from([f"flow:{name}" for name in LIBRARY.flows]),
    st.sampled_from(["@back", "@skip", "@pause", "@go_on", "@done", "@keep", "@more", "yes", "50"]),
    st.text(max_size=12),
)
EVENTS = st.one_of(
    st.builds(Said, st.text(max_size=80), st.builds(Screening, st.sampled_from(LEVELS))),
    st.builds(Chose, st.lists(CODES, max_size=3).map(tuple)),
    st.just(Opened()),
)
NOW = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(max_examples=30, deadline=None)
@given(events=st.lists(EVENTS, max_size=20), now=NOW, seed=st.integers(0, 2**32))
def test_any_events_give_a_turn_with_a_way_on(
    events: list[Event], now: datetime, seed: int
) -> None:
    state = State()
    for event in events:
        turn = step(LIBRARY, state, event, now=now, seed=seed, language="en")
        assert turn == step(LIBRARY, state, event, now=now, seed=seed, language="en")
        state = loads(dumps(turn.state))
        assert state == turn.state
        assert dumps(resumed_state(LIBRARY, state, "en")) == dumps(state)
        if isinstance(event, Said) and event.screening.level in ALARMS:
            assert state.mode == "crisis"
        if state.mode == "crisis":
            assert "crisis" in [effect.kind for effect in turn.effects]
            assert not turn.messages
        else:
            assert turn.ask is not None
            assert "@help_now" in [c.code for c in turn.ask.commands]


@settings(max_examples=80, deadline=None)
@given(text=st.text(max_size=200))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
