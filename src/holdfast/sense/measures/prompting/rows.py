"""Write down what the rules ask for: prompts as rows, and the same ones however often planned."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from holdfast.core.tenancy.models import Client
from holdfast.sense.measures.engine.prompts import (
    FURTHEST_APART,
    WAITING,
    Standing,
    lay_out,
    next_at,
)
from holdfast.sense.measures.engine.schedule import AfterEvent, Once, Rule
from holdfast.sense.measures.models import Assignment, Prompt, Response

#: So far ahead prompts are written down, and handed to devices that may lose their network.
HORIZON = timedelta(hours=48)
#: Planned again this often, so that a worker may be away for a day and nothing is late.
PLAN_EVERY = timedelta(hours=24)
_PLANNED = ("opens_at", "closes_at", "time_zone", "state", "next_at", "answered_by", "undelivered")


def prompt_id(assignment_id: uuid.UUID, local_date: date, slot: int) -> uuid.UUID:
    """The identifier of a prompt, known to whoever knows its assignment, day and slot."""
    return uuid.uuid5(assignment_id, f"{local_date.isoformat()}/{slot}")


def standing(row: Prompt) -> Standing:
    """How a row stands, for the engine."""
    return Standing(
        local_date=row.local_date,
        slot=row.slot,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        zone=row.time_zone,
        state=row.state,  # type: ignore[arg-type]  # the choices are the engine's states
        reminded=row.reminded,
        snoozes=row.snoozes,
        snoozed_until=row.snoozed_until,
    )


def fields(prompt: Standing, rule: Rule) -> dict[str, object]:
    """A row's columns as the engine has them."""
    return {
        "opens_at": prompt.opens_at,
        "closes_at": prompt.closes_at,
        "time_zone": prompt.zone,
        "state": prompt.state,
        "reminded": prompt.reminded,
        "snoozes": prompt.snoozes,
        "snoozed_until": prompt.snoozed_until,
        "next_at": next_at(prompt, rule),
    }


def near(assignments: Collection[uuid.UUID], start: datetime) -> QuerySet[Prompt]:
    """The rows that matter from `start` on, whatever the person's zone was and is."""
    return Prompt.objects.filter(assignment_id__in=assignments).filter(
        Q(closes_at__gt=start - FURTHEST_APART) | Q(closes_at=None) | Q(state__in=WAITING)
    )


def layout(
    assignment: Assignment, zone: str, now: datetime, rows: Iterable[Prompt]
) -> list[Standing]:
    """Every prompt of the assignment from where planning stopped until the horizon."""
    return lay_out(
        assignment.schedule,
        zone,
        min(assignment.planned_until or assignment.created_at, now),
        now,
        now + HORIZON,
        map(standing, rows),
        seed=assignment.pk.bytes,
        anchors=assignment.events,
    )


def plan(assignment: Assignment, client: Client, now: datetime) -> int:
    """Write down an assignment's prompts up to the horizon; returns how many rows changed.

    Harmless when repeated, on any number of replicas. Runs in the caller's transaction. At most
    five statements.
    """
    rule, zone = assignment.schedule, client.time_zone
    start = min(assignment.planned_until or assignment.created_at, now)
    # The worker's other half moves these rows, too.
    locked = near([assignment.pk], start).select_for_update()
    rows = {(row.local_date, row.slot): row for row in locked}
    made, changed = [], []
    for prompt in layout(assignment, zone, now, rows.values()):
        row = rows.get(prompt.key)
        if row is None:
            made.append(new_row(assignment, prompt))
        elif standing(row) != prompt:
            _set(row, fields(prompt, rule))
            changed.append(row)
    _settle(assignment, made, now)
    Prompt.objects.bulk_create(made, ignore_conflicts=True)
    Prompt.objects.bulk_update(changed, _PLANNED)
    again = None if _over(rule, zone, now) else now + PLAN_EVERY
    # Somebody who asked for planning meanwhile keeps their instant.
    Assignment.objects.filter(pk=assignment.pk, plan_again_at=assignment.plan_again_at).update(
        planned_until=now + HORIZON, plan_again_at=again
    )
    return len(made) + len(changed)


def new_row(assignment: Assignment, prompt: Standing) -> Prompt:
    """A row for a prompt that has none; not saved."""
    return Prompt(
        id=prompt_id(assignment.pk, *prompt.key),
        practice_id=assignment.practice_id,
        client_id=assignment.client_id,
        assignment=assignment,
        local_date=prompt.local_date,
        slot=prompt.slot,
        **fields(prompt, assignment.schedule),
    )


def _set(row: Prompt, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _settle(assignment: Assignment, made: list[Prompt], now: datetime) -> None:
    """What was answered before its prompt was written down is answered."""
    opened = [row for row in made if row.opens_at <= now]
    if not opened:
        return
    answers = Response.objects.filter(
        practice_id=assignment.practice_id,
        client_id=assignment.client_id,
        instrument=assignment.instrument,
        historical=False,
        answered_at__gte=min(row.opens_at for row in opened),
    ).order_by("answered_at", "id")
    given = list(answers.values_list("pk", "answered_at"))
    for row in opened:
        inside = (
            pk
            for pk, at in given
            if row.opens_at <= at and (row.closes_at is None or at < row.closes_at)
        )
        if (first := next(inside, None)) is not None:
            answered(row, first)


def answered(row: Prompt, response_id: uuid.UUID) -> None:
    """Say which response answered it; not saved."""
    _set(
        row,
        {
            "state": Prompt.State.ANSWERED,
            "answered_by": response_id,
            "undelivered": False,
            "snoozed_until": None,
            "next_at": None,
        },
    )


def _over(rule: Rule, zone: str, now: datetime) -> bool:
    """Whether no window opens after the horizon, unless an event comes."""
    if isinstance(rule.when, AfterEvent):
        return True
    last = rule.starts_on if isinstance(rule.when, Once) else rule.ends_on
    if last is None:
        return False
    # Two days' margin: the person may travel westwards meanwhile.
    return (now + HORIZON).astimezone(ZoneInfo(zone)).date() > last + timedelta(days=2)
