"""What other capabilities may ask of measures."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from pathlib import Path

from holdfast.core.actor import Actor
from holdfast.core.tenancy.models import Client
from holdfast.sense.measures import actions, packs, queries, submission
from holdfast.sense.measures import progress as course
from holdfast.sense.measures.engine.catalogue import Catalogue
from holdfast.sense.measures.judging import Judged, judge, verdict, verdict_by
from holdfast.sense.measures.progress import Progress, Series
from holdfast.sense.measures.queries import DueItem, EventView, MedicationView
from holdfast.sense.measures.submission import Receipt, Submission
from holdfast.sense.measures.summaries import (
    Adherence,
    MainScores,
    adherence,
    last_answered,
    last_answers,
    last_two_main,
    recent_main,
)

__all__ = [
    "Adherence",
    "Catalogue",
    "DueItem",
    "EventView",
    "Judged",
    "MainScores",
    "MedicationView",
    "Progress",
    "Receipt",
    "Series",
    "Submission",
    "adherence",
    "assign",
    "catalogue",
    "due_items",
    "install_packs",
    "judge",
    "last_answered",
    "last_answers",
    "last_two_main",
    "medications",
    "progress",
    "recent_main",
    "submit_response",
    "verdict",
    "verdict_by",
]


def catalogue() -> Catalogue:
    """Every instrument at hand. Raises InstrumentError for a pack that cannot be used."""
    return packs.catalogue()


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
    every_days: int | None,
    starts_on: date,
    ends_on: date | None,
    by: Actor,
) -> uuid.UUID:
    """Ask a person to answer a questionnaire, once or every so many days; the assignment's id."""
    return actions.assign(
        client=client,
        instrument=instrument,
        every_days=every_days,
        starts_on=starts_on,
        ends_on=ends_on,
        by=by,
    ).pk


def due_items(client: Client, now: datetime) -> list[DueItem]:
    """What the person is asked today. Two or three statements."""
    return queries.due_items(client, now)


def progress(
    client: Client, *, since: datetime | None = None, until: datetime | None = None
) -> Progress:
    """The course of every scale and what happened beside it. Two statements."""
    return course.progress(client.practice_id, client.pk, since=since, until=until)


def medications(practice_id: uuid.UUID, client_id: uuid.UUID) -> list[MedicationView]:
    """What the person takes or took, present ones first. One statement."""
    return [queries.medication_view(row) for row in queries.medications(practice_id, client_id)]
