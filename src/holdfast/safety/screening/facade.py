"""What other capabilities may ask of screening."""

from __future__ import annotations

from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core import clock
from holdfast.core.tenancy.models import Client, Membership
from holdfast.safety.screening import passages, queries
from holdfast.safety.screening.models import MinorStatement
from holdfast.safety.screening.policy import InForce, in_force, sentences, write
from holdfast.safety.screening.receiving import SCREENING_CONSENT, secret

__all__ = [
    "SCREENING_CONSENT",
    "InForce",
    "clear_minor",
    "in_force",
    "said_minor",
    "secret",
    "sentences",
    "words_agreed",
    "write",
]


def said_minor(client: Client) -> bool:
    """Whether the person said that they are under 18, and nobody cleared it. One statement."""
    return queries.said_minor(client)


def words_agreed(client: Client) -> bool:
    """Whether a passage may go to whoever is on call without being asked. Two statements."""
    return passages.agreed(client)


def clear_minor(client: Client, *, by: Actor) -> None:
    """Somebody of the care team knows that the person is 18 or over; again changes nothing."""
    member = Membership.objects.filter(
        pk__in=by.membership_ids, practice_id=client.practice_id
    ).first()
    rows = MinorStatement.objects.filter(
        practice_id=client.practice_id, client=client, cleared_at=None
    )
    if rows.update(cleared_at=clock.now(), cleared_by=member):
        record("confirm", "companion_adult", by=by, resource_id=client.pk, client_id=client.pk)
