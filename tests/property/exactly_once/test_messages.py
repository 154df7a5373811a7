"""Threads under random interleavings: nothing lost, nothing doubled, no gap, all readable.

Each story is played by devices over the real API on the real database: messages written, sent,
sent again, out of order, with replies lost and the server killed before it committed, while people
join and leave. In the end everybody reads all that was posted while they belonged, in one order.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from holdfast.core.tenancy.models import CareTeamMember
from holdfast.meet.messages import actions
from holdfast.meet.messages.models import EpochKey, Message, Thread
from tests.integration.core.shares import therapist_of
from tests.integration.core.vaults import person_in_care
from tests.integration.meet.talking import Talker

people = st.integers(0, 2)
picks = st.integers(0, 4)
steps = st.one_of(
    st.tuples(st.just("write"), people, picks),
    st.tuples(st.just("write"), people, picks),
    st.tuples(st.just("again"), picks, st.integers(1, 3)),
    st.tuples(st.just("killed"), people, picks),
    st.tuples(st.just("hold"), people, picks),
    st.tuples(st.just("late"), picks, picks),
    st.tuples(st.just("leave"), people, picks),
    st.tuples(st.just("return"), people, picks),
    st.tuples(st.just("renew"), people, picks),
    st.tuples(st.just("retract"), people, picks),
)
stories = st.lists(steps, min_size=4, max_size=14)


class Killed(OperationalError):
    """The process died before the transaction was committed."""


@dataclass
class Story:
    """One thread of a person with two therapists, and what each device knows."""

    talkers: list[Talker]
    places: list[CareTeamMember]
    thread: str
    #: Bodies that were taken, in the order in which they were heard to be: (who, body).
    taken: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    #: Sealed and not sent, for an epoch that may be over by then.
    held: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    retracted: set[str] = field(default_factory=set)
    words: dict[str, bytes] = field(default_factory=dict)
    #: Who belonged when it was posted, by its identifier.
    belonged: dict[str, set[int]] = field(default_factory=dict)
    inside: set[int] = field(default_factory=lambda: {0, 1, 2})

    def play(self, step: tuple[str, int, int]) -> None:
        name, first, second = step
        getattr(self, name)(first, second)

    def _may(self, who: int) -> bool:
        """Of the care team today, and of the thread still."""
        return who in self.inside and (who == 0 or self.places[who - 1].ends_on is None)

    def _sealed(self, who: int) -> dict[str, Any] | None:
        """A message of somebody who may write, after a new epoch where one is due."""
        talker = self.talkers[who]
        if not self._may(who):
            return None
        detail = talker.detail(self.thread)
        if not detail["fresh"]:
            if len(detail["go_on"]) < actions.LEAST_MEMBERS:
                return None
            assert talker.renew(self.thread).status_code == 201
            self._note_inside(talker)
        word = f"{who}-{len(self.words)}".encode()
        body: dict[str, Any] = talker.sealed(self.thread, word)
        self.words[body["id"]] = word
        return body

    def _note_inside(self, talker: Talker) -> None:
        ids = talker.detail(self.thread)["go_on"]
        self.inside = {at for at, one in enumerate(self.talkers) if str(one.id) in ids}

    def _posted(self, who: int, body: dict[str, Any]) -> int:
        answer = self.talkers[who].post(self.thread, body)
        if answer.status_code == 201:
            self.taken.append((who, body))
            self.belonged[body["id"]] = set(self.inside)
        return int(answer.status_code)

    def write(self, who: int, _: int) -> None:
        body = self._sealed(who)
        if body is not None:
            assert self._posted(who, body) == 201

    def again(self, pick: int, times: int) -> None:
        """An answer was not heard: the same is sent again."""
        if self.taken:
            who, body = self.taken[-1 - pick % len(self.taken)]
            if self._may(who):
                for _ in range(times):
                    assert self._posted(who, body) == 200

    def killed(self, who: int, _: int) -> None:
        """Killed at the last write before the commit; then it is sent once more."""
        body = self._sealed(who)
        if body is None:
            return
        before = Message.objects.count()
        browser = self.talkers[who].device.browser
        browser.raise_request_exception = False
        with mock.patch("holdfast.meet.messages.telling.of_message", side_effect=Killed):
            assert self._posted(who, body) >= 500
        assert Message.objects.count() == before
        assert self._posted(who, body) == 201

    def hold(self, who: int, _: int) -> None:
        body = self._sealed(who)
        if body is not None:
            self.held.append((who, body))

    def late(self, pick: int, _: int) -> None:
        """What was sealed long ago is taken only where it still fits; else it is sealed anew."""
        if not self.held:
            return
        who, body = self.held.pop(-1 - pick % len(self.held))
        if not self._may(who) or self._posted(who, body) == 201:
            return
        fresh = self._sealed(who)
        if fresh is not None:
            anew = self.talkers[who].sealed(
                self.thread, self.words[body["id"]], uuid.UUID(body["id"])
            )
            assert self._posted(who, anew) == 201

    def leave(self, who: int, _: int) -> None:
        """A therapist's place on the care team ends."""
        if who and self.places[who - 1].ends_on is None:
            place = self.places[who - 1]
            place.ends_on = place.starts_on.replace(year=place.starts_on.year - 1)
            place.save()

    def __getattr__(self, name: str) -> Any:
        if name == "return":
            return self.come_back
        raise AttributeError(name)

    def come_back(self, who: int, _: int) -> None:
        """They are on the care team again, and let in by the person."""
        if not who or self.places[who - 1].ends_on is None:
            return
        self.places[who - 1].ends_on = None
        self.places[who - 1].save()
        person = self.talkers[0]
        if who in self.inside:
            return
        detail = person.detail(self.thread)
        everybody = sorted({*detail["go_on"], str(self.talkers[who].id)})
        assert person.renew(self.thread, everybody).status_code == 201
        self._note_inside(person)

    def renew(self, who: int, _: int) -> None:
        """A new epoch for the same people."""
        if self._may(who):
            talker = self.talkers[who]
            if len(talker.detail(self.thread)["go_on"]) >= actions.LEAST_MEMBERS:
                assert talker.renew(self.thread).status_code == 201
                self._note_inside(talker)

    def retract(self, who: int, pick: int) -> None:
        mine = [body["id"] for sender, body in self.taken if sender == who]
        if mine and self._may(who):
            taken = mine[pick % len(mine)]
            path = f"/threads/{self.thread}/messages/{taken}"
            assert self.talkers[who].ask("DELETE", path).status_code == 204
            self.retracted.add(taken)

    def check(self) -> None:
        rows = list(Message.objects.order_by("seq"))
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert Thread.objects.get().last_seq == len(rows)
        assert Counter(str(row.pk) for row in rows) == Counter(body["id"] for _, body in self.taken)
        order = [str(row.pk) for row in rows]
        for who, talker in enumerate(self.talkers):
            if self._may(who):
                self._check_reader(who, talker, order)

    def _check_reader(self, who: int, talker: Talker, order: list[str]) -> None:
        read = talker.read(self.thread)
        assert [each.id for each in read] == order
        for each in read:
            belonged = who in self.belonged[each.id]
            wanted = self.words[each.id] if belonged and each.id not in self.retracted else None
            assert each.text == wanted
        held = EpochKey.objects.filter(member_id=talker.id).count()
        assert len(talker.detail(self.thread)["keys"]) == held


def begin() -> Story:
    device = person_in_care()
    assert device.client is not None
    therapists = [therapist_of(device, primary=at == 0) for at in range(2)]
    practice = device.client.practice
    talkers = [Talker(each, practice) for each in (device, *therapists)]
    answer = talkers[0].open(device.client, *talkers[1:])
    assert answer.status_code == 201
    places = [each.on_team for each in therapists if each.on_team is not None]
    return Story(talkers, places, answer.json()["id"])


def play(story: Story, given_steps: list[tuple[str, int, int]]) -> None:
    for step in given_steps:
        story.play(step)
    story.check()


_quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]


class Interleavings(TestCase):
    """A few stories with every run."""

    @given(stories)
    @settings(max_examples=3, suppress_health_check=_quiet)
    def test_nothing_is_lost_or_doubled(self, given_steps: list[tuple[str, int, int]]) -> None:
        play(begin(), given_steps)


@pytest.mark.exhaustive
class ManyInterleavings(TestCase):
    @given(st.lists(steps, min_size=8, max_size=40))
    @settings(max_examples=150, suppress_health_check=_quiet)
    def test_nothing_is_lost_or_doubled_in_long_stories(
        self, given_steps: list[tuple[str, int, int]]
    ) -> None:
        play(begin(), given_steps)
