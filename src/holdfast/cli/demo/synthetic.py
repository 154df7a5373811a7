"""Generated records for the demo: plainly synthetic, the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from holdfast.sense.measures.importing.records import Answers, Entry, Happening, Person

SEED = 20261123
#: (name, PHQ-9 total at the start, weekly change): a spread of courses, none anybody's own.
COURSES = (
    ("Synthetic person A", 18, -1.4),
    ("Synthetic person B", 15, -0.9),
    ("Synthetic person C", 12, 0.1),
    ("Synthetic person D", 9, 1.1),
    ("Synthetic person E", 20, -0.3),
    ("Synthetic person F", 14, -1.2),
    ("Synthetic person G", 11, 0.0),
    ("Synthetic person H", 16, -1.6),
)
WEEKS = 8
ROBIN = Person("synthetic:robin", "Robin (synthetic)")
#: PHQ-9 and GAD-7 totals week by week. The last two are reliably worse than those before the
#: meeting: by more than 6 and 4 points, the reliable change in the packs.
ROBIN_WEEKS = ((8, 6), (7, 6), (8, 5), (6, 5), (7, 4), (6, 4), (12, 8), (15, 11))
ROBIN_MET_AFTER = timedelta(days=38)


def _spread(total: int, items: int, dice: random.Random) -> list[int]:
    """Codes of 0 to 3 that add up to `total`, spread over the items at random."""
    codes = [0] * items
    for _ in range(max(0, min(total, 3 * items))):
        codes[dice.choice([i for i, code in enumerate(codes) if code < 3])] += 1
    return codes


def questionnaire(instrument: str, stem: str, total: int, items: int, at: datetime) -> Answers:
    """A filled-in questionnaire with this total."""
    dice = random.Random(f"{SEED}|{instrument}|{total}|{at.date()}")  # noqa: S311 (no secret)
    codes = _spread(total, items, dice)
    named = {f"{stem}_{number}": code for number, code in enumerate(codes, start=1)}
    return Answers(instrument=instrument, at=at, items=named, key="synthetic")


def weekly(person: Person, start: float, slope: float, first: datetime) -> Iterator[Entry]:
    """Eight weeks of PHQ-8 and GAD-7. PHQ-8 has no item about death: nothing here looks like it."""
    dice = random.Random(f"{SEED}|{person.external_id}")  # noqa: S311 (no secret)
    for week in range(WEEKS):
        at = first + timedelta(weeks=week, minutes=dice.randrange(600))
        level = start + slope * week + dice.gauss(0, 1.2)
        depression = questionnaire("phq-8", "phq8", round(level), 8, at)
        anxiety = questionnaire("gad-7", "gad7", round(0.7 * level), 7, at)
        yield Entry(week + 1, person, (depression, anxiety))


def group(first: datetime) -> Iterator[Entry]:
    """A small practice's worth of people."""
    for number, (name, start, slope) in enumerate(COURSES, start=1):
        yield from weekly(Person(f"synthetic:{number}", name), start, slope, first)


def robin(first: datetime) -> Iterator[Entry]:
    """The person with an account. Item 9 of every PHQ-9 is 0."""
    for week, (depression, anxiety) in enumerate(ROBIN_WEEKS):
        at = first + timedelta(weeks=week)
        low = questionnaire("phq-9", "phq9", depression, 8, at)
        calm = questionnaire("gad-7", "gad7", anxiety, 7, at)
        whole = replace(low, items={**low.items, "phq9_9": 0})
        yield Entry(week + 1, ROBIN, (whole, calm))


def single_case(first: datetime, days: int = 120, turn: int = 70) -> Iterator[Entry]:
    """One person's daily moments through a worsening on day `turn`, with falling doses."""
    person = Person("synthetic:single-case", "Synthetic single case")
    dice = random.Random(SEED)  # noqa: S311 (no secret)
    doses = {0: 100.0, 28: 50.0, 56: 0.0}
    for day in range(days):
        at = first + timedelta(days=day)
        worse = day >= turn
        pleasant = [_bounded(dice.gauss(3.0 if worse else 5.0, 0.8)) for _ in range(5)]
        unpleasant = [_bounded(dice.gauss(4.0 if worse else 2.0, 0.8)) for _ in range(6)]
        answers = [Answers("momentary-mood", at, items=_moment(pleasant, unpleasant))]
        if day % 7 == 0:
            answers.append(questionnaire("phq-8", "phq8", 15 if worse else 5 + day % 3, 8, at))
        steps = tuple(
            Happening("medication", f"Dose {dose:g} mg", at, dose, "mg")
            for start, dose in doses.items()
            if start == day
        )
        yield Entry(day + 1, person, tuple(answers), steps)


def _bounded(value: float) -> int:
    return max(1, min(7, round(value)))


def _moment(pleasant: list[int], unpleasant: list[int]) -> dict[str, object]:
    names = ("relaxed", "satisfied", "enthusiastic", "cheerful", "strong")
    items: dict[str, object] = {
        f"mood_{name}": code for name, code in zip(names, pleasant, strict=True)
    }
    others = ("mood_irritated", "mood_suspicious", "mood_doubting", "restless", "agitated")
    items |= dict(zip((*others, "worrying"), unpleasant, strict=True))
    return items
