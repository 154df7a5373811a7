"""What a clinician does with a flag. Every step is claimed by a conditional UPDATE on its state.

When two clinicians act at once, one wins and the other is told who it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.notify import facade as notify
from holdfast.core.notify.kinds import PersonKind
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import CLINICAL_ROLES, Client, Membership
from holdfast.safety.flags import chain, engine
from holdfast.safety.flags.models import Flag, FlagEvent, State
from holdfast.safety.flags.problems import (
    AlreadyTaken,
    FlagChanged,
    FlagClosed,
    NotAClinician,
    WrongState,
)
from holdfast.safety.flags.raising import add_event

Kind = FlagEvent.Kind
OPEN_STATES = (State.OPEN, State.ACKNOWLEDGED, State.ACTED)
#: A device's clock may be a little ahead of ours.
TOLERANCE = timedelta(minutes=5)


def own_membership(by: Actor) -> uuid.UUID:
    """The clinical membership that acts."""
    for role, membership_id in by.memberships:
        if role in CLINICAL_ROLES:
            return membership_id
    raise NotFound


def _get(practice_id: uuid.UUID, flag_id: uuid.UUID) -> Flag:
    """The flag, locked: what is written next rests on the state that is read here."""
    flag = (
        Flag.objects.select_for_update(of=("self",))
        .select_related("seen_by")
        .filter(practice_id=practice_id, pk=flag_id)
        .first()
    )
    if flag is None:
        raise NotFound
    return flag


def _move(flag: Flag, states: Collection[str], **changes: Any) -> None:
    """Change the flag if it still is as we read it and in one of `states`; else say why not."""
    moved = Flag.objects.filter(
        pk=flag.pk,
        practice_id=flag.practice_id,
        state__in=states,
        level=flag.level,
    ).update(**changes)
    if moved:
        for name, value in changes.items():
            setattr(flag, name, value)
        return
    current = _get(flag.practice_id, flag.pk)
    if current.state == State.CLOSED:
        raise FlagClosed(state=current.state)
    if current.state == State.ACKNOWLEDGED and State.ACKNOWLEDGED not in states:
        name = current.seen_by.display_name if current.seen_by else ""
        raise AlreadyTaken(state=current.state, taken_by=name, taken_at=_instant(current.seen_at))
    raise WrongState(state=current.state)


def _instant(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None


def _audit(action: str, flag: Flag, by: Actor, now: datetime) -> None:
    """That it was done and by whom. What was found is in the flag's own history: administrators
    read the audit trail and nobody's health data.
    """
    record(action, "flag", by=by, resource_id=flag.pk, client_id=flag.client_id, at=now,
           practice_id=flag.practice_id)  # fmt: skip


def _stop_waiting(flag: Flag) -> None:
    """A human has taken over from the follow-up questions."""
    flag.signals.filter(follow_up_due_at__isnull=False).update(follow_up_due_at=None)


def _tell_person(flag: Flag, kind: PersonKind, now: datetime) -> None:
    """The person hears what became of their answer, with a delivery row per channel."""
    user_id = Client.objects.values_list("user_id", flat=True).get(
        pk=flag.client_id, practice_id=flag.practice_id
    )
    if user_id is not None:
        notify.send(
            practice_id=flag.practice_id,
            recipients=[user_id],
            kind=kind,
            subject_id=flag.pk,
            now=now,
        )


def _as_shown(flag: Flag, level: str, repeats: int) -> None:
    """Refuse to say "seen" of an answer that came after the page was loaded."""
    if flag.state == State.OPEN and (engine.LEVELS[flag.level], flag.repeats) != (level, repeats):
        raise FlagChanged(level=engine.LEVELS[flag.level], repeats=flag.repeats)


def acknowledge(
    *, practice_id: uuid.UUID, flag_id: uuid.UUID, level: str, repeats: int, by: Actor
) -> Flag:
    """Take an open flag: whoever acknowledges owns it and has until the level's act time.

    `level` and `repeats` are what was on the screen. Raises FlagChanged where more has come since,
    and AlreadyTaken, WrongState or FlagClosed (409 all).
    """
    now, me = clock.now(), own_membership(by)
    with transaction.atomic():
        flag = _get(practice_id, flag_id)
        _as_shown(flag, level, repeats)
        until = now + engine.policy().levels[engine.LEVELS[flag.level]].act
        _move(
            flag,
            [State.OPEN],
            state=State.ACKNOWLEDGED,
            owner_id=me,
            seen_by_id=me,
            seen_at=now,
            alarm=False,
            escalate_at=until,
        )
        add_event(flag, Kind.ACKNOWLEDGED, now, by=me)
        _tell_person(flag, "flag-acknowledged", now)
        _audit("acknowledge", flag, by, now)
    return flag


def record_contact_attempt(
    *,
    practice_id: uuid.UUID,
    flag_id: uuid.UUID,
    means: str,
    outcome: str,
    at: datetime | None = None,
    by: Actor,
) -> Flag:
    """Add an attempt to reach the person, answered or not. Allowed until the flag is closed."""
    now, me = clock.now(), own_membership(by)
    if at is not None and at > now + TOLERANCE:
        raise Invalid(errors=(FieldError("at", "in-future", "An attempt lies in the past."),))
    with transaction.atomic():
        flag = _get(practice_id, flag_id)
        _move(flag, OPEN_STATES, state=flag.state)
        add_event(
            flag, Kind.CONTACT_ATTEMPT, now, by=me,
            means=means, outcome=outcome, attempted_at=_instant(at or now),
        )  # fmt: skip
        _audit("contact-attempt", flag, by, now)
    return flag


def act(*, practice_id: uuid.UUID, flag_id: uuid.UUID, action: str, by: Actor) -> Flag:
    """Say what was done. The flag stays until it is closed with an outcome."""
    now, me = clock.now(), own_membership(by)
    with transaction.atomic():
        flag = _get(practice_id, flag_id)
        until = now + engine.policy().levels[engine.LEVELS[flag.level]].close
        _move(flag, [State.ACKNOWLEDGED, State.ACTED], state=State.ACTED, escalate_at=until)
        _stop_waiting(flag)
        add_event(flag, Kind.ACTED, now, by=me, action=action)
        _tell_person(flag, "flag-acted", now)
        _audit("act", flag, by, now)
    return flag


def close(*, practice_id: uuid.UUID, flag_id: uuid.UUID, outcome: str, by: Actor) -> Flag:
    """End the flag with an outcome; somebody must have acknowledged it."""
    now, me = clock.now(), own_membership(by)
    with transaction.atomic():
        flag = _get(practice_id, flag_id)
        _move(
            flag,
            [State.ACKNOWLEDGED, State.ACTED],
            state=State.CLOSED,
            outcome=outcome,
            closed_at=now,
            escalate_at=None,
            alarm=False,
        )
        _stop_waiting(flag)
        add_event(flag, Kind.CLOSED, now, by=me, outcome=outcome)
        _tell_person(flag, "flag-closed", now)
        _audit("close", flag, by, now)
    return flag


def assign(
    *, practice_id: uuid.UUID, flag_id: uuid.UUID, membership_id: uuid.UUID, by: Actor
) -> Flag:
    """Hand a flag to a colleague, who is told. Its state and its clock stay as they are."""
    now, me = clock.now(), own_membership(by)
    with transaction.atomic():
        flag = _get(practice_id, flag_id)
        colleague = Membership.objects.filter(practice_id=practice_id, pk=membership_id).first()
        if colleague is None:
            raise NotFound
        if not colleague.active or colleague.role not in CLINICAL_ROLES:
            raise NotAClinician
        _move(flag, OPEN_STATES, owner_id=colleague.pk)
        add_event(flag, Kind.ASSIGNED, now, by=me, to=colleague.pk)
        chain.tell(flag, chain.ASSIGNED, [colleague.pk], now)
        _audit("assign", flag, by, now)
    return flag
