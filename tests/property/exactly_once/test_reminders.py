"""Bookings, moves, cancellations, ticks, kills and wrong clocks in any order: each reminder is one
message, none is of a time that is no longer so, and none is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.core.notify import tasks as delivering
from holdfast.core.notify.models import Notification, Preferences
from holdfast.core.problems import Problem
from holdfast.meet.reminders import planning, tasks
from holdfast.meet.reminders.models import Reminder
from holdfast.meet.scheduling import facade as scheduling
from tests import factories
from tests.integration.meet.scheduling.scene import NOW, Scene, make_scene

pytestmark = pytest.mark.django_db

STEP = timedelta(minutes=20)
WRITES = ("INSERT", "UPDATE", "DELETE")


class Killed(BaseException):
    """The process is gone: nothing catches this, as nothing catches SIGKILL."""


@contextmanager
def killed_at(write: int | None) -> Iterator[None]:
    """The process ends right before its so-many-th write; what was not committed is gone."""
    left = [write]

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if left[0] is not None and sql.startswith(WRITES):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(wrapper):
            yield
    except Killed:
        tasks._gone_through.clear()


class World:
    def __init__(self) -> None:
        self.now = NOW
        self.scene: Scene = make_scene()
        user = factories.make_user(email="mira@example.org", time_zone="Europe/Berlin")
        Preferences.objects.create(user=user, quiet=False)
        self.scene.client = factories.make_client(self.scene.practice, user=user)
        self.booked: list[Any] = []
        self.honest = True
        tasks._gone_through.clear()
        mail.outbox = []

    def do(self, what: str, number: int) -> None:
        try:
            with time_machine.travel(self.now, tick=False):
                getattr(self, what)(number)
        except Problem:
            pass  # Taken, over or in the past: scheduling's own tests say when.

    def book(self, number: int) -> None:
        start = self.now.replace(minute=0) + timedelta(hours=2 + number)
        self.booked.append(self.scene.book(start).pk)

    def move(self, number: int) -> None:
        if self.booked:
            scheduling.reschedule(
                self.scene.practice.pk,
                self.booked[number % len(self.booked)],
                starts_at=self.now.replace(minute=0) + timedelta(hours=1 + number),
                by=self.scene.by_dana,
            )

    def cancel(self, number: int) -> None:
        if self.booked:
            chosen = self.booked[number % len(self.booked)]
            scheduling.cancel(self.scene.practice.pk, chosen, by=self.scene.by_dana)

    def handle(self, number: int) -> None:
        """What follows a commit, unless the process was killed in between: then `tick` finds it."""
        if self.booked:
            chosen = self.booked[number % len(self.booked)]
            with killed_at(number % 5 if number % 3 == 0 else None):
                planning.bring_up_to_date(self.scene.practice.pk, chosen, self.now)

    def clock(self, number: int) -> None:
        """Somebody sets the clock of the machine."""
        self.honest = False
        self.now += timedelta(minutes=13 * (number - 30))

    def tick(self, number: int) -> None:
        self._tick(killed_at_write=number % 12 if number % 2 else None)

    def _tick(self, killed_at_write: int | None = None) -> None:
        self.now += STEP
        with time_machine.travel(self.now, tick=False):
            for task in (tasks.plan_missing, tasks.send_due, delivering.deliver_due):
                before = len(mail.outbox)
                with killed_at(killed_at_write):
                    task(self.now)
                self._check(mail.outbox[before:])

    def _check(self, sent: list[Any]) -> None:
        standing = {
            view.starts_at
            for one in self.booked
            if (view := planning.present(self.scene.practice.pk, one)) and view.status == "booked"
        }
        for message in sent:
            if message.subject.startswith("Your appointment"):
                assert any(
                    f"{at.astimezone(UTC) + timedelta(hours=2):%H:%M}" in message.subject
                    for at in standing
                ), f"{message.subject} is of no present appointment"


def reminders_sent() -> list[Any]:
    return [one for one in mail.outbox if one.subject.startswith("Your appointment")]


steps = st.lists(
    st.tuples(
        st.sampled_from(["book", "move", "cancel", "handle", "tick", "tick", "tick"]),
        st.integers(0, 60),
    ),
    max_size=30,
)
with_wrong_clocks = st.lists(
    st.tuples(
        st.sampled_from(["book", "move", "cancel", "handle", "clock", "tick", "tick"]),
        st.integers(0, 60),
    ),
    max_size=30,
)


def run(moves: list[tuple[str, int]]) -> World:
    world = World()
    for what, number in moves:
        world.do(what, number)
    return world


def each_once() -> None:
    """Of one time and lead there is one notification; a repeated attempt is the same message."""
    rows = Reminder.objects.filter(state="sent")
    told = Counter(rows.values_list("appointment_id", "starts_at", "lead"))
    assert set(told.values()) <= {1}
    made = Notification.objects.filter(kind="appointment-reminder")
    assert Counter(made.values_list("subject_id", flat=True)) == Counter(
        rows.values_list("pk", flat=True)
    )
    names = {one.extra_headers["Message-ID"] for one in reminders_sent()}
    assert len(names) <= made.count()


def in_peace(world: World) -> None:
    """Nobody kills anything any more: what is ahead comes, once."""
    view_of = planning.present
    ahead = [
        view
        for one in world.booked
        if (view := view_of(world.scene.practice.pk, one)) and view.status == "booked"
    ]
    ends = max([view.starts_at for view in ahead], default=world.now)
    rest = world.now
    while world.now < ends:
        world._tick()
    for view in ahead:
        for lead in (24 * 60, 60):
            due = view.starts_at - timedelta(minutes=lead)
            if due <= rest + STEP or view.starts_at <= rest:
                continue
            sent = Reminder.objects.filter(
                appointment_id=view.id, starts_at=view.starts_at, lead=lead, state="sent"
            )
            assert sent.count() == 1, f"{lead} minutes before {view.starts_at}"


SCENES = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
MANY = settings(SCENES, max_examples=150)


def _is_exact(moves: list[tuple[str, int]]) -> None:
    sid = transaction.savepoint()
    try:
        world = run(moves)
        each_once()
        if world.honest:
            in_peace(world)
            each_once()
    finally:
        transaction.savepoint_rollback(sid)


@SCENES
@given(steps)
def test_each_reminder_comes_exactly_once(moves: list[tuple[str, int]]) -> None:
    _is_exact(moves)


@pytest.mark.exhaustive
@MANY
@given(st.one_of(steps, with_wrong_clocks))
def test_each_reminder_comes_exactly_once_in_many_worlds(moves: list[tuple[str, int]]) -> None:
    _is_exact(moves)


@SCENES
@given(with_wrong_clocks)
def test_a_clock_that_jumps_rings_nothing_twice(moves: list[tuple[str, int]]) -> None:
    _is_exact(moves)


def test_the_kill_is_real() -> None:
    world = World()
    world.do("book", 20)
    with killed_at(0):
        planning.bring_up_to_date(world.scene.practice.pk, world.booked[0], world.now)
    assert not Reminder.objects.exists()
    planning.bring_up_to_date(world.scene.practice.pk, world.booked[0], world.now)
    assert Reminder.objects.count() == 1
