"""Invitations and subscriptions in the copy of a record that its person takes away.

A feed's secret address is in none: whoever finds the copy would read on in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import Table, instant, subject
from holdfast.core.tenancy.models import Client
from holdfast.meet.calendars.models import Feed, Invitation

CHUNK = 500


def _invitations(client: Client) -> Iterator[Invitation]:
    rows = Invitation.objects.filter(practice_id=client.practice_id, client=client)
    return rows.order_by("created_at", "id").iterator(chunk_size=CHUNK)


def _feeds(client: Client) -> Iterator[Feed]:
    if client.user_id is None:
        return iter(())
    rows = Feed.objects.filter(practice_id=client.practice_id, user_id=client.user_id)
    return rows.defer("secret_sealed").iterator()


def invitation_resources(client: Client) -> Iterator[dict[str, Any]]:
    """Each invitation as a Communication. One statement."""
    for one in _invitations(client):
        yield {
            "resourceType": "Communication",
            "id": str(one.pk),
            "status": "completed",
            "category": [{"text": f"invitation ({one.method})"}],
            "subject": subject(client),
            "about": [{"reference": f"urn:uuid:{one.appointment_id}"}],
            "sent": instant(one.created_at),
        }


def invitation_rows(client: Client) -> Iterator[tuple[Any, ...]]:
    for one in _invitations(client):
        yield one.appointment_id, one.sequence, one.method, one.created_at


def no_resources(client: Client) -> Iterator[dict[str, Any]]:
    """FHIR has no resource for a subscription of one's own calendar."""
    return iter(())


def feed_rows(client: Client) -> Iterator[tuple[Any, ...]]:
    for one in _feeds(client):
        yield one.created_at, one.detail, one.fetched_at


def register() -> None:
    """Called from `AppConfig.ready`."""
    sent = ("appointment", "sequence", "method", "created_at")
    copies.register(
        "invitations", invitation_resources, Table("invitations.csv", sent, invitation_rows)
    )
    read = ("created_at", "detail", "fetched_at")
    copies.register("calendar-feeds", no_resources, Table("calendar_feeds.csv", read, feed_rows))
