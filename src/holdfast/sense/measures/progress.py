"""The course of a person's scores, with what is more than noise and what happened beside it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from holdfast.sense.measures import packs, queries
from holdfast.sense.measures.engine.catalogue import UnknownInstrument
from holdfast.sense.measures.engine.change import ChangeError, change_points, theil_sen
from holdfast.sense.measures.engine.change.person import VERDICTS, Basis, Verdict, change_of
from holdfast.sense.measures.engine.instrument import Band, Direction, Instrument, Scale
from holdfast.sense.measures.models import Score
from holdfast.sense.measures.queries import EventView

#: A shift in level is looked for from this many measurements on (two levels of at least three).
MIN_FOR_CHANGE_POINT = 8
MIN_FOR_TREND = 4
#: Longer courses are averaged by week before anything is fitted: momentary answers resemble their
#: neighbours, which the search for a shift would mistake for one.
MAX_FITTED = 120
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Point:
    """One score."""

    response_id: uuid.UUID
    at: datetime
    value: float
    band: str | None
    historical: bool


@dataclass(frozen=True)
class Change:
    """The newest score against the first; see `engine.change.person`."""

    first: float
    now: float
    points: float
    index: float | None
    reliable_points: float | None
    verdict: Verdict
    basis: Basis


@dataclass(frozen=True)
class Shift:
    """Where the level of the course shifted: after `at`, by `first_after`."""

    at: datetime
    first_after: datetime
    level_before: float
    level_after: float
    earliest: datetime
    latest: datetime


@dataclass(frozen=True)
class Trend:
    """Points per week (Theil and Sen) with a 95 % interval."""

    per_week: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Series:
    """One scale of one instrument over time, oldest first."""

    instrument: str
    version: str
    scale: str
    main: bool
    title: str
    direction: Direction
    range: tuple[float, float]
    bands: tuple[Band, ...]
    points: tuple[Point, ...]
    change: Change | None
    changepoint: Shift | None
    trend: Trend | None


@dataclass(frozen=True)
class Progress:
    series: tuple[Series, ...]
    events: tuple[EventView, ...]


def progress(
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Progress:
    """Every scale's course between two instants, and the events. Two statements."""
    rows = Score.objects.filter(practice_id=practice_id, client_id=client_id)
    if since is not None:
        rows = rows.filter(answered_at__gte=since)
    if until is not None:
        rows = rows.filter(answered_at__lt=until)
    values = rows.order_by("answered_at", "id").values_list(
        "instrument",
        "response__version",
        "scale",
        "response_id",
        "answered_at",
        "value",
        "band",
        "historical",
    )
    courses: dict[tuple[str, str], list[Point]] = {}
    versions: dict[str, str] = {}
    for instrument, version, scale, response_id, at, value, band, historical in values:
        versions[instrument] = version
        point = Point(response_id, at, value, band or None, historical)
        courses.setdefault((instrument, scale), []).append(point)
    events = queries.life_events(practice_id, client_id, since=since, until=until)
    return Progress(
        series=tuple(_all_series(courses, versions)),
        events=tuple(queries.event_view(row) for row in events),
    )


def _all_series(
    courses: dict[tuple[str, str], list[Point]], versions: dict[str, str]
) -> list[Series]:
    """In the order of the catalogue; a scale that its instrument no longer has is left out."""
    found = []
    for name, version in versions.items():
        try:
            instrument = packs.catalogue().get(name, version)
        except UnknownInstrument:
            continue
        for position, scale in enumerate(instrument.scales):
            points = courses.get((name, scale.id))
            if points:
                found.append(series(instrument, scale, points, main=position == 0))
    return found


def series(instrument: Instrument, scale: Scale, points: Sequence[Point], *, main: bool) -> Series:
    """One scale's course with what can be said of it. Pure."""
    return Series(
        instrument=instrument.id,
        version=instrument.version,
        scale=scale.id,
        main=main,
        title=instrument.title,
        direction=instrument.direction_of(scale.id),
        range=scale.range,
        bands=scale.bands,
        points=tuple(points),
        change=_change(instrument, scale, points),
        changepoint=_shift(points),
        trend=_trend(points),
    )


def _change(instrument: Instrument, scale: Scale, points: Sequence[Point]) -> Change | None:
    if len(points) < 2:
        return None
    first, now = points[0].value, points[-1].value
    found = change_of(instrument, scale.id, first, now)
    return Change(
        first=first,
        now=now,
        points=now - first,
        index=None if found.index is None else float(found.index[0]),
        reliable_points=found.reliable_points,
        verdict=VERDICTS[found.verdict[0]],
        basis=found.basis,
    )


def weekly(points: Sequence[Point]) -> list[tuple[datetime, float]]:
    """Means by week counted from the first score, at the time of each week's last score."""
    start = points[0].at
    weeks: dict[int, list[Point]] = {}
    for point in points:
        weeks.setdefault((point.at - start) // WEEK, []).append(point)
    return [
        (week[-1].at, float(np.mean([point.value for point in week]))) for week in weeks.values()
    ]


def _fitted(points: Sequence[Point]) -> list[tuple[datetime, float]]:
    if len(points) > MAX_FITTED:
        return weekly(points)
    return [(point.at, point.value) for point in points]


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _shift(points: Sequence[Point]) -> Shift | None:
    course = _fitted(points)
    if len(course) < MIN_FOR_CHANGE_POINT:
        return None
    try:
        found = change_points([at.timestamp() for at, _ in course], [value for _, value in course])
    except ChangeError:
        return None
    primary = found.primary
    if primary is None:
        return None
    return Shift(
        at=_instant(primary.at),
        first_after=_instant(primary.first_after),
        level_before=primary.level_before,
        level_after=primary.level_after,
        earliest=_instant(primary.plausible[0]),
        latest=_instant(primary.plausible[1]),
    )


def _trend(points: Sequence[Point]) -> Trend | None:
    course = _fitted(points)
    if len(course) < MIN_FOR_TREND:
        return None
    start = course[0][0]
    weeks = [(at - start) / WEEK for at, _ in course]
    try:
        slope = theil_sen(weeks, [value for _, value in course])
    except ChangeError:
        return None
    return Trend(slope.slope, slope.low, slope.high, slope.n)
