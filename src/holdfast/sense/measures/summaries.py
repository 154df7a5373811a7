"""Reads over many people at once, for the caseload: a fixed number of statements however many."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, DateTimeField, F, Max, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from holdfast.core.tenancy.models import Client
from holdfast.sense.measures.models import Prompt, Response, Score

#: How many of the latest scores a headline shows as a small line.
RECENT = 8


@dataclass(frozen=True)
class MainScores:
    """The latest scores of an instrument's main scale, oldest first, at most `RECENT`."""

    instrument: str
    version: str
    scale: str
    values: tuple[float, ...]
    band: str
    at: datetime


@dataclass(frozen=True)
class Adherence:
    """How many questionnaires were due in a stretch of days, and what became of them.

    `undelivered` are those that closed unanswered while nothing shows that the person was ever
    told: a failure of delivery, and no silence of theirs. Those still open make up the rest.
    """

    due: int
    done: int
    missed: int = 0
    undelivered: int = 0


def last_answered() -> Subquery:
    """When a client last answered, to annotate clients with. One index look-up per client."""
    latest = Response.objects.filter(
        practice_id=OuterRef("practice_id"), client_id=OuterRef("pk")
    ).order_by("-answered_at", "-id")
    return Subquery(latest.values("answered_at")[:1], output_field=DateTimeField(null=True))


def last_answers(
    practice_id: uuid.UUID, client_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, datetime]:
    """When each of the clients (a page of them) last answered. One statement."""
    rows = Response.objects.filter(practice_id=practice_id, client_id__in=client_ids)
    return dict(
        rows.values("client_id").annotate(at=Max("answered_at")).values_list("client_id", "at")
    )


def last_two_main(
    clients: QuerySet[Client],
) -> dict[uuid.UUID, tuple[str, str, str, float, float]]:
    """(instrument, version, scale, previous, latest) of each client's newest main score.

    Clients without two scores of the same instrument are left out. One statement, two index
    look-ups per client.
    """
    newest = Score.objects.filter(
        practice_id=OuterRef("practice_id"), client_id=OuterRef("pk"), main=True
    ).order_by("-answered_at", "-id")
    before = Score.objects.filter(
        practice_id=OuterRef("practice_id"),
        client_id=OuterRef("client_id"),
        instrument=OuterRef("instrument"),
        scale=OuterRef("scale"),
        answered_at__lt=OuterRef("answered_at"),
    ).order_by("-answered_at")
    each = clients.annotate(newest=Subquery(newest.values("pk")[:1])).values("newest")
    rows = (
        Score.objects.filter(pk__in=each)
        .annotate(previous=Subquery(before.values("value")[:1]))
        .values_list("client_id", "instrument", "response__version", "scale", "previous", "value")
    )
    return {
        client_id: (instrument, version, scale, previous, latest)
        for client_id, instrument, version, scale, previous, latest in rows
        if previous is not None
    }


def recent_main(
    practice_id: uuid.UUID, client_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[MainScores]]:
    """Per client (a page of them), each instrument's latest main scores. One statement."""
    place = Window(
        RowNumber(),
        partition_by=[F("client_id"), F("instrument")],
        order_by=[F("answered_at").desc(), F("id").desc()],
    )
    newest = (
        Score.objects.filter(practice_id=practice_id, client_id__in=client_ids, main=True)
        .annotate(place=place)
        .filter(place__lte=RECENT)
    )
    # Whole courses are numbered; only what remains is joined to its responses.
    rows = (
        Score.objects.filter(
            practice_id=practice_id, client_id__in=client_ids, pk__in=newest.values("pk")
        )
        .order_by("client_id", "instrument", "answered_at", "id")
        .values_list(
            "client_id", "instrument", "response__version", "scale", "value", "band", "answered_at"
        )
    )
    return _grouped(rows)


def _grouped(
    rows: Iterable[tuple[uuid.UUID, str, str, str, float, str, datetime]],
) -> dict[uuid.UUID, list[MainScores]]:
    found: dict[uuid.UUID, dict[str, MainScores]] = {}
    for client_id, instrument, version, scale, value, band, at in rows:
        of_client = found.setdefault(client_id, {})
        earlier = of_client[instrument].values if instrument in of_client else ()
        of_client[instrument] = MainScores(instrument, version, scale, (*earlier, value), band, at)
    return {client_id: list(scores.values()) for client_id, scores in found.items()}


def adherence(
    practice_id: uuid.UUID, client_ids: Collection[uuid.UUID], first: date, last: date
) -> dict[uuid.UUID, Adherence]:
    """What was due and what became of it between two days, both included. One statement.

    A person who was asked nothing is left out: nothing was due, which is not zero of something.
    """
    rows = _asked(practice_id, first, last).filter(client_id__in=client_ids)
    return _counted(rows, "client_id")


def adherence_by_assignment(
    practice_id: uuid.UUID, assignment_ids: Collection[uuid.UUID], first: date, last: date
) -> dict[uuid.UUID, Adherence]:
    """The same for each assignment. One statement."""
    rows = _asked(practice_id, first, last).filter(assignment_id__in=assignment_ids)
    return _counted(rows, "assignment_id")


def _asked(practice_id: uuid.UUID, first: date, last: date) -> QuerySet[Prompt]:
    never = (Prompt.State.PLANNED, Prompt.State.CANCELLED)
    return Prompt.objects.filter(practice_id=practice_id, local_date__range=(first, last)).exclude(
        state__in=never
    )


def _counted(rows: QuerySet[Prompt], by: str) -> dict[uuid.UUID, Adherence]:
    missed = Q(state=Prompt.State.MISSED)
    counted = rows.values_list(by).annotate(
        due=Count("id"),
        done=Count("id", filter=Q(state=Prompt.State.ANSWERED)),
        missed=Count("id", filter=missed & Q(undelivered=False)),
        undelivered=Count("id", filter=missed & Q(undelivered=True)),
    )
    return {key: Adherence(*counts) for key, *counts in counted}
