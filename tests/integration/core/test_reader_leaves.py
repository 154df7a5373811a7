"""A reader leaves, somebody else takes over, keys change: who is told, and who owns the flags."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from holdfast.core import clock, events
from holdfast.core.actor import system
from holdfast.core.audit.models import AuditEvent
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy import actions as tenancy
from holdfast.core.tenancy import handing_over
from holdfast.core.tenancy.models import CareTeamMember, OnCall, Role
from holdfast.core.vault import announcements
from holdfast.core.vault.engine import keys
from holdfast.core.vault.events import KeysChanged
from holdfast.core.vault.schemas import VersionShape, written
from holdfast.safety.flags import escalation
from holdfast.safety.flags.models import Flag, FlagEvent, Level, State
from tests import factories
from tests.integration.core import wire
from tests.integration.core.shares import (
    SharedFolder,
    Therapist,
    grant_of,
    read,
    share,
    therapist_of,
)
from tests.integration.core.vaults import Device, person_in_care

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive_on_postgres]


@pytest.fixture
def person() -> Device:
    return person_in_care()


@pytest.fixture
def therapist(person: Device) -> Therapist:
    """To whom the person has granted one thing."""
    made = therapist_of(person)
    version = person.seal(b"for you")
    person.send(version)
    share(person, grant_of(person, version, made))
    return made


def told(user: Device, kind: str) -> list[uuid.UUID | None]:
    rows = Notification.objects.filter(recipient=user.user, kind=kind)
    return list(rows.order_by("created_at").values_list("subject_id", flat=True))


def leave(therapist: Therapist) -> None:
    assert therapist.on_team is not None
    tenancy.leave_care_team(therapist.on_team, by=system(therapist.on_team.practice_id))


# --- told and asked


def test_the_person_is_told_once_that_a_reader_left(
    person: Device, therapist: Therapist, django_capture_on_commit_callbacks: Any
) -> None:
    therapist_of(person)  # who holds nothing may leave without a word
    for member in CareTeamMember.objects.all():
        with django_capture_on_commit_callbacks(execute=True):
            tenancy.leave_care_team(member, by=system(member.practice_id))
    assert told(person, "vault-reader-left") == [therapist.id]
    assert announcements.tell_of_leavers(clock.now()) == 0
    assert therapist.shared(person).status_code == 403


def test_who_was_back_and_leaves_again_is_told_of_again(
    person: Device, therapist: Therapist, django_capture_on_commit_callbacks: Any
) -> None:
    assert person.client is not None
    assert therapist.member is not None
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            leave(therapist)
        with django_capture_on_commit_callbacks(execute=True):
            therapist.on_team = tenancy.join_care_team(
                person.client,
                therapist.member,
                purpose="treatment",
                primary=True,
                by=system(person.client.practice_id),
            )
    assert told(person, "vault-reader-left") == [therapist.id] * 2
    assert told(person, "vault-reader-joined") == []
    assert therapist.shared(person).status_code == 200


def test_the_worker_tells_of_whose_last_day_is_over(
    person: Device, therapist: Therapist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "_looked_on", {})
    now = clock.now()
    CareTeamMember.objects.update(ends_on=now.date())
    assert announcements.tell_of_ended(now) == 0
    assert announcements.tell_of_ended(now + timedelta(days=1)) == 1
    assert announcements.tell_of_ended(now + timedelta(days=1)) == 0
    assert told(person, "vault-reader-left") == [therapist.id]


def test_who_is_switched_off_has_left(
    person: Device, therapist: Therapist, django_capture_on_commit_callbacks: Any
) -> None:
    assert therapist.member is not None
    practice = therapist.member.practice
    for role in (Role.ADMINISTRATOR, Role.CLINICIAN):
        factories.browser(factories.make_member(practice, role).user)
    with django_capture_on_commit_callbacks(execute=True):
        tenancy.change_member(therapist.member, {"active": False}, by=system(practice.pk))
    assert told(person, "vault-reader-left") == [therapist.id]


def test_somebody_new_is_announced_to_whoever_shares_with_others(
    person: Device, therapist: Therapist, django_capture_on_commit_callbacks: Any
) -> None:
    other = person_in_care()
    for who, expected in ((person, 1), (other, 0)):
        assert who.client is not None
        member = factories.make_member(who.client.practice, Role.CLINICIAN)
        with django_capture_on_commit_callbacks(execute=True):
            tenancy.join_care_team(
                who.client, member, purpose="cover", primary=False, by=system(member.practice_id)
            )
        assert told(who, "vault-reader-joined") == [member.user_id] * expected
        supervisor = factories.make_member(who.client.practice, Role.SUPERVISOR)
        with django_capture_on_commit_callbacks(execute=True):
            tenancy.join_care_team(
                who.client, supervisor, purpose="cover", primary=False, by=system(None)
            )
        assert len(told(who, "vault-reader-joined")) == expected


def test_what_is_shared_passes_to_a_new_clinician_when_the_person_says_so(
    person: Device, therapist: Therapist
) -> None:
    folder, one = SharedFolder(person), person.seal(b"standing")
    person.send(one)
    folder.begin(therapist)
    folder.put(one)
    leave(therapist)
    heir = therapist_of(person)
    assert heir.shared(person).json()["items"] == []
    # The person's device opens what the leaver could read, and seals it to who comes after.
    left = person.browser.get(f"{person.path}/sharing/items?reader={therapist.id}").json()["items"]
    assert len(left) == 2
    sealed = {"keys": folder.keys(1, heir)}
    assert wire.send(person.browser, "POST", f"{folder.path}/keys", sealed).json() == {"kept": 1}
    direct = next(row for row in left if row["readers"][0]["folder"] is None)
    held = next(row for row in person.fetch()["items"] if row["item"] == direct["item"])
    version = VersionShape.model_validate(held).engine()
    share(person, grant_of(person, version, heir))
    path = f"{person.path}/readers/{therapist.id}"
    assert wire.send(person.browser, "DELETE", path).status_code == 204
    assert set(read(heir.shared(person).json(), heir, person)) == {b"for you", b"standing"}
    two = person.seal(b"later")
    person.send(two)
    assert folder.renew(2, heir).status_code == 201
    folder.put(two, epoch=2)
    assert b"later" in read(heir.shared(person).json(), heir, person)


def test_who_covered_holds_nothing_after_their_last_day(
    person: Device, therapist: Therapist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "_looked_on", {})
    now = clock.now()
    cover = therapist_of(person, purpose="cover", primary=False, ends_on=now.date())
    folder, one = SharedFolder(person), person.seal(b"while you cover")
    person.send(one)
    folder.begin(cover)
    folder.put(one)
    share(person, grant_of(person, one, cover))
    assert read(cover.shared(person).json(), cover, person) == [b"while you cover"]
    assert announcements.tell_of_ended(now + timedelta(days=1)) == 1
    assert told(person, "vault-reader-left") == []
    overview = person.browser.get(f"{person.path}/sharing").json()
    assert [each["stopped_at"] is not None for each in overview["folders"]] == [True]
    held = person.browser.get(f"{person.path}/sharing/items").json()["items"]
    assert {row["reader"] for item in held for row in item["readers"]} == {str(therapist.id)}
    # Of the one who is covered nothing was taken, and nobody is said to have stopped sharing.
    assert cover.shared(person).json()["stopped_at"] is None
    assert read(therapist.shared(person).json(), therapist, person) == [b"for you"]


# --- changed keys


def accept(who: Device, of: Device, owner: Device, **changes: Any) -> Any:
    entry = keys.first_entry(of.user.pk, of.private, 1_790_000_000)
    body = {"user": str(of.user.pk), "sequence": 1, "hash": written(entry.hash)}
    return wire.send(who.browser, "POST", f"{owner.path}/accepted-keys", body | changes)


def test_accepted_keys_are_written_down_for_either_side(
    person: Device, therapist: Therapist
) -> None:
    assert accept(person, therapist, person).status_code == 204
    assert accept(therapist, person, person).status_code == 204
    entries = AuditEvent.objects.filter(action="accept-keys").order_by("id")
    assert [each.resource_id for each in entries] == [str(therapist.id), str(person.user.pk)]
    assert {each.client_id for each in entries} == {person.client.pk if person.client else None}
    moved = accept(person, therapist, person, hash=written(bytes(32)))
    assert (moved.status_code, moved.json()["code"]) == (409, "vault-keys-changed")
    for stranger in (person_in_care(), therapist):
        refused = accept(therapist, stranger, person)
        assert (refused.status_code, refused.json()["code"]) == (409, "vault-reader-unknown")


def test_a_change_of_keys_is_announced_either_way_round(
    person: Device, therapist: Therapist
) -> None:
    stranger = therapist_of(person)
    announcements.tell_of_new_keys(KeysChanged(person.user.pk, 2))
    assert told(therapist, "vault-keys-changed") == [person.user.pk]
    announcements.tell_of_new_keys(KeysChanged(therapist.id, 2))
    assert told(person, "vault-keys-changed") == [therapist.id]
    assert told(stranger, "vault-keys-changed") == []
    assert announcements.tell_of_new_keys in events._handlers[KeysChanged]


# --- flags and the caseload


def flag_of(person: Device, owner: Therapist, **fields: Any) -> Flag:
    assert person.client is not None
    at = clock.now()
    values = {
        "level": Level.URGENT,
        "reason": "severe-band",
        "state": State.OPEN,
        "raised_at": at,
        "answered_at": at,
        "escalate_at": at + timedelta(hours=1),
    }
    return Flag.objects.create(
        practice=person.client.practice, client=person.client, owner=owner.member, **values | fields
    )


def test_a_handed_over_caseload_leaves_no_open_flag_with_who_left(
    person: Device, therapist: Therapist, django_capture_on_commit_callbacks: Any
) -> None:
    assert person.client is not None
    practice = person.client.practice
    flag = flag_of(person, therapist)
    closed = flag_of(person, therapist, state=State.CLOSED, escalate_at=None, closed_at=clock.now())
    heir = factories.make_member(practice, Role.CLINICIAN)
    administrator = factories.make_member(practice, Role.ADMINISTRATOR)
    browser = factories.browser(administrator.user)
    assert therapist.member is not None
    path = f"/api/v1/practices/{practice.pk}/people/{therapist.member.pk}/hand-over"
    with django_capture_on_commit_callbacks(execute=True):
        answer = wire.send(browser, "POST", path, {"to": str(heir.pk)})
    assert (answer.status_code, answer.json()) == (200, {"clients": 1, "on_call": False})
    (place,) = CareTeamMember.objects.filter(membership=heir)
    assert (place.purpose, place.primary, place.ends_on) == ("treatment", True, None)
    assert therapist.shared(person).status_code == 403
    before = flag.escalate_at
    flag.refresh_from_db()
    closed.refresh_from_db()
    assert (flag.owner, flag.state, flag.escalate_at) == (heir, State.OPEN, before)
    assert closed.owner == therapist.member
    steps = FlagEvent.objects.filter(flag=flag).values_list("kind", "to_id")
    assert set(steps) == {("assigned", heir.pk), ("notified", heir.pk)}
    assert told(person, "vault-reader-left") == [therapist.id]
    assert told(person, "vault-reader-joined") == [heir.user_id]
    again = wire.send(browser, "POST", path, {"to": str(heir.pk)})
    assert again.json() == {"clients": 0, "on_call": False}
    assert AuditEvent.objects.filter(action="hand-over").count() == 2
    for wrong in (therapist.member, administrator):
        answer = wire.send(browser, "POST", path, {"to": str(wrong.pk)})
        assert answer.status_code == 422


def test_each_person_may_go_to_somebody_else_and_the_turn_on_call_goes_along(
    person: Device, therapist: Therapist, django_capture_on_commit_callbacks: Any
) -> None:
    assert person.client is not None
    assert therapist.member is not None
    practice = person.client.practice
    elsewhere = factories.make_client(practice, display_name="Wren")
    factories.join_care_team(elsewhere, therapist.member, purpose="prescribing")
    stranger = factories.make_client(practice, display_name="Noor")
    own = flag_of(person, therapist)
    # It came to the therapist in their turn, of somebody whom they do not treat.
    from_on_call = flag_of(Device(stranger.user or person.user, stranger), therapist)
    seen = flag_of(Device(elsewhere.user or person.user, elsewhere), therapist, state="acted")
    heir, other = (factories.make_member(practice, Role.CLINICIAN) for _ in range(2))
    factories.set_on_call(practice, heir, therapist.member)
    browser = factories.browser(factories.make_member(practice, Role.ADMINISTRATOR).user)
    path = f"/api/v1/practices/{practice.pk}/people/{therapist.member.pk}"
    before = browser.get(f"{path}/hand-over").json()
    assert {each["display_name"] for each in before["people"]} == {
        person.client.display_name,
        "Wren",
    }
    assert before["on_call"] == 2
    waiting = browser.get(f"{path}/flags")
    assert sorted(each["seen"] for each in waiting.json()["items"]) == [False, False, True]
    assert all(set(each) == {"seen", "due_at"} for each in waiting.json()["items"])
    assert therapist.browser.get(f"{path}/flags").status_code == 403

    choice = {"client_id": str(elsewhere.pk), "to": str(other.pk)}
    twice = wire.send(
        browser, "POST", f"{path}/hand-over", {"to": str(heir.pk), "people": [choice] * 2}
    )
    unknown = {"client_id": str(stranger.pk), "to": str(other.pk)}
    wrong = wire.send(
        browser, "POST", f"{path}/hand-over", {"to": str(heir.pk), "people": [unknown]}
    )
    assert (twice.status_code, wrong.status_code) == (422, 422)
    with django_capture_on_commit_callbacks(execute=True):
        done = wire.send(
            browser, "POST", f"{path}/hand-over", {"to": str(heir.pk), "people": [choice]}
        )
    assert done.json() == {"clients": 2, "on_call": True}
    places = CareTeamMember.objects.filter(ends_on=None).values_list("client_id", "membership_id")
    assert set(places) == {(person.client.pk, heir.pk), (elsewhere.pk, other.pk)}
    owners = dict(Flag.objects.values_list("pk", "owner_id"))
    assert owners == {own.pk: heir.pk, from_on_call.pk: heir.pk, seen.pk: other.pk}
    # The heir had a turn of their own, and keeps that one.
    assert [turn.membership_id for turn in OnCall.objects.filter(practice=practice)] == [heir.pk]
    assert browser.get(f"{path}/hand-over").json() == {"people": [], "on_call": None}
    assert browser.get(f"{path}/flags").json() == {"items": []}


def test_who_takes_over_from_a_colleague_they_cover_stays_for_good(
    person: Device, therapist: Therapist
) -> None:
    assert person.client is not None
    assert therapist.member is not None
    friday = clock.now().date() + timedelta(days=4)
    colleague = therapist_of(person, purpose="cover", primary=False, ends_on=friday)
    assert colleague.member is not None
    by = system(person.client.practice_id)
    assert handing_over.hand_over(therapist.member, colleague.member.pk, by=by).clients == 1
    (place,) = CareTeamMember.objects.filter(membership=colleague.member)
    assert (place.purpose, place.primary, place.ends_on) == ("treatment", True, None)


def test_a_flag_follows_the_person_when_its_owner_leaves_the_team(
    person: Device, therapist: Therapist, django_capture_on_commit_callbacks: Any
) -> None:
    flag = flag_of(person, therapist, state=State.ACKNOWLEDGED)
    colleague = therapist_of(person, primary=False)
    with django_capture_on_commit_callbacks(execute=True):
        leave(therapist)
    flag.refresh_from_db()
    assert (flag.owner, flag.state) == (colleague.member, State.ACKNOWLEDGED)
    # With nobody else to treat the person it stays with its owner, who can still act on it.
    with django_capture_on_commit_callbacks(execute=True):
        leave(colleague)
    flag.refresh_from_db()
    assert flag.owner == colleague.member
    assert colleague.browser.get(f"/api/v1/practices/{flag.practice_id}/flags/{flag.pk}").json()


def test_whoever_is_switched_off_owns_no_open_flag_after_the_next_tick(
    person: Device, therapist: Therapist
) -> None:
    assert person.client is not None
    flag = flag_of(person, therapist)
    on_call = factories.make_member(person.client.practice, Role.CLINICIAN)
    factories.browser(on_call.user)
    factories.set_on_call(person.client.practice, on_call)
    factories.make_member(person.client.practice, Role.ADMINISTRATOR)
    assert therapist.member is not None
    by = system(person.client.practice_id)
    tenancy.change_member(therapist.member, {"active": False}, by=by)
    escalation.escalate_due(clock.now())
    open_flags = Flag.objects.exclude(state=State.CLOSED)
    assert [(each.pk, each.owner) for each in open_flags] == [(flag.pk, on_call)]
