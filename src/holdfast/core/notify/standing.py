"""What messages say in a client's standing: when the newest that did not arrive was given up."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import NEVER, Client, ClientStanding

#: A message that did not arrive is a delivery problem for four weeks; then it is history.
COUNTS_FOR = timedelta(days=28)


def _not_arrived() -> QuerySet[Notification]:
    # Spelt as the partial index is, so that both databases use it.
    return Notification.objects.filter(~Q(problem=""), judged_at__isnull=False)


def keep(practice_id: uuid.UUID, user_ids: Collection[uuid.UUID]) -> None:
    """Bring the standings of accounts up to date, in the transaction that judged their messages.

    One statement. An account that is no client of the practice has no standing.
    """
    newest = (
        _not_arrived()
        .filter(practice_id=practice_id, recipient__client=OuterRef("client_id"))
        .order_by("-judged_at")
        .values("judged_at")[:1]
    )
    clients = Client.objects.filter(practice_id=practice_id, user_id__in=user_ids).values("pk")
    ClientStanding.objects.filter(practice_id=practice_id, client_id__in=clients).update(
        undelivered_at=Coalesce(Subquery(newest), NEVER)
    )


def forget_old(now: datetime) -> int:
    """What lies back further than `COUNTS_FOR` is a problem no more; returns whose. One statement.

    The worker calls it. Readers compare the instant themselves: only the order waits for this.
    """
    return ClientStanding.objects.filter(
        undelivered_at__gt=NEVER, undelivered_at__lt=now - COUNTS_FOR
    ).update(undelivered_at=NEVER)


def worked_out(
    practice_id: uuid.UUID, client_ids: Collection[uuid.UUID], now: datetime
) -> dict[uuid.UUID, datetime]:
    """Of each of these clients the instant that the standing should hold. One statement."""
    client = "recipient__client"
    rows = _not_arrived().filter(
        practice_id=practice_id,
        judged_at__gte=now - COUNTS_FOR,
        recipient__client__practice_id=practice_id,
        recipient__client__in=client_ids,
    )
    found = dict(rows.values(client).annotate(at=Max("judged_at")).values_list(client, "at"))
    return {client_id: found.get(client_id, NEVER) for client_id in client_ids}


def problem_counts(
    practice_id: uuid.UUID, user_ids: Collection[uuid.UUID], now: datetime
) -> dict[uuid.UUID, int]:
    """How many messages did not reach each of these accounts lately. One statement."""
    found: dict[uuid.UUID, int] = {}
    rows = _not_arrived().filter(
        practice_id=practice_id, recipient_id__in=user_ids, judged_at__gte=now - COUNTS_FOR
    )
    for user_id in rows.values_list("recipient_id", flat=True):
        found[user_id] = found.get(user_id, 0) + 1
    return found
