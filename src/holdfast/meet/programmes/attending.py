"""Who was at a session, as a facilitator says it: kept, and the visit's record put right."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import cast

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import NotFound
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.programmes import engine, making
from holdfast.meet.programmes.engine import Presence
from holdfast.meet.programmes.models import Attendance, Enrolment, Session
from holdfast.meet.programmes.problems import NoPlaceInSession, SessionNotBegun


def say(
    practice_id: uuid.UUID,
    programme_id: uuid.UUID,
    enrolment_id: uuid.UUID,
    session_id: uuid.UUID,
    *,
    presence: Presence,
    by: Actor,
) -> None:
    """By hand, once the session has begun; the audit trail keeps what was said before.

    Raises SessionNotBegun, NoPlaceInSession, NotFound and the problems of a visit.
    """
    with transaction.atomic():
        programme = making.locked(practice_id, programme_id)
        if not making.leads(programme, by):
            raise NotFound
        rows = Enrolment.objects.select_related("client").filter(programme=programme)
        row = rows.filter(pk=enrolment_id).first()
        session = programme.sessions.filter(pk=session_id).first()
        if row is None or session is None:
            raise NotFound
        now = clock.now()
        ends_at = _begun(session, now)
        visit = _visit(session, row)
        before = Attendance.objects.filter(enrolment=row, session=session).first()
        if before is not None and before.presence == presence:
            return
        settled = cast(encounters.Settled, engine.SETTLED[presence])
        if visit.status != settled:
            ended = min(now, ends_at) if settled == "finished" else None
            encounters.put_right(row.client, visit.id, status=settled, ended_at=ended, by=by)
        Attendance.objects.update_or_create(
            enrolment=row,
            session=session,
            defaults={
                "practice_id": practice_id,
                "presence": presence,
                "said_by": by.account,
                "said_at": now,
            },
        )
        said = engine.presence(
            engine.Visited(visit.status, visit.starts_at, visit.client_arrived_at),
            Presence(before.presence) if before else None,
        )
        record(
            "attendance",
            "programme_enrolment",
            by=by,
            resource_id=row.pk,
            client_id=row.client_id,
            detail={"session": str(session.pk), "before": said or "", "after": presence},
        )


def _begun(session: Session, now: datetime) -> datetime:
    """When a session that has begun ends."""
    if session.starts_at is None or session.ends_at is None or session.cancelled_at is not None:
        raise SessionNotBegun
    if session.starts_at > now:
        raise SessionNotBegun
    return session.ends_at


def _visit(session: Session, row: Enrolment) -> encounters.BookedVisit:
    found = None
    if session.appointment_id is not None:
        of = encounters.of_appointments(
            row.practice_id, [session.appointment_id], client_id=row.client_id
        )
        found = of.get((session.appointment_id, row.client_id))
    if found is None:
        raise NoPlaceInSession
    return found
