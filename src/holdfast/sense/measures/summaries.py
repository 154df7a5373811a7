"""Reads over many people at once, for the caseload: a fixed number of statements however many."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from holdfast.core.tenancy.models import NEVER
from holdfast.sense.measures.models import Prompt


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


def adherence(
    practice_id: uuid.UUID, client_ids: Collection[uuid.UUID], first: date, last: date
) -> dict[uuid.UUID, Adherence]:
    """What was due and what became of it between two days, both included. One statement.

    A person who was asked nothing is left out: nothing was due, which is not zero of something.
    """
    rows = _asked(practice_id, first, last).filter(client_id__in=client_ids)
    return _counted(rows, "client_id")


def adherence_since_met(
    practice_id: uuid.UUID, client_ids: Collection[uuid.UUID], never_met: date, last: date
) -> dict[uuid.UUID, Adherence]:
    """The same for each from the day of their own last meeting; of who never had one, from the day
    `never_met`. One statement.
    """
    met = "client__standing__met_at"
    since = Q(local_date__gte=TruncDate(met, tzinfo=UTC)) & ~Q(**{met: NEVER})
    rows = _asked(practice_id, date.min, last).filter(
        since | Q(local_date__gte=never_met, **{met: NEVER}), client_id__in=client_ids
    )
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
