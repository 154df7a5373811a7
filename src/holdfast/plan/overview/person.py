"""The person's page: what changed since they last met."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from holdfast.core.notify import facade as notify
from holdfast.core.tenancy.models import Client
from holdfast.meet.encounters import facade as encounters
from holdfast.safety.flags import facade as flags
from holdfast.sense.measures import facade as measures
from holdfast.sense.measures.engine.change.person import Verdict

#: Where they never met, the page looks back this far.
LOOK_BACK = timedelta(days=28)


@dataclass(frozen=True)
class ScoreChange:
    """One scale: the last score before they met, the latest one, and whether that is more than
    measurement error. `rci` is the Jacobson-Truax index where the pack's figures allow one.
    """

    instrument: str
    scale: str
    title: str
    then: float | None
    now: float | None
    then_at: datetime | None
    now_at: datetime | None
    then_band: str | None
    now_band: str | None
    rci: float | None
    reliable_points: float | None
    verdict: Verdict
    explanation_code: str
    source: str | None


@dataclass(frozen=True)
class MissedDelivery:
    """A message to the person that did not arrive: a delivery problem, never their silence.

    `reason` is `not-delivered` (no channel took it in time) or `client-silent` (one did, and no app
    of the person was open in time).
    """

    at: datetime
    kind: str
    reason: Literal["not-delivered", "client-silent"]


@dataclass(frozen=True)
class Overview:
    """Everything on the person's page but what is changed there."""

    since: datetime | None
    scores: list[ScoreChange]
    flags: list[flags.FlagStatus]
    adherence: measures.Adherence
    missed_deliveries: list[MissedDelivery]
    progress: measures.Progress
    medications: list[measures.MedicationView]
    encounters: list[encounters.EncounterView]


def overview(client: Client, now: datetime) -> Overview:
    """Gather the page. The number of statements does not grow with the record."""
    practice_id = client.practice_id
    met = encounters.last_met(practice_id, client.pk, now)
    start = met or now - LOOK_BACK
    progress = measures.progress(client)
    adherence = measures.adherence(practice_id, [client.pk], start.date(), now.date())
    return Overview(
        since=met,
        scores=[change for one in progress.series if (change := _change(one, met)) is not None],
        flags=flags.statuses(practice_id, client.pk),
        adherence=adherence.get(client.pk, measures.Adherence(0, 0)),
        missed_deliveries=_missed(practice_id, client, start),
        progress=progress,
        medications=measures.medications(practice_id, client.pk),
        encounters=encounters.encounters_of(practice_id, client.pk),
    )


def _change(series: measures.Series, met: datetime | None) -> ScoreChange | None:
    """The scale's change since they met; over the last two scores where they never met."""
    points = series.points
    if not points:
        return None
    latest = points[-1]
    before = [point for point in points if met is not None and point.at <= met]
    earlier = before[-1] if before else points[-2] if met is None and len(points) > 1 else None
    if earlier is latest:
        earlier = None
    judged = measures.judge(
        series.instrument,
        series.version,
        series.scale,
        None if earlier is None else earlier.value,
        latest.value,
    )
    return ScoreChange(
        instrument=series.instrument,
        scale=series.scale,
        title=series.title,
        then=None if earlier is None else earlier.value,
        now=latest.value,
        then_at=None if earlier is None else earlier.at,
        now_at=latest.at,
        then_band=None if earlier is None else earlier.band,
        now_band=latest.band,
        rci=judged.rci,
        reliable_points=judged.reliable_points,
        verdict=judged.verdict,
        explanation_code=judged.basis,
        source=judged.source,
    )


def _missed(practice_id: uuid.UUID, client: Client, since: datetime) -> list[MissedDelivery]:
    if client.user_id is None:
        return []
    found = notify.recent_problems(practice_id, client.user_id, since)
    return [MissedDelivery(one.at, one.kind, one.reason) for one in found]
