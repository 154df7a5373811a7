"""The caseload as it is commonly written with Django: annotate what the list is sorted by, take a
page, and fetch what each of its rows shows, person by person.

The same people in the same order with the same figures as ours, without the audit event.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, JsonResponse

from holdfast.core import clock
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership
from holdfast.meet.encounters.models import Encounter
from holdfast.safety.flags.models import Flag
from holdfast.sense.measures.models import Assignment, Response, Score

PAGE = 50


def caseload(request: HttpRequest, practice_id: uuid.UUID) -> JsonResponse:
    """The first page; `sort` as ours."""
    now = clock.now()
    assert request.user.pk is not None
    members = Membership.objects.filter(
        practice_id=practice_id, user_id=request.user.pk, active=True
    ).exclude(role="client")
    if not members:
        raise Http404
    team = CareTeamMember.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=now.date()),
        practice_id=practice_id,
        membership__in=list(members),
        starts_on__lte=now.date(),
    )
    rows = Client.objects.filter(practice_id=practice_id, pk__in=team.values("client_id"))
    found = _arranged(rows, request.GET.get("sort", "attention"), now)
    return JsonResponse({"items": [_row(one, now) for one in found[:PAGE]], "total": rows.count()})


def _arranged(rows: QuerySet[Client], sort: str, now: datetime) -> Any:
    if sort == "name":  # names are encrypted: only here can they be sorted
        return sorted(rows, key=lambda one: (one.display_name.casefold(), one.pk))
    if sort == "last_answer":
        answered = Response.objects.filter(client_id=OuterRef("pk")).order_by("-answered_at")
        return rows.annotate(answered=Subquery(answered.values("answered_at")[:1])).order_by(
            F("answered").asc(nulls_first=True), "pk"
        )
    if sort == "last_met":
        met = _finished(now).filter(client_id=OuterRef("pk")).order_by("-starts_at")
        return rows.annotate(met=Subquery(met.values("starts_at")[:1])).order_by(
            F("met").asc(nulls_first=True), "pk"
        )
    flag = Flag.objects.filter(client_id=OuterRef("pk")).exclude(state="closed")
    answered = Response.objects.filter(client_id=OuterRef("pk")).order_by("-answered_at")
    missed = _given_up(now).filter(recipient_id=OuterRef("user_id")).order_by("-judged_at")
    return rows.annotate(
        alarm=Coalesce(Subquery(flag.values("alarm")[:1]), False),
        level=Coalesce(Subquery(flag.values("level")[:1]), 0),
        due=Subquery(flag.values("due_at")[:1]),
        raised=Subquery(flag.values("pk")[:1]),
        undelivered=Subquery(missed.values("judged_at")[:1]),
        answered=Subquery(answered.values("answered_at")[:1]),
    ).order_by(
        "-alarm",
        "-level",
        F("due").asc(nulls_last=True),
        "raised",
        F("undelivered").desc(nulls_last=True),
        F("answered").asc(nulls_first=True),
        "pk",
    )


def _finished(now: datetime) -> QuerySet[Encounter]:
    return Encounter.objects.filter(status="finished", starts_at__lte=now)


def _given_up(now: datetime) -> QuerySet[Notification]:
    return Notification.objects.exclude(problem="").filter(judged_at__gte=now - timedelta(days=28))


def _row(client: Client, now: datetime) -> dict[str, Any]:
    flags = list(Flag.objects.filter(client=client).exclude(state="closed"))
    last_met = _finished(now).filter(client=client).order_by("-starts_at").first()
    next_met = (
        Encounter.objects.filter(client=client, status="planned", starts_at__gte=now)
        .order_by("starts_at")
        .first()
    )
    answered = Response.objects.filter(client=client).order_by("-answered_at").first()
    assignments = Assignment.objects.filter(client=client, cancelled_at__isnull=True).count()
    recent = Response.objects.filter(
        client=client, local_date__gte=(now - timedelta(days=28)).date()
    ).count()
    scores = Score.objects.filter(client=client, main=True).exclude(instrument="mood")
    newest = scores.order_by("-answered_at").first()
    values: list[float] = []
    if newest is not None:
        course = scores.filter(instrument=newest.instrument)
        values = [one.value for one in course.order_by("-answered_at")[:8]][::-1]
    return {
        "client_id": client.pk,
        "display_name": client.display_name,
        "reachable": client.reachable,
        "open_flags": len(flags),
        "flag_due_at": flags[0].due_at if flags else None,
        "last_encounter_at": last_met.starts_at if last_met else None,
        "next_encounter_at": next_met.starts_at if next_met else None,
        "last_response_at": answered.answered_at if answered else None,
        "answered": recent,
        "asked": 4 * assignments,
        "missed_deliveries": _given_up(now).filter(recipient_id=client.user_id).count(),
        "recent": values,
    }
