"""Who comes into a programme and who leaves it: every change of an enrolment.

The programme's row is locked first, so that two acceptances never fill one place.
"""

from __future__ import annotations

import uuid
from typing import Literal

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.notify import facade as notify
from holdfast.core.notify.kinds import Kind
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client
from holdfast.meet.messages import facade as messages
from holdfast.meet.programmes import engine, making, standing
from holdfast.meet.programmes.models import Agreement, Enrolment, Programme
from holdfast.meet.programmes.problems import (
    AlreadyAsked,
    EnrolmentOver,
    JoiningOver,
    NotRunning,
    RulesChanged,
)
from holdfast.meet.scheduling import facade as scheduling

_State = Enrolment.State
#: Those who have not come to an end.
OPEN = (_State.ASKED, _State.WAITING, _State.ACCEPTED, _State.MEMBER, _State.FINISHED)


def published(practice_id: uuid.UUID, programme_id: uuid.UUID) -> Programme:
    """Locked; a draft is nobody's to see. Raises NotFound."""
    programme = making.locked(practice_id, programme_id)
    if programme.state == Programme.State.DRAFT:
        raise NotFound
    return programme


def lets_in(programme: Programme) -> bool:
    """Whether somebody may ask now. One statement."""
    if programme.state != Programme.State.RUNNING or not programme.joining:
        return False
    held = programme.sessions.filter(cancelled_at=None, starts_at__isnull=False)
    starts = [at for at in held.values_list("starts_at", flat=True) if at is not None]
    return engine.lets_in(starts, programme.open_until, clock.now())


def ask(
    client: Client, programme_id: uuid.UUID, *, enrolment_id: uuid.UUID, called: str, by: Actor
) -> Enrolment:
    """A person asks to join, under the name that the group will call them. Safe to repeat.

    Raises JoiningOver, AlreadyAsked, NotFound.
    """
    with transaction.atomic():
        programme = published(client.practice_id, programme_id)
        known = Enrolment.objects.filter(pk=enrolment_id).first()
        if known is not None:
            if known.client_id != client.pk or known.programme_id != programme.pk:
                raise AlreadyAsked
            return known
        if not lets_in(programme):
            raise JoiningOver
        if own(client, programme) is not None:
            raise AlreadyAsked
        row = Enrolment(
            id=enrolment_id,
            practice_id=client.practice_id,
            programme=programme,
            client=client,
            asked_at=clock.now(),
        )
        row.called = called
        row.save(force_insert=True)
        _note("ask", row, by)
        _tell_facilitators(programme, "programme-asked")
    return row


def own(client: Client, programme: Programme) -> Enrolment | None:
    """Somebody's enrolment that has not come to an end. One statement."""
    return Enrolment.objects.filter(programme=programme, client=client, state__in=OPEN).first()


def _own(client: Client, programme: Programme) -> Enrolment:
    found = own(client, programme)
    if found is None:
        raise NotFound
    return found


def decide(
    practice_id: uuid.UUID,
    programme_id: uuid.UUID,
    enrolment_id: uuid.UUID,
    *,
    decision: Literal["accept", "decline"],
    by: Actor,
) -> None:
    """A facilitator's answer. Accepted without a free place is to wait in the order of asking; who
    gets a place agrees to the rules before anything else. Safe to repeat. Raises EnrolmentOver.
    """
    with transaction.atomic():
        programme = _led(practice_id, programme_id, by)
        row = _one(programme, enrolment_id)
        if decision == "decline":
            if row.state not in (_State.ASKED, _State.WAITING, _State.DECLINED):
                raise EnrolmentOver
            if row.state != _State.DECLINED:
                _end(row, _State.DECLINED, by)
                _note("decline", row, by)
                _tell(row, "programme-declined")
            return
        if row.state in (_State.WAITING, _State.ACCEPTED, _State.MEMBER):
            return
        if row.state != _State.ASKED or programme.state != Programme.State.RUNNING:
            raise EnrolmentOver
        row.state, row.decided_at = _State.WAITING, clock.now()
        row.save(update_fields=["state", "decided_at"])
        _note("accept", row, by)
        if row.pk not in fill(programme, by=by):
            _tell(row, "programme-waiting")


def _led(practice_id: uuid.UUID, programme_id: uuid.UUID, by: Actor) -> Programme:
    """Locked, if somebody is one of its facilitators: people's names are for them alone."""
    programme = making.locked(practice_id, programme_id)
    if not making.leads(programme, by):
        raise NotFound
    return programme


def _one(programme: Programme, enrolment_id: uuid.UUID) -> Enrolment:
    rows = Enrolment.objects.select_related("client").filter(programme=programme, pk=enrolment_id)
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def fill(programme: Programme, *, by: Actor) -> list[uuid.UUID]:
    """Give every free place to whoever waits longest, under the programme's lock; to whom."""
    rows = Enrolment.objects.filter(programme=programme)
    taken = rows.filter(state__in=standing.PLACED).count()
    line = [engine.Asker(one.pk, one.asked_at) for one in rows.filter(state=_State.WAITING)]
    chosen = engine.next_in(line, programme.capacity, taken)
    for row in rows.filter(pk__in=chosen).select_related("client"):
        row.state = _State.ACCEPTED
        row.save(update_fields=["state"])
        _note("place", row, by)
        _tell(row, "programme-accepted")
    return chosen


def agree(client: Client, programme_id: uuid.UUID, *, version: int, by: Actor) -> None:
    """A person agrees to the rules as they read them; the first time that makes them a member, with
    a place in every session to come. Safe to repeat. Raises RulesChanged, EnrolmentOver, NotFound.
    """
    with transaction.atomic():
        programme = published(client.practice_id, programme_id)
        row = _own(client, programme)
        if row.state not in (_State.ACCEPTED, _State.MEMBER, _State.FINISHED):
            raise EnrolmentOver
        if version != programme.rules_version:
            raise RulesChanged(version=programme.rules_version)
        if row.agreed_version == version:
            return
        now = clock.now()
        Agreement.objects.create(
            practice_id=client.practice_id,
            enrolment=row,
            version=version,
            rules=programme.rules,
            agreed_at=now,
        )
        row.agreed_version = version
        if row.state == _State.ACCEPTED:
            row.state, row.joined_at = _State.MEMBER, now
            _take_places(programme, client, by)
        row.save(update_fields=["agreed_version", "state", "joined_at"])
        _note("agree", row, by, version=version)


def _take_places(programme: Programme, client: Client, by: Actor) -> None:
    """In every session to come. One that clashes with something of theirs is left out: they see it
    and may cancel the other. So is one that its clinician may not hold with them.
    """
    ahead = programme.sessions.filter(starts_at__gt=clock.now(), cancelled_at=None)
    for session in ahead:
        if session.appointment_id is None:
            continue
        try:
            with transaction.atomic():
                scheduling.join_group(programme.practice_id, session.appointment_id, client, by=by)
        except (
            scheduling.SlotTaken,
            scheduling.GroupFull,
            scheduling.AppointmentOver,
            scheduling.Hindered,
        ):
            continue


def leave(client: Client, programme_id: uuid.UUID, *, by: Actor) -> None:
    """Out at any time, and nobody asks why. Safe to repeat. Raises NotFound."""
    with transaction.atomic():
        programme = published(client.practice_id, programme_id)
        row = own(client, programme)
        if row is None:
            if not Enrolment.objects.filter(programme=programme, client=client).exists():
                raise NotFound
            return
        was_member = row.state in (_State.MEMBER, _State.FINISHED)
        _out(programme, row, _State.LEFT, by)
        _note("leave", row, by)
        if was_member:
            _tell_facilitators(programme, "programme-left")


def remove(
    practice_id: uuid.UUID, programme_id: uuid.UUID, enrolment_id: uuid.UUID, *, by: Actor
) -> None:
    """A facilitator ends somebody's being in the group. Safe to repeat. Raises EnrolmentOver."""
    with transaction.atomic():
        programme = _led(practice_id, programme_id, by)
        row = _one(programme, enrolment_id)
        if row.state == _State.REMOVED:
            return
        if row.state not in (*standing.PLACED, _State.FINISHED):
            raise EnrolmentOver
        _out(programme, row, _State.REMOVED, by)
        _note("remove", row, by)
        _tell(row, "programme-removed")


def _out(programme: Programme, row: Enrolment, state: str, by: Actor) -> None:
    """Places in what is to come are given back, the thread is closed to them from this moment on,
    and whoever waits longest moves up.
    """
    ahead = programme.sessions.filter(starts_at__gt=clock.now(), cancelled_at=None)
    for session in ahead:
        if session.appointment_id is None:
            continue
        try:
            with transaction.atomic():
                scheduling.leave_group(
                    programme.practice_id, session.appointment_id, row.client_id, by=by
                )
        except (NotFound, scheduling.AppointmentOver):
            continue
    user = row.client.user_id
    if programme.thread_id is not None and user is not None:
        messages.let_go(programme.practice_id, programme.thread_id, user)
    _end(row, state, by)
    if programme.state == Programme.State.RUNNING:
        fill(programme, by=by)


def _end(row: Enrolment, state: str, by: Actor) -> None:
    row.state, row.ended_at, row.stays = state, clock.now(), False
    row.decided_at = row.decided_at or row.ended_at
    row.save(update_fields=["state", "ended_at", "stays", "decided_at"])


def stay(client: Client, programme_id: uuid.UUID, *, stays: bool, by: Actor) -> None:
    """Whether somebody goes on in the community. No is to leave. Raises NotRunning, NotFound."""
    if not stays:
        leave(client, programme_id, by=by)
        return
    with transaction.atomic():
        programme = published(client.practice_id, programme_id)
        row = _own(client, programme)
        if programme.state != Programme.State.COMMUNITY or row.state != _State.FINISHED:
            raise NotRunning
        if not row.stays:
            row.stays = True
            row.save(update_fields=["stays"])
            _note("stay", row, by)


# --- telling


def _note(action: str, row: Enrolment, by: Actor, **detail: object) -> None:
    record(
        action,
        "programme_enrolment",
        by=by,
        resource_id=row.pk,
        client_id=row.client_id,
        detail=dict(detail),
    )


def _tell(row: Enrolment, kind: Kind) -> None:
    if row.client.user_id is not None:
        notify.send(
            practice_id=row.practice_id,
            recipients=[row.client.user_id],
            kind=kind,
            subject_id=row.programme_id,
        )


def _tell_facilitators(programme: Programme, kind: Kind) -> None:
    rows = programme.facilitators.filter(membership__active=True)
    notify.send(
        practice_id=programme.practice_id,
        recipients=list(rows.values_list("membership__user_id", flat=True)),
        kind=kind,
        subject_id=programme.pk,
    )
