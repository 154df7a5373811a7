"""Leave for a device to have what its person writes screened in passing, by the live process."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from holdfast.core import clock, tickets
from holdfast.core.consent.facade import allows
from holdfast.core.tenancy.models import Client
from holdfast.safety.screening import facade as screening

LIVES: Final = timedelta(minutes=10)
#: What the live process does with such a ticket: screen, report, forget.
PURPOSE: Final = "peers"


@dataclass(frozen=True)
class Ticket:
    """`sealed` is what the browser carries; it can neither read nor change it."""

    sealed: str | None
    expires_at: datetime | None


def issue(client: Client) -> Ticket:
    """None sealed where the person does not agree that a program reads what they send."""
    if not allows(client, screening.SCREENING_CONSENT):
        return Ticket(None, None)
    expires_at = clock.now() + LIVES
    claims = {
        "practice": str(client.practice_id),
        "client": str(client.pk),
        "purpose": PURPOSE,
        "id": str(uuid.uuid4()),
        "exp": expires_at.timestamp(),
    }
    return Ticket(tickets.seal(tickets.TICKET, claims, settings.LIVE_SECRET), expires_at)
