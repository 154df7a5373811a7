"""A person deletes their account while a flag of theirs is not closed."""

from __future__ import annotations

from datetime import date

import pytest

from holdfast.core.audit.models import AuditEvent
from holdfast.core.identity import erasure
from holdfast.core.identity.models import User
from holdfast.core.notify.models import DeliveryAttempt, Notification
from holdfast.core.tenancy.models import Client
from holdfast.safety.flags.models import Flag, FlagEvent, FlagSignal, WithdrawnFlag
from tests import factories
from tests.integration.core import wire
from tests.integration.safety.scene import MONDAY_10, Scene, at, make_scene
from tests.integration.safety.test_flags import do, raise_one, signal

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    with at(MONDAY_10):
        return make_scene()


def _delete_account(scene: Scene) -> None:
    user = scene.client.user
    assert user is not None
    with at(MONDAY_10):
        body = {"current_auth_secret": factories.auth_secret(user.login)}
        answer = wire.send(scene.person(), "DELETE", "/api/v1/me", body)
        assert answer.status_code == 204
        assert erasure.run_pending(user_id=user.pk) == 0


def test_the_flag_goes_with_its_person(scene: Scene) -> None:
    raise_one(scene)
    user_id = scene.client.user_id
    assert user_id is not None
    _delete_account(scene)
    assert not Flag.objects.exists()
    assert not FlagSignal.objects.exists()
    assert not FlagEvent.objects.exists()
    assert not Client.objects.filter(pk=scene.client.pk).exists()
    assert not User.objects.filter(pk=user_id).exists()


def test_whoever_answers_for_it_is_told_and_the_news_names_nobody(scene: Scene) -> None:
    factories.set_on_call(scene.practice, scene.eli)
    raise_one(scene)
    _delete_account(scene)
    told = Notification.objects.filter(kind="flag-withdrawn")
    assert {one.recipient_id for one in told} == {scene.eli.user_id, scene.dana.user_id}
    assert {one.subject_id for one in told} == {None}
    attempts = DeliveryAttempt.objects.filter(notification__in=told, channel="in_app")
    assert set(attempts.values_list("outcome", flat=True)) == {"sent"}


def test_that_it_was_withdrawn_stands_in_the_audit_trail(scene: Scene) -> None:
    flag = raise_one(scene)
    _delete_account(scene)
    event = AuditEvent.objects.get(resource="flag", action="withdraw")
    assert (event.resource_id, event.actor_label) == (str(flag.pk), "erasure")


def test_a_flag_without_an_owner_is_told_to_the_first_on_call(scene: Scene) -> None:
    flag = raise_one(scene)
    Flag.objects.filter(pk=flag.pk).update(owner=None)
    factories.set_on_call(scene.practice, scene.eli)
    _delete_account(scene)
    told = Notification.objects.filter(kind="flag-withdrawn")
    assert scene.eli.user_id in set(told.values_list("recipient_id", flat=True))


def test_nobody_is_told_of_one_that_was_closed(scene: Scene) -> None:
    flag = raise_one(scene)
    do(scene, flag, "acknowledge")
    do(scene, flag, "close", {"outcome": "not-needed"})
    _delete_account(scene)
    assert not Notification.objects.filter(kind="flag-withdrawn").exists()
    assert WithdrawnFlag.objects.get().unclosed is False


def test_it_stays_countable_and_is_nobodys(scene: Scene) -> None:
    raise_one(scene, signal("urgent"))
    raise_one(scene, historical=True)
    with at(MONDAY_10):
        before = scene.clinician().get(scene.url("flag-statistics")).json()
    _delete_account(scene)
    with at(MONDAY_10):
        after = scene.clinician().get(scene.url("flag-statistics")).json()
    assert after["weeks"] == before["weeks"]
    assert after["weeks"][-1]["by_level"] == {"urgent": 1}
    row = WithdrawnFlag.objects.get()
    assert (row.week, row.unclosed) == (date(2026, 11, 23), True)
    assert {field.name for field in WithdrawnFlag._meta.get_fields()} == {
        "id", "practice", "week", "level", "unclosed",
    }  # fmt: skip
