"""What the worker calls: plan two days ahead, open, remind, and close what nobody answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from holdfast.core.notify import facade as notify
from holdfast.core.tenancy.locks import one_writer_for
from holdfast.sense.measures.engine.prompts import Standing, Tell, step
from holdfast.sense.measures.models import Assignment, Prompt
from holdfast.sense.measures.prompting import rows

BATCH = 200
#: A claim this old belongs to a worker that died; planning twice is harmless.
CLAIM_HOLDS = timedelta(minutes=5)


def plan_prompts(now: datetime) -> int:
    """Write down what the rules ask in the next two days; returns how many rows changed."""
    due = Assignment.objects.filter(plan_again_at__lte=now, cancelled_at=None)
    changed = 0
    for assignment in due.select_related("client").order_by("plan_again_at")[:BATCH]:
        claimed = now + CLAIM_HOLDS
        mine = Assignment.objects.filter(pk=assignment.pk, plan_again_at=assignment.plan_again_at)
        if mine.update(plan_again_at=claimed):
            assignment.plan_again_at = claimed
            with transaction.atomic():
                # One writer per person: an answer that arrives now is not written over.
                one_writer_for(assignment.client)
                changed += rows.plan(assignment, assignment.client, now)
    return changed


def advance_prompts(now: datetime) -> int:
    """Open, remind and close what is due; returns how many prompts moved.

    A prompt is claimed by a conditional UPDATE in the transaction that tells the person, so that
    any number of workers tell once.
    """
    due = Prompt.objects.filter(next_at__lte=now).order_by("next_at")
    return sum(
        _advance(row, now) for row in due.select_related("assignment", "client")[: 2 * BATCH]
    )


def _advance(row: Prompt, now: datetime) -> bool:
    rule = row.assignment.schedule
    moved, tell = step(rows.standing(row), rule, now)
    values = rows.fields(moved, rule)
    with transaction.atomic():
        if moved.state == "missed":
            values["undelivered"] = _undelivered(row)
        same = Prompt.objects.filter(pk=row.pk, state=row.state, next_at=row.next_at)
        if not same.update(**values):
            return False
        if tell is not None:
            _tell(row, moved, tell, now)
    return True


def _undelivered(row: Prompt) -> bool:
    """Whether the person was never told, as far as is known when the window closes."""
    if row.state == Prompt.State.PLANNED or row.client.user_id is None:
        return True
    return row.pk in notify.problems_of(row.practice_id, [row.pk])


def _tell(row: Prompt, moved: Standing, tell: Tell, now: datetime) -> None:
    if row.client.user_id is not None:
        notify.send(
            practice_id=row.practice_id,
            recipients=[row.client.user_id],
            kind=tell,
            subject_id=row.pk,
            now=now,
            expires_at=moved.closes_at,
        )
