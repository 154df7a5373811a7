"""What somebody is asked now and in the next two days, also where no worker has planned it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Literal

from holdfast.core.tenancy.models import Client
from holdfast.sense.measures import packs
from holdfast.sense.measures.engine.catalogue import UnknownInstrument
from holdfast.sense.measures.engine.instrument import Instrument
from holdfast.sense.measures.engine.prompts import WAITING, Standing, State, snoozes_left
from holdfast.sense.measures.models import Assignment, Prompt
from holdfast.sense.measures.prompting import rows


@dataclass(frozen=True)
class PromptView:
    """One questionnaire to answer, now or soon. `due_on` is a day in the person's zone; it stands
    open from `opens_at` until `closes_at` (None: until it is answered). Random moments (`kind`) are
    for the device to know and not for the person: a screen says only that they will come.
    """

    prompt_id: uuid.UUID
    assignment_id: uuid.UUID
    instrument: str
    version: str
    title: str
    items: int
    kind: str
    due_on: date
    opens_at: datetime
    closes_at: datetime | None
    state: Literal["planned", "open", "snoozed"]
    snoozed_until: datetime | None
    snoozes_left: int
    snooze_minutes: int


def usable(instruments: Iterable[str], practice_id: uuid.UUID) -> dict[str, Instrument]:
    """The latest version of each instrument that is at hand and whose terms stand."""
    catalogue, found = packs.catalogue(), {}
    for name in set(instruments):
        try:
            found[name] = catalogue.get(name)
        except UnknownInstrument:
            continue
    if any(packs.needs_acceptance(one) for one in found.values()):
        active = {name for name, row in packs.activations(practice_id).items() if row.active}
        found = {
            name: one
            for name, one in found.items()
            if not packs.needs_acceptance(one) or one.id in active
        }
    return found


def prompts(client: Client, now: datetime) -> list[PromptView]:
    """What stands open and what opens within the horizon, in order of opening.

    Rows say what has become of a prompt, the rules say which there are: what a worker has not
    written down yet is there all the same. Nothing is written. Two or three statements.
    """
    asked = list(
        Assignment.objects.filter(
            practice_id=client.practice_id, client_id=client.pk, cancelled_at__isnull=True
        ).order_by("created_at", "id")
    )
    if not asked:
        return []
    kept: dict[uuid.UUID, list[Prompt]] = {}
    for row in rows.near([one.pk for one in asked], now):
        kept.setdefault(row.assignment_id, []).append(row)
    instruments = usable((one.instrument for one in asked), client.practice_id)
    found = []
    for one in asked:
        if (instrument := instruments.get(one.instrument)) is None:
            continue
        laid = rows.layout(one, client.time_zone, now, kept.get(one.pk, ()))
        found += [_view(one, instrument, each, now) for each in laid if each.at(now) in WAITING]
    return sorted(found, key=lambda one: one.opens_at)


def _view(
    assignment: Assignment, instrument: Instrument, prompt: Standing, now: datetime
) -> PromptView:
    rule, state = assignment.schedule, prompt.at(now)
    return PromptView(
        prompt_id=rows.prompt_id(assignment.pk, *prompt.key),
        assignment_id=assignment.pk,
        instrument=instrument.id,
        version=instrument.version,
        title=instrument.title,
        items=len(instrument.items),
        kind=rule.when.kind,
        due_on=prompt.local_date,
        opens_at=prompt.opens_at,
        closes_at=prompt.closes_at,
        state=state,  # type: ignore[arg-type]  # those that ended are left out
        snoozed_until=prompt.snoozed_until if state == "snoozed" else None,
        snoozes_left=snoozes_left(prompt, rule, now),
        snooze_minutes=rule.snooze_minutes,
    )


def due(found: list[PromptView]) -> list[PromptView]:
    """What is asked now. Two assignments of one questionnaire ask it once."""
    first: dict[str, PromptView] = {}
    for one in found:
        if one.state == "open":
            first.setdefault(one.instrument, one)
    return list(first.values())


def upcoming(found: list[PromptView]) -> list[PromptView]:
    """What is put off or opens within the horizon, in the order in which it will be asked."""
    later = [one for one in found if one.state != "open"]
    return sorted(later, key=lambda one: one.snoozed_until or one.opens_at)


def due_now(client: Client, now: datetime) -> list[PromptView]:
    """What the person is asked now, what is due longest first. Two or three statements."""
    return due(prompts(client, now))


@dataclass(frozen=True)
class PromptRecord:
    """What became of a prompt, as it is written down."""

    id: uuid.UUID
    local_date: date
    slot: int
    opens_at: datetime
    closes_at: datetime | None
    time_zone: str
    state: State
    answered_by: uuid.UUID | None
    undelivered: bool


def of_assignment(practice_id: uuid.UUID, assignment_id: uuid.UUID) -> list[PromptRecord]:
    """What became of every prompt of an assignment, oldest first. One statement."""
    found = Prompt.objects.filter(practice_id=practice_id, assignment_id=assignment_id)
    names = [field.name for field in fields(PromptRecord)]
    return [PromptRecord(**row) for row in found.order_by("local_date", "slot").values(*names)]
