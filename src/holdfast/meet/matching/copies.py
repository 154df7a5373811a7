"""What a person looked for and whom they asked, in the copy of their record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import Table, instant, subject
from holdfast.core.tenancy.models import Client
from holdfast.meet.matching.models import Enquiry, Intake


def resources(client: Client) -> Iterator[dict[str, Any]]:
    """The wishes as a QuestionnaireResponse, each enquiry as a ServiceRequest. Two statements."""
    for intake in Intake.objects.filter(practice_id=client.practice_id, client=client):
        yield {
            "resourceType": "QuestionnaireResponse",
            "id": f"intake-{client.pk}",
            "status": "completed",
            "subject": subject(client),
            "authored": instant(intake.changed_at),
            "item": [
                {"linkId": name, "answer": [{"valueString": one} for one in _texts(value)]}
                for name, value in sorted((intake.wishes or {}).items())
                if _texts(value)
            ],
        }
    for row in _enquiries(client):
        yield {
            "resourceType": "ServiceRequest",
            "id": str(row.pk),
            "status": "active" if row.status == Enquiry.Status.SENT else "completed",
            "intent": "proposal",
            "subject": subject(client),
            "authoredOn": instant(row.sent_at),
            "performer": [{"display": row.membership.display_name or "-"}],
        }


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [] if value in (None, "") else [str(value)]


def _enquiries(client: Client) -> Iterator[Enquiry]:
    rows = Enquiry.objects.filter(practice_id=client.practice_id, client=client)
    yield from rows.select_related("membership").order_by("sent_at", "pk")


def rows(client: Client) -> Iterator[tuple[Any, ...]]:
    for row in _enquiries(client):
        yield row.sent_at, row.membership.display_name, row.status, row.answered_at


def register() -> None:
    """Called from `AppConfig.ready`."""
    header = ("sent_at", "to", "status", "answered_at")
    copies.register("matching", resources, Table("enquiries.csv", header, rows))
