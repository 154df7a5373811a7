"""The published diary of one person drives the same report: a fortnight before and one after the
relapse that the study describes around day 127.
"""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest
import yaml

from holdfast.sense.assessments import pdf
from holdfast.sense.assessments.engine.counting import FeatureCount, Given, Report, count
from holdfast.sense.assessments.engine.mapping import (
    DiaryMapping,
    Moment,
    given,
    not_covered,
    parse_mapping,
)
from holdfast.sense.assessments.engine.plan import load
from holdfast.sense.assessments.engine.sheet import About, Sheet, compose
from holdfast.sense.measures.engine.catalogue import builtin
from tests.shared import shared_path

PLAN = load()
PACK = builtin().get("mood-days", "1.0.0")
DAY_ONE = date(2012, 8, 13)
#: Days 60 to 73 of the study, before, and days 150 to 163, after the transition.
BEFORE, AFTER = DAY_ONE + timedelta(days=59), DAY_ONE + timedelta(days=149)


@pytest.fixture(scope="module")
def mapping() -> DiaryMapping:
    path = files("holdfast.cli.demo") / "content" / "single-case-fortnight.yaml"
    return parse_mapping(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def diary(mapping: DiaryMapping) -> list[Moment]:
    names = {column.column for column in mapping.columns}
    path = shared_path("data", "real", "esm_single_case_239_days.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert names <= rows[0].keys()
    return [
        Moment(
            datetime.strptime(row["date"], "%d/%m/%y").replace(tzinfo=UTC).date(),
            int(row["beeptime"].split(":")[0]),
            {name: float(row[name]) for name in names if row[name]},
        )
        for row in rows
    ]


def fortnight(mapping: DiaryMapping, diary: list[Moment], first: date) -> Report:
    answers: list[Given] = given(PLAN, mapping, diary, starts_on=first)
    after = first + timedelta(days=PLAN.days)
    return count(PLAN, answers, starts_on=first, today=after, closed=42)


def feature(report: Report, name: str) -> FeatureCount:
    return next(one for one in (*report.features, *report.apart) if one.id == name)


def by_hand(diary: list[Moment], first: date, column: str, at_least: float) -> set[date]:
    """The days on which a column reached a level, counted without the engine."""
    days = {first + timedelta(days=number) for number in range(14)}
    return {m.on for m in diary if m.on in days and m.values.get(column, -99) >= at_least}


def sheet(mapping: DiaryMapping, report: Report, language: str) -> Sheet:
    about = About(
        person="Single case",
        practice="Demo",
        phone="",
        made_on=report.ends_on + timedelta(days=1),
        not_covered=not_covered(PLAN, mapping),
    )
    return compose(report, PLAN, PACK, about, language=language, say_day=date.isoformat)


@pytest.mark.parametrize("first", [BEFORE, AFTER], ids=["before", "after"])
def test_days_are_those_of_the_diary(
    mapping: DiaryMapping, diary: list[Moment], first: date
) -> None:
    report = fortnight(mapping, diary, first)
    for name, column, level in (
        ("depressed-mood", "mood_down", 1),
        ("worth-guilt", "mood_guilty", 1),
        ("anxiety", "mood_anxious", 1),
        ("energy", "phy_tired", 5),
        ("death", "SCL.90.R.15", 2),
    ):
        days = by_hand(diary, first, column, level)
        found = feature(report, name)
        marked = {first + timedelta(n) for n, day in enumerate(found.days) if day == "reported"}
        assert (marked, found.reported) == (days, len(days)), name
    assert report.answered_days == 14


def test_more_is_reported_after_the_relapse_than_before(
    mapping: DiaryMapping, diary: list[Moment]
) -> None:
    before, after = (fortnight(mapping, diary, first) for first in (BEFORE, AFTER))
    assert sum(one.reported for one in after.features) > sum(
        one.reported for one in before.features
    )
    # Thoughts of ending one's life first rise on day 148: asked weekly, so on a day or two.
    assert feature(before, "death").reported == 0
    assert 1 <= feature(after, "death").reported <= 2


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_the_diary_cannot_tell_is_said(
    mapping: DiaryMapping, diary: list[Moment], language: str
) -> None:
    report = fortnight(mapping, diary, AFTER)
    assert not_covered(PLAN, mapping) == (
        "appetite-weight", "functioning", "past-mania", "bereavement", "substances", "illness",
    )  # fmt: skip
    assert feature(report, "appetite-weight").answered == 0
    made = sheet(mapping, report, language)
    rows = [row for group in (*made.features, made.apart) for row in group.rows]
    (said,) = made.counted.after
    for name in ("appetite-weight", "functioning"):
        assert next(row.name for row in rows if row.id == name) in said
    assert pdf.render(made, report, made_at=datetime(2013, 1, 24, tzinfo=UTC)).startswith(b"%PDF")


def test_every_line_of_the_mapping_says_why(mapping: DiaryMapping) -> None:
    assert all(column.why for column in mapping.columns)
    assert all((one.at_least is None) != (one.at_most is None) for one in mapping.columns)
    assert "10.5334/jopd.29" in mapping.source
