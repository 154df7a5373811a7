"""Keep what a profile says of room and of free times true.

Both change without anybody touching the profile: people join a caseload and leave it, times are
booked. They are worked out anew when a caseload changes, and in turn by the worker.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from holdfast.core.authz.relationships import active_on
from holdfast.core.tenancy.models import CareTeamMember
from holdfast.meet.matching.engine import terms
from holdfast.meet.matching.listing import next_revision
from holdfast.meet.matching.models import Profile
from holdfast.meet.scheduling import facade as scheduling

#: How old what is known of free times may become.
STALE_AFTER = timedelta(minutes=10)
#: How far ahead free times are looked for.
HORIZON = timedelta(days=28)
#: How many profiles one look takes.
BATCH = 50


@dataclass(frozen=True)
class Free:
    """The next free time, and the parts of the week with one (bits of `engine.terms`)."""

    first: datetime | None = None
    parts: int = 0


def _free(profile: Profile, now: datetime) -> Free:
    """By the clock of the practice: a person reads parts of a week where the practice is."""
    if not profile.listed:
        return Free()
    found = scheduling.next_free(profile.practice_id, profile.pk, now, now + HORIZON)
    zone = ZoneInfo(profile.practice.time_zone)
    parts = 0
    for slot in found:
        there = slot.starts_at.astimezone(zone)
        parts |= 1 << terms.part_of_week(there.isoweekday(), there.hour)
    return Free(found[0].starts_at if found else None, parts)


def keep(profile: Profile, now: datetime) -> bool:
    """Work both out anew; whether anything changed. In a transaction."""
    caseload = _caseload(profile, now)
    free = _free(profile, now)
    before = (profile.caseload, profile.first_free, profile.parts)
    profile.caseload, profile.first_free, profile.parts = caseload, free.first, free.parts
    profile.kept_at = now
    changed = before != (caseload, free.first, free.parts)
    fields = ["caseload", "first_free", "parts", "kept_at"]
    if changed:
        profile.revision = next_revision(profile.practice_id)
        fields.append("revision")
    profile.save(update_fields=fields)
    return changed


def _caseload(profile: Profile, now: datetime) -> int:
    """People whom they treat now, or will from a later day. One statement."""
    today = now.date()
    rows = CareTeamMember.objects.filter(
        active_on(today) | Q(starts_on__gt=today),
        practice_id=profile.practice_id,
        membership_id=profile.pk,
        purpose=CareTeamMember.Purpose.TREATMENT,
    )
    return rows.values("client_id").distinct().count()


def keep_of(practice_id: uuid.UUID, membership_id: uuid.UUID, now: datetime) -> None:
    """The same for whoever has a profile; nothing for others."""
    with transaction.atomic():
        rows = Profile.objects.select_for_update().filter(practice_id=practice_id)
        profile = rows.filter(pk=membership_id).first()
        if profile is not None:
            keep(profile, now)


def keep_due(now: datetime) -> int:
    """Look anew at the profiles that were looked at longest ago; how many. For the worker."""
    due = Q(kept_at=None) | Q(kept_at__lt=now - STALE_AFTER)
    rows = Profile.objects.filter(due, listed=True).order_by("kept_at")
    found = list(rows.values_list("practice_id", "pk")[:BATCH])
    for practice_id, membership_id in found:
        keep_of(practice_id, membership_id, now)
    return len(found)
