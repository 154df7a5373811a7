"""Writes of measures beside responses: assignments, terms, life events and medications."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import FieldError, Invalid, NotFound, NotPermitted
from holdfast.core.tenancy.models import CLINICAL_ROLES, Client, Practice
from holdfast.sense.measures import packs
from holdfast.sense.measures.engine.catalogue import UnknownInstrument
from holdfast.sense.measures.engine.instrument import Instrument
from holdfast.sense.measures.engine.prompts import WAITING
from holdfast.sense.measures.engine.schedule import AfterEvent, Rule, rule_data
from holdfast.sense.measures.models import (
    Assignment,
    InstrumentActivation,
    LifeEvent,
    Medication,
    Prompt,
)
from holdfast.sense.measures.problems import NoTermsToAccept, OnlyAsFollowUp, TermsNotAccepted
from holdfast.sense.measures.prompting import rows


def _instrument(name: str) -> Instrument:
    try:
        return packs.catalogue().get(name)
    except UnknownInstrument:
        raise NotFound from None


def _end_after_start(field: str, start: Any, end: Any) -> None:
    if start is not None and end is not None and end < start:
        raise Invalid(errors=(FieldError(field, "before-start", "It ends before it starts."),))


# --- assignments -----------------------------------------------------------------------------


def assign(
    *,
    client: Client,
    instrument: str,
    rule: Rule,
    by: Actor,
) -> Assignment:
    """Ask a person to answer a questionnaire, by a rule; its first two days are planned at once.

    Raises NotFound for one that is not at hand, TermsNotAccepted for one the practice has off,
    OnlyAsFollowUp for one that follows another's answer.
    """
    found = _instrument(instrument)
    if found.id in packs.follow_ups():
        raise OnlyAsFollowUp
    if packs.needs_acceptance(found):
        row = packs.activations(client.practice_id).get(found.id)
        if row is None or not row.active:
            raise TermsNotAccepted
    now = clock.now()
    maker = next((pk for role, pk in by.memberships if role in CLINICAL_ROLES), None)
    with transaction.atomic():
        assignment = Assignment.objects.create(
            practice_id=client.practice_id,
            client_id=client.pk,
            instrument=found.id,
            rule=_data(rule),
            event=rule.when.event if isinstance(rule.when, AfterEvent) else "",
            anchors=_anchors(client, rule),
            starts_on=rule.starts_on,
            ends_on=rule.ends_on,
            created_by_id=maker,
            created_at=now,
        )
        rows.plan(assignment, client, now)
        record("assign", "assignment", by=by, resource_id=assignment.pk, client_id=client.pk,
               practice_id=client.practice_id)  # fmt: skip
    return assignment


def _data(rule: Rule) -> dict[str, object]:
    """The rule without its dates, which are columns."""
    data = rule_data(rule)
    del data["starts_on"], data["ends_on"]
    return data


def _anchors(client: Client, rule: Rule) -> list[dict[str, str]]:
    """The events of the rule that lie behind: enrolment always does."""
    if not isinstance(rule.when, AfterEvent) or rule.when.event != "enrolment":
        return []
    on = client.joined_at.astimezone(ZoneInfo(client.time_zone)).date()
    return [{"at": client.joined_at.isoformat(), "on": on.isoformat()}]


def cancel_assignment(*, client: Client, assignment_id: uuid.UUID, by: Actor) -> None:
    """Stop asking. What was answered stays. Raises NotFound."""
    with transaction.atomic():
        changed = Assignment.objects.filter(
            practice_id=client.practice_id,
            client_id=client.pk,
            pk=assignment_id,
            cancelled_at__isnull=True,
        ).update(cancelled_at=clock.now(), plan_again_at=None)
        if not changed:
            raise NotFound
        Prompt.objects.filter(assignment_id=assignment_id, state__in=WAITING).update(
            state=Prompt.State.CANCELLED, snoozed_until=None, next_at=None
        )
        record("cancel", "assignment", by=by, resource_id=assignment_id, client_id=client.pk)


# --- terms -----------------------------------------------------------------------------------


def accept_terms(*, practice: Practice, instrument: str, by: Actor) -> InstrumentActivation:
    """Accept the terms of a questionnaire's licence for the practice, which switches it on."""
    found = _instrument(instrument)
    if not packs.needs_acceptance(found):
        raise NoTermsToAccept
    if by.user_id is None:
        # Only a person can accept terms.
        raise NotPermitted
    with transaction.atomic():
        row, _ = InstrumentActivation.objects.update_or_create(
            practice=practice,
            instrument=found.id,
            defaults={
                "active": True,
                "accepted_terms_at": clock.now(),
                "accepted_terms_by": by.user_id,
            },
        )
        record("accept", "instrument_terms", by=by, resource_id=found.id)
    return row


def withdraw_terms(*, practice: Practice, instrument: str, by: Actor) -> None:
    """Switch a questionnaire off. Raises NotFound where its terms do not stand."""
    found = _instrument(instrument)
    with transaction.atomic():
        changed = InstrumentActivation.objects.filter(
            practice=practice, instrument=found.id, active=True
        ).update(active=False)
        if not changed:
            raise NotFound
        record("withdraw", "instrument_terms", by=by, resource_id=found.id)


# --- life events -----------------------------------------------------------------------------


def add_life_event(
    *,
    client: Client,
    kind: str,
    label: str,
    at: datetime,
    by: Actor,
    end: datetime | None = None,
    dose: float | None = None,
    unit: str | None = None,
    medication_id: uuid.UUID | None = None,
) -> LifeEvent:
    """Put something on the person's time axis. Raises Invalid, NotFound."""
    _end_after_start("end", at, end)
    with transaction.atomic():
        if medication_id is not None:
            _medication(client, medication_id)
        event = LifeEvent(
            practice_id=client.practice_id,
            client_id=client.pk,
            kind=kind,
            at=at,
            end=end,
            dose=dose,
            unit=unit or "",
            medication_id=medication_id,
            created_at=clock.now(),
        )
        event.label = label
        event.save(force_insert=True)
        record("create", "life_event", by=by, resource_id=event.pk, client_id=client.pk)
    return event


def _life_event(client: Client, event_id: uuid.UUID) -> LifeEvent:
    row = (
        LifeEvent.objects.select_for_update()
        .filter(practice_id=client.practice_id, client_id=client.pk, pk=event_id)
        .first()
    )
    if row is None:
        raise NotFound
    return row


def change_life_event(
    *, client: Client, event_id: uuid.UUID, changes: dict[str, Any], by: Actor
) -> LifeEvent:
    """Change what is named and leave the rest. Raises Invalid, NotFound."""
    with transaction.atomic():
        event = _life_event(client, event_id)
        _apply(event, changes, required=("kind", "label", "at"))
        _end_after_start("end", event.at, event.end)
        event.save()
        record("update", "life_event", by=by, resource_id=event.pk, client_id=client.pk)
    return event


def remove_life_event(*, client: Client, event_id: uuid.UUID, by: Actor) -> None:
    """Take it off the time axis. Raises NotFound."""
    with transaction.atomic():
        _life_event(client, event_id).delete()
        record("delete", "life_event", by=by, resource_id=event_id, client_id=client.pk)


# --- medications -----------------------------------------------------------------------------


def add_medication(
    *,
    client: Client,
    name: str,
    by: Actor,
    dose: float | None = None,
    unit: str | None = None,
    frequency: str | None = None,
    started_on: date | None = None,
    ended_on: date | None = None,
) -> Medication:
    """Add a medication to the person's list. Raises Invalid."""
    _end_after_start("ended_on", started_on, ended_on)
    with transaction.atomic():
        medication = Medication(
            practice_id=client.practice_id,
            client_id=client.pk,
            dose=dose,
            unit=unit or "",
            started_on=started_on,
            ended_on=ended_on,
            created_at=clock.now(),
        )
        medication.name = name
        medication.frequency = frequency or ""
        medication.save(force_insert=True)
        record("create", "medication", by=by, resource_id=medication.pk, client_id=client.pk)
    return medication


def _medication(client: Client, medication_id: uuid.UUID) -> Medication:
    row = (
        Medication.objects.select_for_update()
        .filter(practice_id=client.practice_id, client_id=client.pk, pk=medication_id)
        .first()
    )
    if row is None:
        raise NotFound
    return row


def change_medication(
    *, client: Client, medication_id: uuid.UUID, changes: dict[str, Any], by: Actor
) -> Medication:
    """Change what is named and leave the rest. Raises Invalid, NotFound."""
    with transaction.atomic():
        medication = _medication(client, medication_id)
        _apply(medication, changes, required=("name",))
        _end_after_start("ended_on", medication.started_on, medication.ended_on)
        medication.save()
        record("update", "medication", by=by, resource_id=medication.pk, client_id=client.pk)
    return medication


def remove_medication(*, client: Client, medication_id: uuid.UUID, by: Actor) -> None:
    """Take it off the list. Raises NotFound."""
    with transaction.atomic():
        _medication(client, medication_id).delete()
        record("delete", "medication", by=by, resource_id=medication_id, client_id=client.pk)


def _apply(row: LifeEvent | Medication, changes: dict[str, Any], required: tuple[str, ...]) -> None:
    """Set the named fields; a text that may be empty is cleared by null, a required one is not."""
    for name, value in changes.items():
        if value is None and name in required:
            raise Invalid(errors=(FieldError(name, "required", "This cannot be empty."),))
        cleared = "" if name in {"unit", "frequency"} and value is None else value
        setattr(row, name, cleared)
