"""What answers say in a client's standing: when the last one was given, the newest main scores,
and whether the newest of all is reliably worse than the one before it.

`add` and `keep` take answers as they come in, in their transaction; `worked_out` reads the same
from the rows themselves. Whatever order answers come in, all say the same.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Max, Q, Window
from django.db.models.functions import RowNumber

from holdfast.core import bulk
from holdfast.core.tenancy.models import NEVER, ClientStanding
from holdfast.sense.measures import packs
from holdfast.sense.measures.engine.catalogue import Catalogue, UnknownInstrument
from holdfast.sense.measures.engine.instrument import Instrument
from holdfast.sense.measures.judging import verdict_by
from holdfast.sense.measures.models import Response, Score

#: How many of the latest scores a headline shows as a small line.
RECENT = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: By hand, because it runs with every answer and for thousands of people of an import.
_UPDATE = """
    UPDATE tenancy_clientstanding SET answered_at = %s, scores = %s, deteriorated = %s
    WHERE client_id = %s"""


@dataclass(frozen=True)
class Answered:
    """One response. `value` is the score of the main scale, where there is one."""

    instrument: str
    version: str
    at: datetime
    value: float | None


@dataclass(frozen=True)
class MainScores:
    """The latest scores of an instrument's main scale, oldest first, at most `RECENT`.

    `version` and `at` are those of the newest.
    """

    instrument: str
    version: str
    values: tuple[float, ...]
    at: datetime


def main_scores(scores: Mapping[str, Any]) -> list[MainScores]:
    """What `ClientStanding.scores` says, one per instrument."""
    return [
        MainScores(
            instrument,
            one["version"],
            tuple(value for _, value in one["recent"]),
            _EPOCH + one["recent"][-1][0] * _MICROSECOND,
        )
        for instrument, one in scores.items()
    ]


_EARLIER = """
    SELECT value FROM measures_score
    WHERE practice_id = %s AND client_id = %s AND instrument = %s AND scale = %s
    AND answered_at < %s ORDER BY answered_at {} LIMIT 1"""
#: Two ends of one index in one statement, which the query builder would ask for in two.
_FIRST_AND_LAST = f"SELECT ({_EARLIER.format('ASC')}), ({_EARLIER.format('DESC')})"


def first_and_last(
    standing: ClientStanding, instrument: Instrument, at: datetime
) -> tuple[float, float] | None:
    """The person's first and newest main score from before an instant; None without any.

    The standing says it, unless something newer than `at` is known: then one statement.
    """
    known = standing.scores.get(instrument.id)
    if known is None:
        return None
    newest, last = known["recent"][-1]
    if newest < _microseconds(at):
        return known["first"][1], last
    parameters = bulk.stored(
        Score,
        practice_id=standing.practice_id,
        client_id=standing.client_id,
        instrument=instrument.id,
        scale=instrument.scales[0].id,
        answered_at=at,
    )
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_AND_LAST, parameters * 2)
        found = cursor.fetchone()
    return None if None in found else found


def keep(practice_id: uuid.UUID, answers: Mapping[uuid.UUID, Iterable[Answered]]) -> None:
    """Add the answers of these clients, in the transaction that stores them. Two statements, of
    which the second runs once per client.

    Each client's writers must stand in line (a lock on the client, or rows that refer to it).
    """
    rows = ClientStanding.objects.select_for_update().filter(
        practice_id=practice_id, client_id__in=answers
    )
    known = {
        client_id: (at, scores)
        for client_id, at, scores in rows.order_by("client_id").values_list(
            "client_id", "answered_at", "scores"
        )
    }
    changed = [
        _with(client_id, answered_at, scores, answers[client_id])
        for client_id, (answered_at, scores) in known.items()
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_UPDATE, changed)


def add(standing: ClientStanding, answered: Answered, writes: bulk.Together) -> None:
    """Add one answer to what `standing_for_writer` read in the same transaction. One statement."""
    changed = _with(standing.client_id, standing.answered_at, standing.scores, [answered])
    writes.add(_UPDATE, changed)


def _with(
    client_id: uuid.UUID, answered_at: datetime, scores: dict[str, Any], new: Iterable[Answered]
) -> list[Any]:
    """The parameters of `_UPDATE` after these answers, which go into `scores` as well."""
    for one in new:
        answered_at = max(answered_at, one.at)
        if one.value is not None:
            _add(scores, one, one.value)
    return bulk.stored(
        ClientStanding,
        answered_at=answered_at,
        scores=scores,
        deteriorated=_is_worse(scores, packs.catalogue()),
        client_id=client_id,
    )


def worked_out(
    practice_id: uuid.UUID, client_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, dict[str, Any]]:
    """Our columns for each of these clients, from their responses and scores. Two statements."""
    last = dict(
        Response.objects.filter(practice_id=practice_id, client_id__in=client_ids)
        .values("client_id")
        .annotate(at=Max("answered_at"))
        .values_list("client_id", "at")
    )
    own = [F("client_id"), F("instrument")]
    newest_first = [F("answered_at").desc(), F("value").desc(), F("response__version").desc()]
    oldest_first = [F("answered_at"), F("value")]
    rows = (
        Score.objects.filter(practice_id=practice_id, client_id__in=client_ids, main=True)
        .annotate(place=Window(RowNumber(), partition_by=own, order_by=newest_first))
        .annotate(from_first=Window(RowNumber(), partition_by=own, order_by=oldest_first))
        .filter(Q(place__lte=RECENT) | Q(from_first=1))
        .values_list("client_id", "instrument", "response__version", "answered_at", "value")
    )
    found: dict[uuid.UUID, dict[str, Any]] = defaultdict(dict)
    for client_id, instrument, version, at, value in rows.iterator():
        _add(found[client_id], Answered(instrument, version, at, value), value)
    catalogue = packs.catalogue()
    return {
        client_id: {
            "answered_at": last.get(client_id, NEVER),
            "scores": found.get(client_id, {}),
            "deteriorated": _is_worse(found.get(client_id, {}), catalogue),
        }
        for client_id in client_ids
    }


def forget(practice_id: uuid.UUID, client_id: uuid.UUID) -> None:
    """Nothing was ever answered. One statement."""
    ClientStanding.objects.filter(practice_id=practice_id, client_id=client_id).update(
        answered_at=NEVER, scores={}, deteriorated=False
    )


def _microseconds(at: datetime) -> int:
    """Since 1970: JSON has no instants."""
    return (at - _EPOCH) // _MICROSECOND


def _add(scores: dict[str, Any], one: Answered, value: float) -> None:
    """Put a score in its place. Of two at one instant the higher counts as the newer one, so that
    the order in which they came in makes no difference.
    """
    entry = [_microseconds(one.at), float(value)]
    known = scores.get(one.instrument)
    if known is None:
        scores[one.instrument] = {"version": one.version, "first": entry, "recent": [entry]}
        return
    known["first"] = min(known["first"], entry)
    if [*entry, one.version] > [*known["recent"][-1], known["version"]]:
        known["version"] = one.version
    known["recent"] = sorted([*known["recent"], entry])[-RECENT:]


def _is_worse(scores: Mapping[str, Any], catalogue: Catalogue) -> bool:
    """Whether the newest main score is reliably worse than the same instrument's before it."""
    newest = max(main_scores(scores), key=lambda one: (one.at, one.instrument), default=None)
    if newest is None or len(newest.values) < 2:
        return False
    try:
        instrument = catalogue.get(newest.instrument, newest.version)
    except UnknownInstrument:  # its pack was taken away
        return False
    scale = instrument.scales[0].id
    return verdict_by(instrument, scale, *newest.values[-2:]) == "deteriorated"
