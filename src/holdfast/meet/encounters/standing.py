"""What meetings say in a client's standing: when the last finished one began."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import Max, Subquery
from django.db.models.functions import Coalesce

from holdfast.core.tenancy.models import NEVER, Client, ClientStanding
from holdfast.meet.encounters.models import Encounter


def keep(client: Client) -> None:
    """Bring the standing up to date, in the transaction that changed a meeting. One statement."""
    last = (
        Encounter.objects.filter(
            practice_id=client.practice_id,
            client_id=client.pk,
            status=Encounter.Status.FINISHED,
        )
        .order_by("-starts_at")
        .values("starts_at")[:1]
    )
    ClientStanding.objects.filter(practice_id=client.practice_id, pk=client.pk).update(
        met_at=Coalesce(Subquery(last), NEVER)
    )


def worked_out(
    practice_id: uuid.UUID, client_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, datetime]:
    """When each of these clients was last met, from the meetings. One statement."""
    rows = Encounter.objects.filter(
        practice_id=practice_id, client_id__in=client_ids, status=Encounter.Status.FINISHED
    )
    found = dict(
        rows.values("client_id").annotate(at=Max("starts_at")).values_list("client_id", "at")
    )
    return {client_id: found.get(client_id, NEVER) for client_id in client_ids}
