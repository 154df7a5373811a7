"""What other capabilities may ask of measures."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

from holdfast.core.actor import Actor
from holdfast.core.tenancy.models import Client
from holdfast.sense.measures import actions, packs, queries, submission
from holdfast.sense.measures import progress as course
from holdfast.sense.measures.engine.catalogue import Catalogue
from holdfast.sense.measures.engine.schedule import EventName, Rule
from holdfast.sense.measures.export.fhir import bundle as copy_of
from holdfast.sense.measures.given import GivenAnswers, given_answers
from holdfast.sense.measures.judging import Judged, judge, verdict, verdict_by
from holdfast.sense.measures.progress import Progress, Series
from holdfast.sense.measures.prompting import events
from holdfast.sense.measures.prompting import queries as prompting
from holdfast.sense.measures.prompting.changing import change_rule
from holdfast.sense.measures.prompting.queries import PromptRecord, PromptView
from holdfast.sense.measures.queries import EventView, MedicationView
from holdfast.sense.measures.since import MainChange, main_changes
from holdfast.sense.measures.standing import MainScores, main_scores
from holdfast.sense.measures.standing import worked_out as standings
from holdfast.sense.measures.submission import Receipt, Submission
from holdfast.sense.measures.summaries import Adherence, adherence, adherence_since_met

__all__ = [
    "Adherence",
    "Catalogue",
    "EventView",
    "GivenAnswers",
    "Judged",
    "MainChange",
    "MainScores",
    "MedicationView",
    "Progress",
    "PromptRecord",
    "PromptView",
    "Receipt",
    "Series",
    "Submission",
    "adherence",
    "adherence_since_met",
    "assign",
    "cancel_assignment",
    "catalogue",
    "change_rule",
    "copy_of",
    "due_now",
    "given_answers",
    "install_packs",
    "judge",
    "main_changes",
    "main_scores",
    "medications",
    "note_event",
    "pack_faults",
    "progress",
    "prompts_of",
    "standings",
    "submit_response",
    "verdict",
    "verdict_by",
]


def catalogue() -> Catalogue:
    """Every instrument at hand that can be used."""
    return packs.catalogue()


def pack_faults() -> tuple[packs.PackFault, ...]:
    """The added packs that are left out, by file, with the reason."""
    return packs.faults()


def install_packs(paths: list[Path]) -> None:
    """Add pack files to this installation. Raises InstrumentError."""
    packs.install_packs(paths)


def submit_response(*, client: Client, submission_: Submission, by: Actor) -> Receipt:
    """Receive a response exactly once; see `submission.submit_response`."""
    return submission.submit_response(client=client, submission=submission_, by=by)


def assign(
    client: Client,
    *,
    instrument: str,
    rule: Rule,
    by: Actor,
) -> uuid.UUID:
    """Ask a person to answer a questionnaire, by a rule; the assignment's id.

    The rules are in `engine.schedule`. Raises NotFound, TermsNotAccepted.
    """
    return actions.assign(client=client, instrument=instrument, rule=rule, by=by).pk


def cancel_assignment(client: Client, assignment_id: uuid.UUID, *, by: Actor) -> None:
    """Stop asking. What was answered stays. Raises NotFound."""
    actions.cancel_assignment(client=client, assignment_id=assignment_id, by=by)


def due_now(client: Client, now: datetime) -> list[PromptView]:
    """What the person is asked now. Two or three statements."""
    return prompting.due_now(client, now)


def prompts_of(practice_id: uuid.UUID, assignment_id: uuid.UUID) -> list[PromptRecord]:
    """What became of every prompt of an assignment, oldest first. One statement."""
    return prompting.of_assignment(practice_id, assignment_id)


def note_event(client: Client, event: EventName, at: datetime) -> None:
    """Tell the rules that hang on it that an event took place. One statement and one each."""
    events.note_event(client, event, at)


def progress(
    client: Client, *, since: datetime | None = None, until: datetime | None = None
) -> Progress:
    """The course of every scale and what happened beside it. Two statements."""
    return course.progress(client.practice_id, client.pk, since=since, until=until)


def medications(practice_id: uuid.UUID, client_id: uuid.UUID) -> list[MedicationView]:
    """What the person takes or took, present ones first. One statement."""
    return [queries.medication_view(row) for row in queries.medications(practice_id, client_id)]
