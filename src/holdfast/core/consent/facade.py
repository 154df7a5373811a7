"""What other capabilities ask before they read, send or show something."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from holdfast.core.consent.models import Consent
from holdfast.core.tenancy.models import Client

#: Nothing is done for these before the person has said yes. The others hold until they are
#: withdrawn: a record that staff keep of somebody without an account has a consent on paper.
NEEDS_A_YES = frozenset(
    {
        Consent.Purpose.RESEARCH,
        Consent.Purpose.MODEL_ENDPOINT,
        Consent.Purpose.CRISIS_WORDS,
        Consent.Purpose.MESSAGE_SCREENING,
    }
)


def allows(client: Client, purpose: str) -> bool:
    """Whether something may be done for a purpose, now. No statement where no yes is needed."""
    if client.has_withdrawn(purpose):
        return False
    if purpose not in NEEDS_A_YES:
        return True
    return agreed(client.practice_id, purpose).filter(pk=client.pk).exists()


def agreed(practice_id: uuid.UUID, purpose: str) -> QuerySet[Client]:
    """Those who said yes to a purpose and have not taken it back. Lazy."""
    stands = Consent.objects.filter(practice_id=practice_id, purpose=purpose, withdrawn_at=None)
    return Client.objects.filter(
        practice_id=practice_id, left_at=None, pk__in=stands.values("client_id")
    )
