"""Whatever happens in whatever order: one flag at most is not closed, somebody's clock runs on it,
nothing is lost, and the person is never told of a look that did not happen.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import TestCase
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from holdfast.core.actor import system
from holdfast.core.problems import Problem
from holdfast.safety.flags import actions, engine, facade, tasks
from holdfast.safety.flags.facade import Signal
from holdfast.safety.flags.models import Flag, FlagEvent, FlagSignal, State
from tests import factories
from tests.integration.safety.scene import MONDAY_10, as_shown, at, make_scene

levels = st.sampled_from(engine.LEVELS[1:])


class FlagLife(RuleBasedStateMachine):
    """The rules are what a person, two clinicians, a worker and the clock do."""

    def __init__(self) -> None:
        super().__init__()
        self.atomics = TestCase._enter_atomics()  # type: ignore[attr-defined]
        self.now = MONDAY_10
        self.signals = 0
        self.counted: dict[Any, int] = {}

    def teardown(self) -> None:
        TestCase._rollback_atomics(self.atomics)  # type: ignore[attr-defined]

    @initialize()
    def open_practice(self) -> None:
        with at(self.now):
            self.scene = make_scene()

    @property
    def flag(self) -> Flag | None:
        return Flag.objects.exclude(state=State.CLOSED).first()

    @rule(level=levels)
    def a_signal_comes(self, level: str) -> None:
        before = self.flag
        with at(self.now):
            facade.raise_signals(
                client=self.scene.client,
                signals=[Signal("self-harm-item", level, "thoughts-of-death")],
                answered_at=self.now,
                received_at=self.now,
                by=system(self.scene.practice.pk),
            )
        self.signals += 1
        after = self.flag
        assert after is not None
        if before is not None:
            assert after.pk == before.pk
            assert after.level == max(before.level, engine.rank(level))
            if after.level > before.level:
                assert after.state == State.OPEN
                assert after.seen_at is None

    @rule(minutes=st.sampled_from([1, 10, 60, 480, 1440, 20160]))
    def time_passes_and_the_worker_ticks(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        with at(self.now):
            tasks.escalate_due(self.now)
            tasks.note_missed_follow_ups(self.now)

    @precondition(lambda self: self.flag is not None)
    @rule(
        who=st.sampled_from(["dana", "eli"]),
        what=st.sampled_from(["acknowledge", "attempt", "act", "close", "assign"]),
    )
    def a_clinician_does(self, who: str, what: str) -> None:
        flag = self.flag
        assert flag is not None
        by = factories.actor_for(getattr(self.scene, who))
        common: dict[str, Any] = {
            "practice_id": self.scene.practice.pk, "flag_id": flag.pk, "by": by,
        }  # fmt: skip
        calls = {
            "acknowledge": lambda: actions.acknowledge(**common, **as_shown(flag)),
            "attempt": lambda: actions.record_contact_attempt(
                **common, means="phone", outcome="not-answered"
            ),
            "act": lambda: actions.act(**common, action="called"),
            "close": lambda: actions.close(**common, outcome="not-needed"),
            "assign": lambda: actions.assign(**common, membership_id=self.scene.eli.pk),
        }
        allowed = {
            "acknowledge": {State.OPEN},
            "attempt": {State.OPEN, State.ACKNOWLEDGED, State.ACTED},
            "act": {State.ACKNOWLEDGED, State.ACTED},
            "close": {State.ACKNOWLEDGED, State.ACTED},
            "assign": {State.OPEN, State.ACKNOWLEDGED, State.ACTED},
        }[what]
        with at(self.now):
            if flag.state in allowed:
                calls[what]()
            else:
                with pytest.raises(Problem) as refused:
                    calls[what]()
                assert refused.value.status == 409

    @invariant()
    def at_most_one_flag_is_not_closed(self) -> None:
        assert Flag.objects.exclude(state=State.CLOSED).count() <= 1

    @invariant()
    def a_clock_runs_on_what_is_not_closed(self) -> None:
        flag = self.flag
        if flag is not None:
            assert flag.escalate_at is not None
            assert flag.owner_id is not None

    @invariant()
    def no_signal_is_lost(self) -> None:
        assert FlagSignal.objects.count() == self.signals

    @invariant()
    def history_only_grows(self) -> None:
        for flag in Flag.objects.all():
            count = FlagEvent.objects.filter(flag=flag).count()
            assert count >= self.counted.get(flag.pk, 0)
            self.counted[flag.pk] = count

    @invariant()
    def seen_means_that_somebody_acknowledged_this_level(self) -> None:
        for flag in Flag.objects.filter(seen_at__isnull=False):
            last_rise = (
                FlagEvent.objects.filter(flag=flag, kind__in=["raised", "level-raised"])
                .order_by("-id")
                .values_list("id", flat=True)[0]
            )
            looks = FlagEvent.objects.filter(flag=flag, kind="acknowledged", id__gt=last_rise)
            assert (flag.seen_at, flag.seen_by_id) in looks.values_list("at", "by_id")

    @invariant()
    def an_alarm_means_that_the_chain_ran_out(self) -> None:
        for flag in Flag.objects.filter(alarm=True):
            assert flag.state == State.OPEN
            assert FlagEvent.objects.filter(flag=flag, kind="chain-exhausted").exists()


@pytest.mark.django_db
@pytest.mark.any_database
def test_the_life_of_a_flag() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        FlagLife,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
