"""Two devices of one person, and a network that loses, repeats, delays and reorders.

A device keeps what was answered until it hears that it was received, and sends it again whenever it
likes. Every story below is played against the real API on the real database; then each answer that
arrived at all is stored once, scored once, and whom it worries was told once.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import django.test
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from holdfast.core.audit.chaining import chain_waiting
from holdfast.core.audit.models import AuditEvent
from holdfast.core.audit.verifying import first_broken
from holdfast.core.notify.models import Notification
from holdfast.safety.flags.models import Flag, FlagEvent, FlagSignal
from holdfast.sense.measures import entries
from holdfast.sense.measures.models import Response, Score, UnreadEntry
from tests.integration.safety.scene import MONDAY_10, Scene, asq, at, make_scene, phq9

#: Of each: which of the answers given so far, counted from the newest.
picks = st.integers(0, 5)
devices = st.sampled_from("ab")
steps = st.one_of(
    st.tuples(st.just("answer"), devices, st.sampled_from([0, 0, 1, 2, 3, None])),
    st.tuples(st.just("follow-up"), devices, st.integers(0, 1)),
    st.tuples(st.just("deliver"), picks, st.booleans()),
    st.tuples(st.just("storm"), picks, st.integers(2, 5)),
    st.tuples(st.just("forge"), picks, st.just(None)),
    st.tuples(st.just("newer"), devices, st.just(None)),
    st.tuples(st.just("wait"), st.integers(1, 30), st.just(None)),
)


#: Each example is a story of dozens of requests: deep enough at a tenth of the usual number.
STORIES = min(settings.default.max_examples, 500) if settings.default else 100


def worries(body: dict[str, Any]) -> bool:
    """Item 9 of PHQ-9, also where it was left out: that is asked about as well."""
    return bool(body["answers"].get("phq9_9", 0) != 0)


@dataclass
class Story:
    """What the devices know, and what the server must by then have."""

    scene: Scene
    browsers: dict[str, django.test.Client]
    minutes: int = 0
    #: Every answer given, by whichever device: (device, body).
    given: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    #: The receipts that were heard, by identifier.
    heard: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    arrived: Counter[str] = field(default_factory=Counter)
    newer: int = 0

    @property
    def now(self) -> Any:
        return MONDAY_10 + timedelta(minutes=self.minutes)

    def answer(self, device: str, item9: int | None) -> None:
        self.given.append((device, phq9(item9, answered_at=self.now.isoformat())))

    def follow_up(self, device: str, code: int) -> None:
        """What is asked at once after a worrying answer, on either device."""
        worrying = [body for _, body in self.given if worries(body)]
        if worrying:
            parent = worrying[-1]["id"]
            answers = (code, 0, 0, 0, *([0] if code else []))
            self.given.append((device, asq(parent, *answers, answered_at=self.now.isoformat())))

    def _post(self, device: str, body: dict[str, Any]) -> Any:
        with at(self.now):
            path = self.scene.mine("responses")
            return self.browsers[device].post(path, body, content_type="application/json")

    def deliver(self, pick: int, reply_lost: bool) -> None:
        if not self.given:
            return
        device, body = self.given[-1 - pick % len(self.given)]
        answer = self._post(device, body)
        assert answer.status_code == (200 if self.arrived[body["id"]] else 201)
        self.arrived[body["id"]] += 1
        if not reply_lost:
            self.heard.setdefault(body["id"], []).append(answer.json())

    def forge(self, pick: int) -> None:
        """Something else under an identifier that is taken changes nothing."""
        if not self.given:
            return
        device, body = self.given[-1 - pick % len(self.given)]
        if self.arrived[body["id"]]:
            other = body | {"time_zone": "Asia/Beirut"}
            assert self._post(device, other).status_code == 409

    def hand_in_newer(self, device: str) -> None:
        """A device after an update that this server has not had: kept beside, in nobody's way."""
        body = phq9(3) | {"schema": entries.NEWEST + 1}
        for _ in range(2):
            assert self._post(device, body).json()["code"] == "unsupported-schema"
        self.newer += 1

    def play(self, step: tuple[str, Any, Any]) -> None:
        match step:
            case ("answer", device, item9):
                self.answer(device, item9)
            case ("follow-up", device, code):
                self.follow_up(device, code)
            case ("deliver", pick, lost):
                self.deliver(pick, lost)
            case ("storm", pick, times):
                for _ in range(times):
                    self.deliver(pick, reply_lost=True)
            case ("forge", pick, _):
                self.forge(pick)
            case ("newer", device, _):
                self.hand_in_newer(device)
            case ("wait", minutes, _):
                self.minutes += minutes


class TestInterleavings(TestCase):
    @given(st.lists(steps, max_size=25))
    @settings(max_examples=STORIES, deadline=None, suppress_health_check=list(HealthCheck))
    def test_nothing_is_lost_and_nothing_doubled(self, played: list[tuple[str, Any, Any]]) -> None:
        with at(MONDAY_10):
            scene = make_scene()
            story = Story(scene, {"a": scene.person(), "b": scene.person()})
        for step in played:
            story.play(step)
        # In the end there is network: both devices send what they have not heard of.
        for pick in range(len(story.given)):
            story.deliver(pick, reply_lost=False)
        _as_if_sent_once(story)


def _as_if_sent_once(story: Story) -> None:
    mine = {"client": story.scene.client}
    given = {body["id"]: body for _, body in story.given}
    kept = Response.objects.in_bulk([uuid.UUID(one) for one in given])
    assert {str(pk): row.answers for pk, row in kept.items()} == {
        one: body["answers"] for one, body in given.items()
    }
    assert Response.objects.filter(**mine).count() == len(given)
    scored = Counter(Score.objects.filter(**mine).values_list("response_id", "scale"))
    assert set(scored.values()) <= {1}
    for receipts in story.heard.values():
        first = receipts[0] | {"flag": None}
        assert all(one | {"flag": None} == first for one in receipts)
    _told_once(story, given)
    submitted = AuditEvent.objects.filter(action="submit", client_id=story.scene.client.pk)
    assert submitted.count() == len(given)
    chain_waiting()
    assert first_broken(story.scene.practice.pk) is None
    assert UnreadEntry.objects.filter(**mine).count() == story.newer


def _told_once(story: Story, given: dict[str, dict[str, Any]]) -> None:
    """One signal for each worrying answer, one open flag, one raising, one message for each."""
    mine = {"client": story.scene.client}
    worrying = {one for one, body in given.items() if worries(body)}
    signals = FlagSignal.objects.filter(**mine, item="phq9_9")
    assert Counter(str(pk) for pk in signals.values_list("response_id", flat=True)) == Counter(
        worrying
    )
    flags = Flag.objects.filter(**mine)
    assert flags.count() <= 1
    assert bool(worrying) <= flags.exists()
    raised = FlagEvent.objects.filter(flag__in=flags, kind=FlagEvent.Kind.RAISED)
    assert raised.count() == flags.count()
    told = Notification.objects.filter(practice=story.scene.practice, kind="flag-raised")
    assert all(count == 1 for count in Counter(told.values_list("recipient_id")).values())
