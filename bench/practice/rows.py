"""Made-up answers and meetings, the same every time, as rows for a bulk load.

Every person answers PHQ-9 and GAD-7 once a week, 100 answers in 50 weeks, and is met every second
week. Rows come in the order of time, as they would over a year: one person's lie far apart.
Values are text in the form that both databases read; None is NULL.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson

from holdfast.sense.measures.engine.catalogue import builtin
from holdfast.sense.measures.engine.instrument import Instrument
from holdfast.sense.measures.engine.scoring import score

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WEEKS = 50
INSTRUMENTS = ("phq-9", "gad-7")
RESPONSES_EACH = WEEKS * len(INSTRUMENTS)
#: Of this many people one has answered nothing for the last three weeks.
SILENT_ONE_IN = 7

Row = tuple[str | None, ...]

RESPONSE_COLUMNS = (
    "id", "practice_id", "client_id", "instrument", "version", "language", "answers",
    "answered_at", "claimed_at", "started_at", "received_at", "time_zone", "local_date", "source",
    "historical", "content_digest", "parent", "band", "missing", "alerts",
)  # fmt: skip
SCORE_COLUMNS = (
    "id", "practice_id", "client_id", "response_id", "instrument", "scale", "main", "value",
    "band", "answered_at", "historical",
)  # fmt: skip
ENCOUNTER_COLUMNS = (
    "id", "practice_id", "client_id", "membership_id", "status", "medium", "starts_at",
    "ended_at", "created_at",
)  # fmt: skip
PROMPT_COLUMNS = (
    "id", "practice_id", "client_id", "assignment_id", "local_date", "slot", "opens_at",
    "closes_at", "time_zone", "state", "answered_by", "reminded", "snoozes", "snoozed_until",
    "undelivered", "next_at",
)  # fmt: skip
#: So many weeks back there are prompts; pages look four weeks back.
PROMPT_WEEKS = 12


class Filled:
    """An instrument filled in for every total: answers, band and alerts as the engine has them."""

    def __init__(self, name: str) -> None:
        self.instrument = builtin().get(name)
        self.top = int(self.instrument.scales[0].range[1])
        self.sheets = [self._sheet(self.instrument, total) for total in range(self.top + 1)]

    @staticmethod
    def _sheet(instrument: Instrument, total: int) -> tuple[str, str, str]:
        answers: dict[str, int | None] = {}
        for position, item in enumerate(one for one in instrument.items if one.scored):
            answers[item.id] = min(3, max(0, total - 3 * position))
        scored = score(instrument, answers)
        if scored.scores["total"] != total:
            raise AssertionError(f"{instrument.id}: {scored.scores} is not {total}")
        alerts = orjson.dumps([asdict(alert) for alert in scored.alerts]).decode()
        return orjson.dumps(answers).decode(), scored.band or "", alerts


def identifier(at: datetime, number: int) -> str:
    """A UUIDv7 of an instant, in hexadecimal; `number` takes the place of its random bits."""
    return f"{int(at.timestamp() * 1000):012x}7000{0x8000000000000000 + number:016x}"


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


def totals(people: int, top: int, seed: int) -> list[list[int]]:
    """Totals by week and person: a level, a slow drift either way, and noise between weeks."""
    rng = np.random.default_rng(seed)
    level = rng.uniform(0.2, 0.75, people) * top
    drift = rng.normal(-0.1, 0.2, people) * top / WEEKS
    noise = rng.normal(0, 0.08 * top, (WEEKS, people))
    course = level + drift * np.arange(WEEKS)[:, None] + noise
    found: list[list[int]] = course.round().clip(0, top).astype(int).tolist()
    return found


def answered_at(week: int, person: int) -> datetime:
    """When a person answers in a week (0 the first): each at a minute of the week of their own."""
    silent = timedelta(weeks=3) if person % SILENT_ONE_IN == 0 else timedelta()
    return NOW - timedelta(weeks=WEEKS - 1 - week, minutes=1 + person % 10_000) - silent


def answers(practice: uuid.UUID, clients: list[uuid.UUID]) -> Iterator[tuple[Row, Row]]:
    """Each response with its one score."""
    forms = [Filled(name) for name in INSTRUMENTS]
    courses = [totals(len(clients), form.top, seed) for seed, form in enumerate(forms)]
    names = [client.hex for client in clients]
    number = 0
    for week in range(WEEKS):
        for person, client in enumerate(names):
            at = answered_at(week, person)
            for form, course in zip(forms, courses, strict=True):
                number += 1
                value = course[week][person]
                yield _answer(practice.hex, client, form, value, at, number)
                at += timedelta(seconds=40)


def _answer(
    practice: str, client: str, form: Filled, value: int, at: datetime, number: int
) -> tuple[Row, Row]:
    sheet, band, alerts = form.sheets[value]
    key, when, name = identifier(at, number), _text(at), form.instrument.id
    response = (
        key, practice, client, name, form.instrument.version, "en", sheet, when, None, None, when,
        "Europe/Berlin", when[:10], "app", "0", f"{number:064x}", None, band, "[]", alerts,
    )  # fmt: skip
    scale = (
        identifier(at, 2**40 + number), practice, client, key, name, "total", "1", str(value),
        band, when, "0",
    )  # fmt: skip
    return response, scale


def moments(practice: uuid.UUID, client: uuid.UUID, count: int) -> Iterator[tuple[Row, list[Row]]]:
    """One person's mood answers six times a day, each with three scores; a shift half-way."""
    form = builtin().get("mood")
    rng = np.random.default_rng(count)
    scales = ("valence", "arousal", "energy")
    tops = [form.scale(name).range[1] for name in scales]
    for position in range(count):
        at = NOW - timedelta(hours=4 * (count - position))
        shares = (rng.normal(0.6 if position < count / 2 else 0.4, 0.15, 3)).clip(0, 1)
        values = [str(round(float(share) * top)) for share, top in zip(shares, tops, strict=True)]
        key, when = identifier(at, 2**41 + position), _text(at)
        given = {f"mood_{name}": int(value) for name, value in zip(scales, values, strict=True)}
        response: Row = (
            key, practice.hex, client.hex, form.id, form.version, "en",
            orjson.dumps(given).decode(), when, None, None, when, "Europe/Berlin", when[:10],
            "app", "0", f"{position:064x}", None, "", "[]", "[]",
        )  # fmt: skip
        yield (
            response,
            [
                (
                    identifier(at, 2**42 + 3 * position + place), practice.hex, client.hex, key,
                    form.id, name, "1" if place == 0 else "0", value, "", when, "0",
                )
                for place, (name, value) in enumerate(zip(scales, values, strict=True))
            ],
        )  # fmt: skip


def meetings(
    practice: uuid.UUID, clients: list[uuid.UUID], clinicians: list[uuid.UUID]
) -> Iterator[Row]:
    """25 finished meetings of each person, and a planned one of two people in three."""
    number = 0
    for fortnight in range(WEEKS // 2 + 1):
        for person, client in enumerate(clients):
            planned = fortnight == WEEKS // 2
            if planned and person % 3 == 0:
                continue
            number += 1
            back = timedelta(weeks=WEEKS - 2 - 2 * fortnight, minutes=(7 * person) % 10_000)
            at = NOW + timedelta(weeks=2) - back if planned else NOW - timedelta(hours=1) - back
            end = None if planned else _text(at + timedelta(minutes=50))
            clinician = clinicians[person % len(clinicians)]
            yield (
                identifier(at, 2**43 + number), practice.hex, client.hex, clinician.hex,
                "planned" if planned else "finished", "video", _text(at), end, _text(NOW),
            )  # fmt: skip


def prompts(
    practice: uuid.UUID, clients: list[uuid.UUID], assignments: list[uuid.UUID]
) -> Iterator[Row]:
    """Each week's asking of each assignment (of a person one after the other), and its outcome."""
    for week in range(WEEKS - PROMPT_WEEKS, WEEKS):
        for person, client in enumerate(clients):
            opens = NOW - timedelta(weeks=WEEKS - 1 - week, minutes=1 + person % 10_000)
            silent = person % SILENT_ONE_IN == 0 and week >= WEEKS - 3
            for assignment in assignments[2 * person : 2 * person + 2]:
                day = _text(opens)[:10]
                key = uuid.uuid5(assignment, f"{day}/0")  # as measures.prompting.rows.prompt_id
                yield (
                    key.hex, practice.hex, client.hex, assignment.hex, day, "0",
                    _text(opens), _text(opens + timedelta(days=1)),
                    "Europe/Berlin", "missed" if silent else "answered", None, "0", "0", None,
                    "0", None,
                )  # fmt: skip
