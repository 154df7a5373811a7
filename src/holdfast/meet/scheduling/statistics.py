"""What became of appointments over a range of days, by who offered them and for the practice.

Counted, never by the person who comes: there is no list of who stays away.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from holdfast.core.actor import Actor
from holdfast.core.problems import FieldError, Invalid
from holdfast.core.tenancy.models import Membership, Practice, Role, Supervision
from holdfast.meet.scheduling.engine import attendance
from holdfast.meet.scheduling.engine.attendance import Attendance, Share
from holdfast.meet.scheduling.models import Appointment, Participant

#: A range may be so long: two years and a day.
WIDEST = timedelta(days=731)
_Status = Appointment.Status
_CANCELLED = Q(status=_Status.CANCELLED)


@dataclass(frozen=True)
class Row:
    """Of one clinician, or (`membership_id` None) of the practice."""

    membership_id: uuid.UUID | None
    name: str
    kept: int
    missed: Share
    late: Share
    in_time: int
    by_practice: int
    unsaid: int


@dataclass(frozen=True)
class Statistics:
    since: date
    until: date
    practice: Row
    members: list[Row]


def statistics(
    practice: Practice, first: date, last: date, *, by: Actor, now: datetime
) -> Statistics:
    """Between two days of the practice's calendar, both included, up to now.

    The practice's sum for everybody; of its people an administrator sees all, others themselves,
    and a supervisor whom they supervise: by name, in the order of the alphabet. Two statements, for
    a supervisor three. Raises Invalid.
    """
    if not timedelta(0) <= last - first < WIDEST:
        detail = f"From `since` to `until` at most {WIDEST.days} days."
        raise Invalid(errors=(FieldError("until", "window", detail),))
    zone = ZoneInfo(practice.time_zone)
    begin = datetime.combine(first, time(), zone)
    end = min(datetime.combine(last + timedelta(days=1), time(), zone), now)
    counted = _counted(practice.pk, begin, end)
    seen = _seen(practice.pk, counted, by)
    names = Membership.objects.filter(practice=practice, pk__in=seen)
    members = [_row(one.pk, one.display_name, counted[one.pk]) for one in names]
    return Statistics(
        first,
        last,
        _row(None, practice.name, sum(counted.values(), Attendance())),
        sorted(members, key=lambda one: (one.name.casefold(), str(one.membership_id))),
    )


def _counted(practice_id: uuid.UUID, begin: datetime, end: datetime) -> dict[uuid.UUID, Attendance]:
    """By membership. One statement."""
    rows = Participant.objects.filter(
        practice_id=practice_id, starts_at__gte=begin, starts_at__lt=end
    ).values_list("appointment__membership_id")
    counted = rows.annotate(
        kept=Count("pk", filter=Q(status=_Status.FULFILLED)),
        missed=Count("pk", filter=Q(status=_Status.NO_SHOW)),
        late_=Count("pk", filter=_CANCELLED & Q(late=True)),
        in_time=Count("pk", filter=_CANCELLED & Q(late=False, cancelled_by_client=True)),
        by_practice=Count("pk", filter=_CANCELLED & Q(cancelled_by_client=False)),
        unsaid=Count("pk", filter=Q(status=_Status.BOOKED)),
    ).order_by()
    return {membership_id: Attendance(*counts) for membership_id, *counts in counted}


def _seen(practice_id: uuid.UUID, counted: Iterable[uuid.UUID], by: Actor) -> set[uuid.UUID]:
    if Role.ADMINISTRATOR in by.roles:
        return set(counted)
    own = set(by.membership_ids)
    if Role.SUPERVISOR in by.roles:
        pairs = Supervision.objects.filter(practice_id=practice_id, supervisor_id__in=own)
        own |= set(pairs.values_list("supervisee_id", flat=True))
    return own & set(counted)


def _row(membership_id: uuid.UUID | None, name: str, found: Attendance) -> Row:
    return Row(
        membership_id,
        name,
        found.kept,
        attendance.missed(found),
        attendance.late(found),
        found.in_time,
        found.by_practice,
        found.unsaid,
    )


HEADER = (
    "who", "kept", "missed", "missed_share", "missed_low", "missed_high",
    "late", "late_share", "late_low", "late_high", "cancelled_in_time",
    "cancelled_by_practice", "not_noted",
)  # fmt: skip


def as_csv(found: Statistics) -> str:
    """One line for each clinician, the practice last; shares from 0 to 1 with their interval."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(HEADER)
    for row in [*found.members, found.practice]:
        out.writerow(
            [
                harmless(row.name),
                row.kept,
                *_columns(row.missed),
                *_columns(row.late),
                row.in_time,
                row.by_practice,
                row.unsaid,
            ]
        )
    return text.getvalue()


def _columns(one: Share) -> list[object]:
    if one.low is None or one.high is None:
        return [one.count, "", "", ""]
    return [one.count, *(f"{x:.4f}" for x in (one.count / one.of, one.low, one.high))]


def harmless(text: str) -> str:
    """A cell that a spreadsheet does not run as a formula (OWASP, CSV Injection)."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
