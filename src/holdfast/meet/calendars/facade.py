"""What other capabilities may ask about calendars elsewhere."""

from __future__ import annotations

import uuid
from datetime import datetime

from holdfast.meet.calendars.models import BusyTime


def busy(
    membership_id: uuid.UUID, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """When somebody is busy elsewhere, overlapping [since, until). One statement."""
    rows = BusyTime.objects.filter(
        membership_id=membership_id, starts_at__lt=until, ends_at__gt=since
    )
    return list(rows.order_by("starts_at").values_list("starts_at", "ends_at"))
