"""What a note may begin with: facts of the visit, and what the person shares with their team.

Facts only; the client sets them into the template's sections in the writer's language. Nothing that
is sealed to the person is here, whoever it was granted to.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.core.tenancy.models import Client
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.encounters.facade import EncounterView
from holdfast.meet.notes import facade as notes
from holdfast.meet.notes.facade import LastPlan
from holdfast.plan.overview.person import ScoreChange, overview
from holdfast.sense.measures.facade import Adherence, EventView, MedicationView


@dataclass(frozen=True)
class NoteFacts:
    """`since`: when they last met before this visit; scores that are newer than that alone."""

    visit: EncounterView | None
    since: datetime | None
    scores: list[ScoreChange]
    answers: Adherence
    events: list[EventView]
    medications: list[MedicationView]
    plan: LastPlan | None


def note_facts(client: Client, encounter_id: uuid.UUID | None, now: datetime) -> NoteFacts:
    """Gather them. The number of statements does not grow with the record.

    What happened since the meeting before: a visit that has ended does not hide what led up to it.
    """
    visit = next(
        (
            one
            for one in encounters.encounters_of(client.practice_id, client.pk)
            if one.id == encounter_id
        ),
        None,
    )
    # A moment before it: the visit itself is not when they met last.
    before = now if visit is None else visit.starts_at - timedelta(microseconds=1)
    at = min(now, before)
    found = overview(client, at)
    fresh = [one for one in found.scores if found.since is None or _after(one.now_at, found.since)]
    since = found.since
    return NoteFacts(
        visit=visit,
        since=since,
        scores=fresh,
        answers=found.adherence,
        events=[one for one in found.progress.events if since is None or one.at > since],
        medications=found.medications,
        plan=notes.last_plan(client.practice_id, client.pk),
    )


def _after(at: datetime | None, since: datetime) -> bool:
    return at is not None and at > since
