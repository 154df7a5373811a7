"""Make a programme, change it, publish it, move a session, bring it to its end."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.ids import uuid7
from holdfast.core.notify import facade as notify
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import CLINICAL_ROLES, Membership, Role
from holdfast.meet.messages import facade as messages
from holdfast.meet.programmes import engine
from holdfast.meet.programmes.models import Enrolment, Facilitator, Programme, Session
from holdfast.meet.programmes.problems import NotADraft, NotRunning, ProgrammeTaken, TimesTaken
from holdfast.meet.scheduling import facade as scheduling
from holdfast.meet.scheduling.facade import NewGroup

_State = Programme.State
#: What has been booked, and is changed no more by changing the programme.
_FIXED = (
    "capacity", "minutes", "medium", "place_id", "first_local", "zone", "every_weeks", "left_out",
)  # fmt: skip


@dataclass(frozen=True)
class SessionData:
    """One session of the curriculum, in its place."""

    id: uuid.UUID
    title: str
    description: str
    material: str


@dataclass(frozen=True)
class ProgrammeData:
    """`fields` are columns of `Programme`; the first facilitator leads."""

    fields: dict[str, Any]
    sessions: Sequence[SessionData]
    facilitators: Sequence[uuid.UUID]


def locked(practice_id: uuid.UUID, programme_id: uuid.UUID, by: Actor | None = None) -> Programme:
    """The programme, for one writer at a time; with `by`, if it is theirs to change. Raises
    NotFound. One statement, or two.
    """
    rows = Programme.objects.select_for_update().filter(practice_id=practice_id, pk=programme_id)
    found = rows.first()
    if found is None or (by is not None and not may_change(found, by)):
        raise NotFound
    return found


def leads(programme: Programme, by: Actor) -> bool:
    """Whether somebody is one of its facilitators. One statement."""
    rows = Facilitator.objects.filter(programme=programme, membership_id__in=by.membership_ids)
    return rows.exists()


def may_change(programme: Programme, by: Actor) -> bool:
    """Who leads it, and whoever runs the practice."""
    return Role.ADMINISTRATOR in by.roles or leads(programme, by)


def make(
    practice_id: uuid.UUID, programme_id: uuid.UUID, data: ProgrammeData, *, by: Actor
) -> None:
    """A new draft. Sent again, nothing more. Raises ProgrammeTaken, Invalid, NotFound."""
    with transaction.atomic():
        known = Programme.objects.filter(pk=programme_id).first()
        if known is not None:
            if known.practice_id != practice_id or not may_change(known, by):
                raise ProgrammeTaken
            return
        programme = Programme(
            id=programme_id, practice_id=practice_id, created_at=clock.now(), **data.fields
        )
        starts_of(programme, len(data.sessions))
        programme.save(force_insert=True)
        _put_facilitators(programme, data.facilitators)
        if not may_change(programme, by):
            raise Invalid(errors=(FieldError("facilitators", "own", "You lead it, too."),))
        _put_sessions(programme, data.sessions)
        record("create", "programme", by=by, resource_id=programme.pk)


def change(
    practice_id: uuid.UUID, programme_id: uuid.UUID, data: ProgrammeData, *, by: Actor
) -> None:
    """All of a draft; of what is published the words, who leads beside the lead, and until when
    somebody may come in. Rules that change have to be agreed to again. Raises NotADraft.
    """
    with transaction.atomic():
        programme = locked(practice_id, programme_id, by)
        draft = programme.state == _State.DRAFT
        if not draft:
            _check_fixed(programme, data)
        new_rules = not draft and data.fields["rules"] != programme.rules
        for name, value in data.fields.items():
            setattr(programme, name, value)
        starts_of(programme, len(data.sessions))
        programme.rules_version += 1 if new_rules else 0
        programme.save()
        _put_facilitators(programme, data.facilitators)
        _put_sessions(programme, data.sessions)
        record(
            "update",
            "programme",
            by=by,
            resource_id=programme.pk,
            detail={"rules": programme.rules_version},
        )
        if new_rules:
            tell_members(programme, "programme-rules")


def _check_fixed(programme: Programme, data: ProgrammeData) -> None:
    fixed = any(data.fields[name] != getattr(programme, name) for name in _FIXED)
    known = list(programme.sessions.values_list("id", flat=True))
    lead = programme.facilitators.filter(lead=True).values_list("membership_id", flat=True).first()
    if fixed or known != [one.id for one in data.sessions] or data.facilitators[0] != lead:
        raise NotADraft


def starts_of(programme: Programme, count: int) -> list[datetime]:
    """When its sessions would be. Raises Invalid."""
    try:
        return engine.rhythm(
            datetime.fromisoformat(programme.first_local),
            programme.zone,
            programme.every_weeks,
            count,
            [date.fromisoformat(day) for day in programme.left_out],
        )
    except (ValueError, KeyError, OverflowError):
        detail = "A day and a time, every 1 to 8 weeks, 1 to 40 sessions."
        raise Invalid(errors=(FieldError("first_local", "rhythm", detail),)) from None


def _put_facilitators(programme: Programme, chosen: Sequence[uuid.UUID]) -> None:
    here = Membership.objects.filter(
        practice_id=programme.practice_id, pk__in=chosen, active=True, role__in=CLINICAL_ROLES
    )
    if not chosen or here.count() != len(set(chosen)):
        raise Invalid(errors=(FieldError("facilitators", "unknown", "Who leads it?"),))
    gone = Facilitator.objects.filter(programme=programme).exclude(membership_id__in=chosen)
    accounts = list(gone.values_list("membership__user_id", flat=True))
    gone.delete()
    if programme.thread_id is not None:
        for user in accounts:
            messages.let_go(programme.practice_id, programme.thread_id, user)
    Facilitator.objects.filter(programme=programme).update(lead=False)
    for number, one in enumerate(dict.fromkeys(chosen)):
        Facilitator.objects.update_or_create(
            programme=programme,
            membership_id=one,
            defaults={"practice_id": programme.practice_id, "lead": number == 0},
        )


def _put_sessions(programme: Programme, sessions: Sequence[SessionData]) -> None:
    """The curriculum as it is now. Booked sessions keep their times."""
    if (
        Session.objects.filter(pk__in=[one.id for one in sessions])
        .exclude(programme=programme)
        .exists()
    ):
        raise ProgrammeTaken
    kept = {row.pk: row for row in programme.sessions.all()}
    if programme.state == _State.DRAFT:
        programme.sessions.all().delete()
    for number, one in enumerate(sessions, start=1):
        row = kept.get(one.id) or Session(
            id=one.id, practice_id=programme.practice_id, programme=programme
        )
        row.number, row.title = number, one.title
        row.description, row.material = one.description, one.material
        row.save(force_insert=programme.state == _State.DRAFT)


def publish(practice_id: uuid.UUID, programme_id: uuid.UUID, *, by: Actor) -> None:
    """Book every session, and let the practice's people see it. Safe to repeat.

    Raises TimesTaken, naming what does not fit, and books nothing then; Invalid, NotFound.
    """
    with transaction.atomic():
        programme = locked(practice_id, programme_id, by)
        if programme.state != _State.DRAFT:
            return
        sessions = list(programme.sessions.all())
        starts = starts_of(programme, len(sessions))
        if starts[0] <= clock.now():
            raise Invalid(errors=(FieldError("first_local", "in-past", "This lies in the past."),))
        lead = programme.facilitators.get(lead=True)
        new = NewGroup(
            id=uuid7(),
            membership_id=lead.membership_id,
            name=programme.title,
            minutes=programme.minutes,
            capacity=programme.capacity,
            medium=programme.medium,
            place_id=programme.place_id,
            starts=tuple(starts),
            every_weeks=programme.every_weeks,
        )
        booked, taken = scheduling.book_group(practice_id, new, by=by)
        if taken:
            raise TimesTaken(taken=taken)
        for session, appointment in zip(sessions, booked, strict=True):
            session.appointment_id = appointment.id
            session.starts_at, session.ends_at = appointment.starts_at, appointment.ends_at
            session.save(update_fields=["appointment_id", "starts_at", "ends_at"])
        programme.state, programme.published_at = _State.RUNNING, clock.now()
        programme.save(update_fields=["state", "published_at"])
        record("publish", "programme", by=by, resource_id=programme.pk)


def discard(practice_id: uuid.UUID, programme_id: uuid.UUID, *, by: Actor) -> None:
    """A draft goes. Raises NotADraft, NotFound."""
    with transaction.atomic():
        programme = locked(practice_id, programme_id, by)
        if programme.state != _State.DRAFT:
            raise NotADraft
        programme.delete()
        record("delete", "programme", by=by, resource_id=programme_id)


def _booked_session(programme: Programme, session_id: uuid.UUID) -> tuple[Session, uuid.UUID]:
    """With its appointment."""
    found = programme.sessions.filter(pk=session_id).first()
    if found is None:
        raise NotFound
    if found.appointment_id is None or programme.state != _State.RUNNING:
        raise NotRunning
    return found, found.appointment_id


def move_session(
    practice_id: uuid.UUID,
    programme_id: uuid.UUID,
    session_id: uuid.UUID,
    *,
    starts_at: datetime,
    by: Actor,
) -> None:
    """One session at another time; everybody who comes is told by scheduling.

    Raises SlotTaken, AppointmentOver, NotRunning, NotFound.
    """
    with transaction.atomic():
        programme = locked(practice_id, programme_id, by)
        session, appointment = _booked_session(programme, session_id)
        moved = scheduling.reschedule(practice_id, appointment, starts_at=starts_at, by=by)
        session.starts_at, session.ends_at = moved.starts_at, moved.ends_at
        session.save(update_fields=["starts_at", "ends_at"])


def cancel_session(
    practice_id: uuid.UUID, programme_id: uuid.UUID, session_id: uuid.UUID, *, by: Actor
) -> None:
    """One session does not take place. Safe to repeat. Raises AppointmentOver, NotRunning."""
    with transaction.atomic():
        programme = locked(practice_id, programme_id, by)
        session, appointment = _booked_session(programme, session_id)
        scheduling.cancel(practice_id, appointment, by=by)
        session.cancelled_at = session.cancelled_at or clock.now()
        session.save(update_fields=["cancelled_at"])


def end(practice_id: uuid.UUID, programme_id: uuid.UUID, *, community: bool, by: Actor) -> None:
    """It is over: sessions to come are cancelled, whoever asked gets an answer, members are asked
    whether they stay in the community, or leave the thread. A community can be ended the same way.
    """
    with transaction.atomic():
        programme = locked(practice_id, programme_id, by)
        if programme.state == _State.DRAFT:
            raise NotRunning
        if programme.state == _State.ENDED:
            return
        now = clock.now()
        members = list(_present(programme).select_related("client"))
        if programme.state == _State.RUNNING:
            _close(programme, now, by)
            tell_members(programme, "programme-over")
        goes_on = community and programme.state == _State.RUNNING
        programme.state = _State.COMMUNITY if goes_on else _State.ENDED
        programme.ended_at = programme.ended_at or now
        programme.save(update_fields=["state", "ended_at"])
        for one in members:
            one.state, one.ended_at = Enrolment.State.FINISHED, one.ended_at or now
            one.save(update_fields=["state", "ended_at"])
            user = one.client.user_id
            if programme.thread_id is not None and user is not None and not goes_on:
                messages.let_go(practice_id, programme.thread_id, user)
        detail = {"community": goes_on}
        record("end", "programme", by=by, resource_id=programme.pk, detail=detail)


def _present(programme: Programme) -> Any:
    states = (Enrolment.State.MEMBER, Enrolment.State.FINISHED)
    return Enrolment.objects.filter(programme=programme, state__in=states)


def _close(programme: Programme, now: datetime, by: Actor) -> None:
    """What is still to come is called off; who has no place is told that there will be none."""
    ahead = programme.sessions.filter(starts_at__gt=now, cancelled_at=None)
    for session in ahead:
        if session.appointment_id is not None:
            scheduling.cancel(programme.practice_id, session.appointment_id, by=by)
    ahead.update(cancelled_at=now)
    without = Enrolment.objects.filter(
        programme=programme,
        state__in=(Enrolment.State.ASKED, Enrolment.State.WAITING, Enrolment.State.ACCEPTED),
    )
    people = list(without.exclude(client__user=None).values_list("client__user_id", flat=True))
    without.update(state=Enrolment.State.DECLINED, decided_at=now, ended_at=now)
    notify.send(
        practice_id=programme.practice_id,
        recipients=people,
        kind="programme-declined",
        subject_id=programme.pk,
    )


def tell_members(programme: Programme, kind: Any) -> None:
    """Everybody who belongs. Rows only, in the caller's transaction."""
    rows = _present(programme).exclude(client__user=None)
    notify.send(
        practice_id=programme.practice_id,
        recipients=list(rows.values_list("client__user_id", flat=True)),
        kind=kind,
        subject_id=programme.pk,
    )
