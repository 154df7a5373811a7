"""Many answers in one table are read, refused and scored as they are one by one."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from holdfast.sense.measures.engine.catalogue import builtin
from holdfast.sense.measures.engine.instrument import Instrument
from holdfast.sense.measures.importing.records import Answers
from holdfast.sense.measures.importing.scored import Reading, read, score_all

AT = datetime(2020, 1, 1, tzinfo=UTC)
PHQ9 = builtin().get("phq-9")
ZEROS = [0.0] * len(PHQ9.items)


def reading(instrument: Instrument, codes: list[object]) -> Reading:
    """Codes of the items in the instrument's order; named from the last to the first."""
    names = [item.id for item in instrument.items]
    items = dict(reversed([*zip(names, codes, strict=True)]))
    return read(instrument, Answers(instrument.id, AT, items=items), None)


def results(readings: list[Reading]) -> list[object]:
    return [(one.fault, one.scored, [*one.said.items()] if one.scored else []) for one in readings]


def one_by_one(instrument: Instrument, rows: list[list[object]]) -> list[object]:
    found = [reading(instrument, codes) for codes in rows]
    for each in found:
        score_all([each])
    return results(found)


def together(instrument: Instrument, rows: list[list[object]]) -> list[object]:
    found = [reading(instrument, codes) for codes in rows]
    score_all(found)
    return results(found)


@pytest.mark.parametrize("instrument", list(builtin()), ids=lambda one: f"{one.id}-{one.version}")
def test_together_and_one_by_one_give_the_same_for_every_instrument(
    instrument: Instrument,
) -> None:
    chance = random.Random(instrument.id)

    def code(name: str, *, gaps: bool) -> object:
        options = instrument.options_of(name)
        some = [float(one) for one in options.codes] or [options.lowest, options.highest]
        return None if gaps and chance.random() < 0.2 else chance.choice(some)

    rows = [
        [code(item.id, gaps=number % 2 == 0) for item in instrument.items] for number in range(60)
    ]
    # All lowest and all highest: where the rules of alerts begin to hold.
    options = [instrument.options_of(item.id) for item in instrument.items]
    rows += [[one.lowest for one in options], [one.highest for one in options]]
    assert together(instrument, rows) == one_by_one(instrument, rows)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (7.0, "expected 0, 1, 2, 3, got 7.0"),
        (float("nan"), "got nan"),
        (float("inf"), "got inf"),
        (10**400, "got 1000"),
        (True, "got True"),
        ("much", "got 'much'"),
    ],
    ids=["other", "nan", "infinite", "huge", "bool", "text"],
)
def test_a_code_that_is_none_is_refused_alone(bad: object, said: str) -> None:
    rows: list[list[object]] = [[*ZEROS] for _ in range(20)]
    rows[11][4] = bad
    found = [reading(PHQ9, codes) for codes in rows]
    score_all(found)
    assert [number for number, one in enumerate(found) if one.fault] == [11]
    assert found[11].fault.startswith("phq-9: phq9_5: ")
    assert said in found[11].fault
    assert sum(one.scored is not None for one in found) == 19


def test_codes_written_as_text_count_as_numbers() -> None:
    rows: list[list[object]] = [["1", "2.0", 3, *ZEROS[3:]] for _ in range(20)]
    numbers: list[list[object]] = [[1.0, 2.0, 3.0, *ZEROS[3:]] for _ in range(20)]
    assert together(PHQ9, rows) == together(PHQ9, numbers)


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ({"phq9_1": 0, "mood": 1}, "phq-9: mood: no such item in phq-9"),
        ({"phq9_1": 0, "PHQ9-1": 1}, "phq-9: phq9_1: answered twice"),
        ({"phq9_1": None}, "phq-9: no answer"),
    ],
)
def test_names_that_do_not_fit_are_refused(items: dict[str, object], reason: str) -> None:
    assert read(PHQ9, Answers("phq-9", AT, items=items), None).fault == reason
