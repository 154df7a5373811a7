"""What the practice's own records say of this machine's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

#: Machines that are kept in step differ by far less.
TOLERANCE = timedelta(minutes=5)


def latest_record(now: datetime) -> datetime | None:
    """The latest instant in the audit trail that has not come yet; None where there is none.

    Reads the whole trail: for a person who asks, not for every request.
    """
    from holdfast.core.audit.models import AuditEvent

    rows = AuditEvent.objects.filter(at__gt=now + TOLERANCE).order_by("-at")
    return rows.values_list("at", flat=True).first()


def people_from_the_future(now: datetime) -> int:
    """How many people's devices sent answers that their clocks dated ahead of ours, since a day."""
    from holdfast.sense.measures.models import Response

    rows = Response.objects.filter(
        claimed_at__isnull=False, received_at__gt=now - timedelta(days=1), received_at__lte=now
    )
    return rows.values("client_id").distinct().count()
