"""Tickets with which a person's device has what they send looked at, in passing, as they agreed.

The text itself is sealed and goes another way. What the device sends beside it is read in memory
by the live process and kept nowhere; what was found comes back as a report (`receiving`).
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, Final

from django.conf import settings

from holdfast.core import clock, tickets
from holdfast.core.consent.facade import allows
from holdfast.core.tenancy.models import Client, Practice
from holdfast.safety.lines import facade as lines

CONSENT: Final = "message_screening"
#: Of a report about what was written to people, and of the ticket it was made under.
SOURCE: Final = "message"
#: Whoever takes the consent back is looked at no longer than this by a device that missed it.
LIVES: Final = timedelta(minutes=2)


def ticket(client: Client, practice: Practice, *, country: str | None) -> dict[str, Any]:
    """A ticket, or none where the person did not agree. Three statements at most."""
    now = clock.now()
    expires_at = now + LIVES
    sealed = None
    if allows(client, CONSENT):
        claims = {
            "id": str(uuid.uuid4()),
            "exp": expires_at.timestamp(),
            "practice": str(practice.pk),
            "client": str(client.pk),
            "purpose": SOURCE,
            "country": country or client.country or practice.country or None,
        } | lines.for_ticket(practice, [country or client.country], now)
        sealed = tickets.seal(tickets.TICKET, claims, settings.LIVE_SECRET)
    return {
        "ticket": sealed,
        "expires_at": expires_at if sealed else None,
        "url": settings.LIVE_ORIGIN,
    }
