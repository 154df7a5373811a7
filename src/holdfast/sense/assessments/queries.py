"""Reads of assessments, scoped by practice in the fetch itself."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import formats, translation

from holdfast.core.actor import Actor
from holdfast.core.authz.relationships import active_on
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import CareTeamMember, Client, Practice
from holdfast.sense.assessments.engine.counting import Given, Report, count
from holdfast.sense.assessments.engine.plan import Plan, load
from holdfast.sense.assessments.engine.sheet import About, Sheet, compose
from holdfast.sense.assessments.engine.words import words
from holdfast.sense.assessments.models import Assessment, TalkRequest
from holdfast.sense.assessments.views import (
    AskedView,
    AssessmentDetail,
    AssessmentView,
    TalkRow,
    TalkView,
    local_today,
    talk_view,
    view,
)
from holdfast.sense.measures import facade as measures

MOST = 50


def plan_of(row: Assessment) -> Plan:
    return load(f"{row.plan}-{row.version}")


def get(client: Client, assessment_id: uuid.UUID) -> Assessment:
    """Raises NotFound. One statement."""
    row = Assessment.objects.filter(
        practice_id=client.practice_id, client_id=client.pk, pk=assessment_id
    ).first()
    if row is None:
        raise NotFound
    return row


def assessments(client: Client, now: datetime) -> list[AssessmentView]:
    """A person's assessments, newest first (the newest 50). One statement."""
    rows = Assessment.objects.filter(practice_id=client.practice_id, client_id=client.pk)
    today = local_today(client.time_zone, now)
    return [view(row, today) for row in rows.order_by("-starts_on", "-id")[:MOST]]


def detail(client: Client, assessment_id: uuid.UUID, now: datetime) -> AssessmentDetail:
    """One assessment and how it goes. Raises NotFound. Three statements."""
    row = get(client, assessment_id)
    plan = plan_of(row)
    prompts = _prompts(row)
    given = _given(row, plan, prompts)
    states = [one.state for one in prompts]
    ended = [one for one in prompts if _closed(one, now)]
    return AssessmentDetail(
        **asdict(view(row, local_today(client.time_zone, now))),
        prompts=plan.days * len(plan.prompts),
        answered=states.count("answered"),
        missed=sum(one.state != "answered" for one in ended),
        undelivered=sum(one.undelivered for one in ended),
        asked=[AskedView(one.day, one.prompt, list(one.answers)) for one in given],
    )


def report(client: Client, assessment_id: uuid.UUID, now: datetime) -> tuple[Assessment, Report]:
    """What the answers so far add up to. Raises NotFound. Three statements."""
    row = get(client, assessment_id)
    plan = plan_of(row)
    prompts = _prompts(row)
    ended = sum(one.state == "answered" or _closed(one, now) for one in prompts)
    counted = count(
        plan,
        _given(row, plan, prompts),
        starts_on=row.starts_on,
        today=local_today(client.time_zone, now),
        closed=ended,
    )
    return row, counted


def sheet(
    client: Client, practice: Practice, assessment_id: uuid.UUID, now: datetime, *, language: str
) -> tuple[Sheet, Report]:
    """The doctor's report in a language, and its counts. Raises NotFound. Three statements."""
    row, counted = report(client, assessment_id, now)
    plan = plan_of(row)
    zone = client.time_zone
    about = About(
        person=client.display_name,
        practice=practice.name,
        phone=practice.contact_phone,
        made_on=local_today(zone, now),
        left_on=None if row.left_at is None else local_today(zone, row.left_at),
    )
    spoken = words(language).language
    instrument = measures.catalogue().get(plan.instrument.id, plan.instrument.version)

    def say_day(day: date) -> str:
        with translation.override(spoken):
            return formats.date_format(day, "DATE_FORMAT")

    made = compose(counted, plan, instrument, about, language=spoken, say_day=say_day)
    return made, counted


def _prompts(row: Assessment) -> list[measures.PromptRecord]:
    """What became of its prompts; those that were taken back count for nothing."""
    found = measures.prompts_of(row.practice_id, row.assignment_id)
    return [one for one in found if one.state != "cancelled"]


def _closed(prompt: measures.PromptRecord, now: datetime) -> bool:
    """Whether its window is over, also where no worker has written it down."""
    return prompt.closes_at is not None and prompt.closes_at <= now


def _given(row: Assessment, plan: Plan, prompts: list[measures.PromptRecord]) -> list[Given]:
    """The answers, each at the prompt it answers: an evening's answer after midnight belongs to
    the evening. What answers no prompt counts for the day on which it was given.
    """
    answered = {one.answered_by: one for one in prompts if one.answered_by is not None}
    day = timedelta(days=1)
    found = []
    for one in measures.given_answers(
        row.practice_id,
        row.client_id,
        instrument=plan.instrument.id,
        first=row.starts_on - day,
        last=row.ends_on + 2 * day,
    ):
        prompt = answered.get(one.id)
        if prompt is None and _of_another_time(row, one):
            continue
        on = prompt.local_date if prompt else one.local_date
        found.append(
            Given(
                day=(on - row.starts_on).days + 1,
                prompt=plan.prompt_ids[prompt.slot] if prompt else "",
                answers=one.answers,
                late=_is_late(prompt, one),
            )
        )
    return found


def _is_late(prompt: measures.PromptRecord | None, answer: measures.GivenAnswers) -> bool:
    """Whether it was received after its window had closed."""
    if prompt is None or prompt.closes_at is None or answer.historical:
        return False
    return answer.received_at > prompt.closes_at


def _of_another_time(row: Assessment, answer: measures.GivenAnswers) -> bool:
    """Whether an answer without a prompt was given before it began, or after it was left."""
    return answer.answered_at < row.created_at or (
        row.left_at is not None and answer.answered_at > row.left_at
    )


# --- talks -------------------------------------------------------------------------------------


def talks(client: Client) -> list[TalkView]:
    """A person's requests for a talk, newest first (the newest 50). One statement."""
    rows = TalkRequest.objects.filter(practice_id=client.practice_id, client_id=client.pk)
    found = rows.select_related("answered_by").order_by("-asked_at", "-id")
    return [talk_view(row) for row in found[:MOST]]


def waiting_talks(practice: Practice, actor: Actor, today: date) -> list[TalkRow]:
    """Requests that wait, of people whose care team the actor is on, oldest first.

    One statement; the names are opened one by one.
    """
    own = CareTeamMember.objects.filter(
        active_on(today), practice=practice, membership_id__in=actor.membership_ids
    )
    rows = TalkRequest.objects.filter(
        Q(client_id__in=own.values("client_id")), practice=practice, answered_at__isnull=True
    )
    found = rows.select_related("client", "answered_by").order_by("asked_at", "id")
    return [
        TalkRow(**asdict(talk_view(row)), client_id=row.client_id, client=row.client.display_name)
        for row in found[:MOST]
    ]
