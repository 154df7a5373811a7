"""How many flags come per clinician and week: too many, and nobody reads them."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from holdfast.core.tenancy.models import CLINICAL_ROLES, Membership
from holdfast.safety.flags import engine
from holdfast.safety.flags.models import Flag, FlagEvent, WithdrawnFlag

WEEKS = 12
CAME = (FlagEvent.Kind.RAISED, FlagEvent.Kind.ESCALATED, FlagEvent.Kind.ASSIGNED)


def week_of(at: datetime, zone: ZoneInfo) -> date:
    """The Monday of the ISO week in which an instant lies, in a zone."""
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def flags_per_clinician_week(
    practice_id: uuid.UUID, zone: ZoneInfo, now: datetime
) -> dict[str, Any]:
    """The last twelve ISO weeks in the practice's zone, this one included. Four statements.

    A week's `flags` are those raised in it (imported history left out, those of people who have
    deleted their account since counted); `per_clinician` divides by the clinicians active now. A
    clinician's `flags` are those that came to them, first or later, of people who are still here.
    """
    first = week_of(now, zone) - timedelta(weeks=WEEKS - 1)
    since = datetime.combine(first, time.min, zone).astimezone(UTC)
    raised = Flag.objects.filter(
        practice_id=practice_id, historical=False, raised_at__gte=since
    ).values_list("raised_at", "level")
    levels: dict[date, Counter[str]] = {}
    for at, level in raised:
        levels.setdefault(week_of(at, zone), Counter())[engine.LEVELS[level]] += 1
    withdrawn = WithdrawnFlag.objects.filter(practice_id=practice_id, week__gte=first)
    for monday, level in withdrawn.values_list("week", "level"):
        levels.setdefault(monday, Counter())[engine.LEVELS[level]] += 1
    clinicians = dict(
        Membership.objects.filter(
            practice_id=practice_id, role__in=CLINICAL_ROLES, active=True
        ).values_list("id", "display_name")
    )
    came = Counter(
        FlagEvent.objects.filter(
            practice_id=practice_id, kind__in=CAME, at__gte=since, to_id__in=list(clinicians)
        ).values_list("to_id", flat=True)
    )
    mondays = [first + timedelta(weeks=week) for week in range(WEEKS)]
    return {
        "weeks": [
            _week(monday, levels.get(monday, Counter()), len(clinicians)) for monday in mondays
        ],
        "clinicians": [
            {
                "membership_id": membership,
                "display_name": name,
                "flags": came[membership],
                "per_week": came[membership] / WEEKS,
            }
            for membership, name in sorted(clinicians.items(), key=lambda entry: entry[1])
        ],
    }


def _week(monday: date, levels: Counter[str], clinicians: int) -> dict[str, Any]:
    total = levels.total()
    return {
        "starts_on": monday,
        "flags": total,
        "clinicians": clinicians,
        "per_clinician": total / clinicians if clinicians else None,
        "by_level": dict(levels),
    }
