"""Endpoints: what became of appointments, counted."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.http import HttpResponse
from ninja import Schema

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.meet.scheduling import statistics

router = Router(tags=["appointments"])
PATH = "/practices/{practice_id}/attendance"


class ShareOut(Schema):
    """`low` and `high`: the 95 % score interval of the share, from 0 to 1."""

    count: int
    of: int
    low: float | None
    high: float | None


class AttendanceRow(Schema):
    membership_id: uuid.UUID | None
    name: str
    kept: int
    missed: ShareOut
    late: ShareOut
    in_time: int
    by_practice: int
    unsaid: int


class AttendanceOut(Schema):
    since: date
    until: date
    practice: AttendanceRow
    members: list[AttendanceRow]


@router.get(PATH, access=Access("attendance", "read"), response=AttendanceOut)
def attendance(request: Request, practice_id: uuid.UUID, since: date, until: date) -> Any:
    """Between two days, both included: kept, missed, called off late or in time. Two SQL
    statements, for a supervisor three.
    """
    return _found(request, since, until)


@router.get(PATH + ".csv", access=Access("attendance", "read"))
def attendance_csv(request: Request, practice_id: uuid.UUID, since: date, until: date) -> Any:
    """The same as a file."""
    return HttpResponse(
        statistics.as_csv(_found(request, since, until)),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="attendance-{since}-{until}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


def _found(request: Request, since: date, until: date) -> statistics.Statistics:
    return statistics.statistics(request.practice, since, until, by=request.actor, now=clock.now())
