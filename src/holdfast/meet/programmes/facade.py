"""What other capabilities may ask about programmes."""

from __future__ import annotations

import uuid

from holdfast.meet.programmes import standing
from holdfast.meet.programmes.models import Enrolment, Facilitator, Session

__all__ = ["facilitators_in", "is_session", "names_in_session"]


def is_session(practice_id: uuid.UUID, appointment_id: uuid.UUID) -> bool:
    """Whether an appointment is a programme's: held though nobody takes part. One statement."""
    rows = Session.objects.filter(practice_id=practice_id, appointment_id=appointment_id)
    return rows.exists()


def names_in_session(
    practice_id: uuid.UUID, appointment_id: uuid.UUID
) -> dict[uuid.UUID, str] | None:
    """By client, what the others of the group call each in the room; None for an appointment that
    is no programme's. Whoever is not named here has no name to show. Four statements.
    """
    session = (
        Session.objects.select_related("programme")
        .filter(practice_id=practice_id, appointment_id=appointment_id)
        .first()
    )
    if session is None:
        return None
    group = standing.group_of(session.programme)
    rows = Enrolment.objects.filter(programme=session.programme, joined_at__isnull=False)
    return {
        client: group.name(user)
        for client, user in rows.exclude(client__user=None).values_list(
            "client_id", "client__user_id"
        )
    }


def facilitators_in(practice_id: uuid.UUID, appointment_id: uuid.UUID) -> list[uuid.UUID]:
    """Memberships of those who lead the programme that an appointment is a session of; none for
    another appointment. One statement.
    """
    rows = Facilitator.objects.filter(
        practice_id=practice_id,
        programme__sessions__appointment_id=appointment_id,
        membership__active=True,
    )
    return list(rows.values_list("membership_id", flat=True))
