"""An answer arrives: which prompt it answers, whenever and from wherever it comes."""

from __future__ import annotations

import uuid

from holdfast.core import bulk
from holdfast.core.notify import facade as notify
from holdfast.core.tenancy.models import Client
from holdfast.sense.measures.engine import prompts as engine
from holdfast.sense.measures.engine.prompts import Standing
from holdfast.sense.measures.engine.schedule import Window
from holdfast.sense.measures.models import Assignment, Prompt, Response
from holdfast.sense.measures.prompting import rows
from holdfast.sense.measures.prompting.events import anchor

FIRST_ANSWER = "first-answer"


def note_answer(client: Client, response: Response, prompt_id: uuid.UUID | None) -> None:
    """Mark what the response answers, at most one prompt of each assignment that asks for it.

    A device names the prompt that stood open on it. Else the window counts that stood open when it
    was answered (or begun), not when it was received: an answer given without network turns
    `missed` into `answered`. In the transaction that keeps
    the response; one statement, and two or three more where the person is asked this.
    """
    # By hand: every answer asks it, and mostly there is one row or none.
    asked = bulk.read(
        Assignment,
        "FROM measures_assignment WHERE practice_id = %s AND client_id = %s"
        " AND (instrument = %s OR event = %s)",
        bulk.stored(
            Assignment,
            practice_id=client.practice_id,
            client_id=client.pk,
            instrument=response.instrument,
            event=FIRST_ANSWER,
        ),
    )
    for assignment in asked:
        if assignment.event == FIRST_ANSWER and not assignment.anchors:
            anchor(assignment, client, response.answered_at)
        if assignment.instrument == response.instrument:
            _mark(assignment, client, response, prompt_id)


def _mark(
    assignment: Assignment, client: Client, response: Response, named: uuid.UUID | None
) -> None:
    ended = assignment.cancelled_at
    if ended is not None and response.answered_at > ended:
        return
    possible = _possible(assignment, client, response, named)
    known = {row.pk: row for row in Prompt.objects.filter(pk__in=possible)}
    for pk, prompt in possible.items():
        row = known.get(pk)
        if row is None:
            row = rows.new_row(assignment, prompt)
            rows.answered(row, response.pk)
            row.save(force_insert=True)
            return
        if row.state != Prompt.State.ANSWERED:
            told = row.state != Prompt.State.PLANNED
            rows.answered(row, response.pk)
            row.save()
            if told:
                # No reminder of what was answered, and no silence where there was an answer.
                notify.settle(
                    practice_id=row.practice_id, subject_ids=[row.pk], now=response.received_at
                )
            return


def _possible(
    assignment: Assignment, client: Client, response: Response, named: uuid.UUID | None
) -> dict[uuid.UUID, Standing]:
    """The prompt that the device named, or else those whose window held the answer."""
    rule, begun = assignment.schedule, response.started_at
    seed, anchors = assignment.pk.bytes, assignment.events
    instants = [response.answered_at]
    if begun is not None and begun < response.answered_at:
        instants.append(begun)
    if named is not None:
        found = engine.nearby(
            rule, client.time_zone, response.answered_at, seed=seed, anchors=anchors
        )
        by_id = _by_id(assignment, found)
        if named in by_id:
            return {named: by_id[named]}
    zones = (client.time_zone, response.time_zone)
    return _by_id(assignment, engine.answerable(rule, zones, instants, seed=seed, anchors=anchors))


def _by_id(assignment: Assignment, found: list[tuple[Window, str]]) -> dict[uuid.UUID, Standing]:
    return {
        rows.prompt_id(assignment.pk, window.local_date, window.slot): Standing(
            window.local_date, window.slot, window.opens_at, window.closes_at, zone
        )
        for window, zone in found
        # Before the assignment nobody was asked.
        if window.closes_at is None or window.closes_at > assignment.created_at
    }
