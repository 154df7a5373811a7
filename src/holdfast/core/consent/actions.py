"""Give and withdraw consent."""

from __future__ import annotations

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.consent.models import Consent
from holdfast.core.tenancy.models import Client

#: The wording that the registration screen shows.
CARE_TEAM_VERSION = "1"


def give(client: Client, purpose: str, *, version: str, by: Actor) -> Consent:
    """Record a consent; one that already stands in the same version is returned as it is."""
    with transaction.atomic():
        standing = Consent.objects.filter(
            practice_id=client.practice_id,
            client=client,
            purpose=purpose,
            version=version,
            withdrawn_at=None,
        ).first()
        if standing is not None:
            return standing
        consent = Consent.objects.create(
            practice_id=client.practice_id,
            client=client,
            purpose=purpose,
            version=version,
            given_at=clock.now(),
        )
        record(
            "give",
            "consent",
            by=by,
            resource_id=consent.pk,
            client_id=client.pk,
            detail={"purpose": purpose, "version": version},
        )
    return consent


def withdraw(consent: Consent, *, by: Actor) -> None:
    """Withdraw; doing so again changes nothing."""
    with transaction.atomic():
        changed = Consent.objects.filter(
            practice_id=consent.practice_id, pk=consent.pk, withdrawn_at=None
        ).update(withdrawn_at=clock.now())
        if changed:
            record(
                "withdraw",
                "consent",
                by=by,
                resource_id=consent.pk,
                client_id=consent.client_id,
                detail={"purpose": consent.purpose},
            )
