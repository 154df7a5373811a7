"""What the worker calls."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from holdfast.core.notify import facade as notify
from holdfast.sense.assessments.actions import FINISHED
from holdfast.sense.assessments.models import Assessment
from holdfast.sense.assessments.views import local_today

BATCH = 200


def announce_finished(now: datetime) -> int:
    """Tell people that their report is there, once; returns how many were told."""
    ended = Assessment.objects.filter(
        announced_at__isnull=True,
        left_at__isnull=True,
        # No zone is further ahead than fourteen hours.
        ends_on__lt=(now + timedelta(hours=14)).date(),
    ).select_related("client")
    return sum(_announce(row, now) for row in ended.order_by("ends_on", "id")[:BATCH])


def _announce(row: Assessment, now: datetime) -> bool:
    if local_today(row.client.time_zone, now) <= row.ends_on:
        return False
    with transaction.atomic():
        claimed = Assessment.objects.filter(pk=row.pk, announced_at__isnull=True)
        if not claimed.update(announced_at=now):
            return False
        if row.client.user_id is not None:
            notify.send(
                practice_id=row.practice_id,
                recipients=[row.client.user_id],
                kind=FINISHED,
                subject_id=row.pk,
                now=now,
            )
    return True
