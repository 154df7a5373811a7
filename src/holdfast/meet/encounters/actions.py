"""Record a meeting that took place, plan one, change or cancel it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from holdfast.core import clock, events
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import CLINICAL_ROLES, Client
from holdfast.meet.encounters import standing
from holdfast.meet.encounters.events import EncounterSettled
from holdfast.meet.encounters.models import Encounter
from holdfast.sense.measures import facade as measures

#: A clock may be a little ahead; a finished meeting may not lie further in the future than this.
TOLERANCE = timedelta(minutes=5)


def _check_times(status: str, starts_at: datetime, ended_at: datetime | None) -> None:
    if ended_at is not None and ended_at < starts_at:
        raise Invalid(errors=(FieldError("ended_at", "before-start", "It ends before it starts."),))
    if status == Encounter.Status.FINISHED and starts_at > clock.now() + TOLERANCE:
        raise Invalid(
            errors=(FieldError("starts_at", "in-future", "A finished meeting lies in the past."),)
        )


def _own_membership(by: Actor) -> uuid.UUID:
    for role, membership_id in by.memberships:
        if role in CLINICAL_ROLES:
            return membership_id
    raise NotFound


def _tell_rules(client: Client, encounter: Encounter) -> None:
    """Questionnaires may be asked so long after a meeting."""
    if encounter.status == Encounter.Status.FINISHED:
        at = encounter.ended_at or encounter.starts_at
        measures.note_event(client, "encounter-end", at)


def tell_booking(encounter: Encounter) -> None:
    """Tell the booking that planned this meeting how it stands now, after commit."""
    if encounter.appointment_id is not None:
        events.publish(
            EncounterSettled(
                practice_id=encounter.practice_id,
                client_id=encounter.client_id,
                encounter_id=encounter.pk,
                appointment_id=encounter.appointment_id,
                status=encounter.status,
            )
        )


def record_encounter(
    client: Client,
    *,
    starts_at: datetime,
    status: str,
    medium: str,
    ended_at: datetime | None = None,
    by: Actor,
) -> Encounter:
    """A meeting of the acting clinician with the client. Raises `Invalid` for impossible times."""
    _check_times(status, starts_at, ended_at)
    with transaction.atomic():
        encounter = Encounter.objects.create(
            practice_id=client.practice_id,
            client=client,
            membership_id=_own_membership(by),
            status=status,
            medium=medium,
            starts_at=starts_at,
            ended_at=ended_at,
            created_at=clock.now(),
        )
        standing.keep(client)
        _tell_rules(client, encounter)
        record("create", "encounter", by=by, resource_id=encounter.pk, client_id=client.pk)
    return encounter


def change_encounter(
    client: Client,
    encounter_id: uuid.UUID,
    *,
    by: Actor,
    starts_at: datetime | None = None,
    ended_at: datetime | None = None,
    status: str | None = None,
    medium: str | None = None,
) -> Encounter:
    """Change what is given and leave the rest. Raises `NotFound` outside the client's own."""
    with transaction.atomic():
        encounter = (
            Encounter.objects.select_for_update()
            .filter(practice_id=client.practice_id, client=client, pk=encounter_id)
            .first()
        )
        if encounter is None:
            raise NotFound
        encounter.starts_at = starts_at or encounter.starts_at
        encounter.ended_at = ended_at or encounter.ended_at
        encounter.status = status or encounter.status
        encounter.medium = medium or encounter.medium
        _check_times(encounter.status, encounter.starts_at, encounter.ended_at)
        encounter.save()
        standing.keep(client)
        _tell_rules(client, encounter)
        tell_booking(encounter)
        record("update", "encounter", by=by, resource_id=encounter.pk, client_id=client.pk)
    return encounter
