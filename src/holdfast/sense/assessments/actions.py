"""Begin an assessment, change its times, leave it; ask for a talk, and take one on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.authz.relationships import active_on
from holdfast.core.notify import facade as notify
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import (
    CLINICAL_ROLES,
    CareTeamMember,
    Client,
    Membership,
    Role,
)
from holdfast.sense.assessments.engine.plan import Plan, load
from holdfast.sense.assessments.models import Assessment, TalkRequest
from holdfast.sense.assessments.problems import AssessmentOver, AssessmentRunning, NobodyToTell
from holdfast.sense.assessments.views import local_today
from holdfast.sense.measures import facade as measures
from holdfast.sense.measures.engine.schedule import DailyTimes, Rule, RuleError, resolve

TALK_ASKED: Final = "talk-asked"
TALK_ANSWERED: Final = "talk-answered"
FINISHED: Final = "assessment-finished"
#: Nearer to each other, two prompts of a day would ask the same twice.
LEAST_APART = 60
#: Somebody may plan the beginning so many days ahead.
LATEST_START = timedelta(days=60)
REMINDER_AFTER = 30
SNOOZES, SNOOZE_MINUTES = 2, 30


def begin(
    *,
    client: Client,
    by: Actor,
    times: Sequence[time] = (),
    starts_on: date | None = None,
) -> Assessment:
    """Begin one. Without `starts_on`: today where its first prompt is still to come, or tomorrow.

    Raises AssessmentRunning, and Invalid for times or a day that cannot be.
    """
    plan, now = load(), clock.now()
    chosen = list(times) or [time.fromisoformat(prompt.at) for prompt in plan.prompts]
    today = local_today(client.time_zone, now)
    with transaction.atomic():
        _lock(client)
        if _unfinished(client, today).exists():
            raise AssessmentRunning
        first = starts_on or _first_day(client, chosen[0], now)
        if not today <= first <= today + LATEST_START:
            raise Invalid(errors=(FieldError("starts_on", "range", "Today, or a day soon."),))
        rule = _rule(plan, chosen, first, first + timedelta(days=plan.days - 1))
        row = Assessment.objects.create(
            practice_id=client.practice_id,
            client_id=client.pk,
            plan=plan.id,
            version=plan.version,
            assignment_id=measures.assign(client, instrument=plan.instrument.id, rule=rule, by=by),
            starts_on=first,
            ends_on=first + timedelta(days=plan.days - 1),
            times=[at.isoformat("minutes") for at in chosen],
            by_person=client.user_id is not None and client.user_id == by.user_id,
            created_at=now,
        )
        record("begin", "assessment", by=by, resource_id=row.pk, client_id=client.pk,
               practice_id=client.practice_id)  # fmt: skip
    return row


def _first_day(client: Client, first_time: time, now: datetime) -> date:
    """Today where the first prompt is still to come, or tomorrow."""
    today = local_today(client.time_zone, now)
    opens = resolve(today, first_time, ZoneInfo(client.time_zone))
    return today if opens > now else today + timedelta(days=1)


def _rule(plan: Plan, times: Sequence[time], first: date, last: date) -> Rule:
    if len(times) != len(plan.prompts):
        detail = f"One time for each of {len(plan.prompts)} prompts."
        raise Invalid(errors=(FieldError("times", "number", detail),))
    minutes = [at.hour * 60 + at.minute for at in times]
    apart = min(later - early for early, later in pairwise(minutes))
    if apart < LEAST_APART:
        detail = f"In their order, at least {LEAST_APART} minutes apart."
        raise Invalid(errors=(FieldError("times", "too-near", detail),))
    try:
        return Rule(
            when=DailyTimes(tuple(times)),
            starts_on=first,
            ends_on=last,
            window_minutes=min(plan.window_minutes, apart),
            reminders=(REMINDER_AFTER,),
            snoozes=SNOOZES,
            snooze_minutes=SNOOZE_MINUTES,
        )
    except RuleError as error:
        raise Invalid(errors=(FieldError("times", error.code, error.detail),)) from error


def _lock(client: Client) -> None:
    """One writer per person."""
    Client.objects.select_for_update().get(pk=client.pk, practice_id=client.practice_id)


def _unfinished(client: Client, today: date) -> QuerySet[Assessment]:
    return Assessment.objects.filter(
        practice_id=client.practice_id,
        client_id=client.pk,
        left_at__isnull=True,
        ends_on__gte=today,
    )


def _own(client: Client, assessment_id: uuid.UUID) -> Assessment:
    today = local_today(client.time_zone, clock.now())
    row = (
        Assessment.objects.select_for_update()
        .filter(practice_id=client.practice_id, client_id=client.pk, pk=assessment_id)
        .first()
    )
    if row is None:
        raise NotFound
    if row.left_at is not None or row.ends_on < today:
        raise AssessmentOver
    return row


def leave(*, client: Client, assessment_id: uuid.UUID, by: Actor) -> Assessment:
    """End it early: nothing more is asked, and what was answered stays. Raises AssessmentOver."""
    with transaction.atomic():
        row = _own(client, assessment_id)
        row.left_at = clock.now()
        row.save(update_fields=["left_at"])
        with suppress(NotFound):  # the asking was ended by itself already
            measures.cancel_assignment(client, row.assignment_id, by=by)
        record("leave", "assessment", by=by, resource_id=row.pk, client_id=client.pk)
    return row


def change_times(
    *, client: Client, assessment_id: uuid.UUID, times: Sequence[time], by: Actor
) -> Assessment:
    """Ask at other times from now on; what has opened stands. Raises AssessmentOver, Invalid."""
    plan = load()
    with transaction.atomic():
        row = _own(client, assessment_id)
        rule = _rule(plan, times, row.starts_on, row.ends_on)
        try:
            measures.change_rule(client, row.assignment_id, rule=rule, by=by)
        except NotFound:
            raise AssessmentOver from None
        row.times = [at.isoformat("minutes") for at in times]
        row.save(update_fields=["times"])
        record("update", "assessment", by=by, resource_id=row.pk, client_id=client.pk)
    return row


# --- asking for a talk -------------------------------------------------------------------------


def ask_for_talk(*, client: Client, by: Actor) -> tuple[TalkRequest, bool]:
    """Tell the care team that the person asks for a talk; whether this is a new request.

    While one waits, it is answered with that one. Where nobody is on the care team yet the
    administrators are told, who can put somebody there. Raises NobodyToTell.
    """
    now = clock.now()
    with transaction.atomic():
        _lock(client)
        waiting = TalkRequest.objects.filter(
            practice_id=client.practice_id, client_id=client.pk, answered_at__isnull=True
        ).first()
        if waiting is not None:
            return waiting, False
        recipients = _team(client, now.date()) or _administrators(client)
        if not recipients:
            raise NobodyToTell
        row = TalkRequest.objects.create(
            practice_id=client.practice_id,
            client_id=client.pk,
            asked_at=now,
            told=len(recipients),
        )
        notify.send(
            practice_id=client.practice_id,
            recipients=recipients,
            kind=TALK_ASKED,
            subject_id=row.pk,
            now=now,
        )
        record("ask", "talk_request", by=by, resource_id=row.pk, client_id=client.pk)
    return row, True


def _team(client: Client, today: date) -> set[uuid.UUID]:
    rows = CareTeamMember.objects.filter(
        active_on(today),
        practice_id=client.practice_id,
        client_id=client.pk,
        membership__active=True,
        membership__user__is_active=True,
    )
    return set(rows.values_list("membership__user_id", flat=True))


def _administrators(client: Client) -> set[uuid.UUID]:
    rows = Membership.objects.filter(
        practice_id=client.practice_id,
        role=Role.ADMINISTRATOR,
        active=True,
        user__is_active=True,
    )
    return set(rows.values_list("user_id", flat=True))


def take_talk(*, client: Client, talk_id: uuid.UUID, by: Actor) -> TalkRequest:
    """Take a request on: the person is told that somebody has seen it. Taking it again is
    answered with who took it. Raises NotFound.
    """
    now = clock.now()
    with transaction.atomic():
        row = (
            TalkRequest.objects.select_for_update(of=("self",))
            .filter(practice_id=client.practice_id, client_id=client.pk, pk=talk_id)
            .select_related("answered_by")
            .first()
        )
        if row is None:
            raise NotFound
        if row.answered_at is not None:
            return row
        row.answered_at = now
        row.answered_by = Membership.objects.filter(
            pk__in=[pk for role, pk in by.memberships if role in CLINICAL_ROLES]
        ).first()
        row.save(update_fields=["answered_at", "answered_by"])
        if client.user_id is not None:
            notify.send(
                practice_id=client.practice_id,
                recipients=[client.user_id],
                kind=TALK_ANSWERED,
                subject_id=row.pk,
                now=now,
            )
        record("take", "talk_request", by=by, resource_id=row.pk, client_id=client.pk)
    return row
