"""Each person's newest main scores beside those from before they last met: many people at once."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Case, F, Q, Value, When, Window
from django.db.models.functions import RowNumber

from holdfast.core.tenancy.models import NEVER
from holdfast.sense.measures.models import Score

_MET = "client__standing__met_at"


@dataclass(frozen=True)
class MainChange:
    """The main scale of one instrument: the score before they met (of who never met, the one before
    the newest), and the newest since.
    """

    instrument: str
    version: str
    scale: str
    then: float | None
    now: float
    now_at: datetime


def main_changes(
    practice_id: uuid.UUID, client_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[MainChange]]:
    """Per client, what was scored since they last met; nothing for instruments without a score
    since. One statement, two rows at most on either side of a meeting.
    """
    after = Case(
        When(answered_at__gt=F(_MET), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    newest_first = Window(
        RowNumber(),
        partition_by=[F("client_id"), F("instrument"), F("after")],
        order_by=[F("answered_at").desc(), F("id").desc()],
    )
    rows = (
        Score.objects.filter(practice_id=practice_id, client_id__in=client_ids, main=True)
        .annotate(after=after)
        .annotate(place=newest_first)
        .filter(Q(place=1) | Q(place=2, after=True))
        .order_by("client_id", "instrument", "answered_at", "id")
    )
    columns = ("client_id", "instrument", "scale", "response__version", "value", "answered_at")
    found: dict[tuple[uuid.UUID, str], list[tuple[bool, bool, MainChange]]] = defaultdict(list)
    for client_id, instrument, scale, version, value, at, is_after, met in rows.values_list(
        *columns, "after", _MET
    ):
        one = MainChange(instrument, version, scale, None, value, at)
        found[client_id, instrument].append((is_after, met == NEVER, one))
    changes: dict[uuid.UUID, list[MainChange]] = defaultdict(list)
    for (client_id, _), scores in found.items():
        if (change := _change(scores)) is not None:
            changes[client_id].append(change)
    return dict(changes)


def _change(scores: list[tuple[bool, bool, MainChange]]) -> MainChange | None:
    """Scores of one instrument, oldest first: (since they met, never met, score)."""
    is_after, never, newest = scores[-1]
    if not is_after:
        return None
    earlier = [one for after, _, one in scores[:-1] if never or not after]
    then = earlier[-1].now if earlier else None
    return MainChange(
        newest.instrument, newest.version, newest.scale, then, newest.now, newest.now_at
    )
