"""The doctor's report as texts in one language: what the page and the PDF both show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from holdfast.sense.assessments.engine.counting import (
    BackgroundCount,
    Day,
    FeatureCount,
    Report,
)
from holdfast.sense.assessments.engine.plan import Feature, Plan
from holdfast.sense.assessments.engine.words import Words, words
from holdfast.sense.measures.engine.instrument import Instrument, Text


@dataclass(frozen=True)
class About:
    """Who the report is about and where it was made. `left_on`: ended before its last day."""

    person: str
    practice: str
    phone: str
    made_on: date
    left_on: date | None = None
    #: Features that these data could not speak about (an imported record), by their ids.
    not_covered: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetFact:
    label: str
    value: str


@dataclass(frozen=True)
class FeatureRow:
    """One feature: on how many days, and day by day. `note` names the kinds."""

    id: str
    name: str
    days: str
    most: str
    course: tuple[Day, ...]
    note: str


@dataclass(frozen=True)
class FeatureGroup:
    title: str
    rows: tuple[FeatureRow, ...]


@dataclass(frozen=True)
class DayMark:
    """What a sign of the day-by-day row means."""

    day: Day
    label: str


@dataclass(frozen=True)
class SheetPart:
    """A heading, paragraphs before, points, paragraphs after."""

    title: str
    before: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetColumns:
    feature: str
    days: str
    most: str
    course: str


@dataclass(frozen=True)
class Sheet:
    """Every text of the report, in reading order."""

    language: str
    direction: Literal["ltr", "rtl"]
    title: str
    audience: str
    facts: tuple[SheetFact, ...]
    running: str
    statement: SheetPart
    features_title: str
    columns: SheetColumns
    features: tuple[FeatureGroup, ...]
    apart: FeatureGroup
    legend: tuple[DayMark, ...]
    counted: SheetPart
    background_title: str
    background: tuple[SheetFact, ...]
    requirement: SheetPart
    next_step: SheetPart
    contact: str
    footer: str
    #: That nobody has reviewed these words yet; empty where somebody has.
    draft_note: str


def compose(
    report: Report,
    plan: Plan,
    instrument: Instrument,
    about: About,
    *,
    language: str,
    say_day: Callable[[date], str],
) -> Sheet:
    """Put a report into words. `say_day` writes a date in that language."""
    say = words(language)
    text = instrument.texts.get(say.language) or instrument.texts["en"]
    clusters = list(dict.fromkeys(one.cluster for one in report.features if one.cluster))
    return Sheet(
        language=say.language,
        direction=say.direction,
        title=say.title,
        audience=say.audience,
        facts=tuple(_facts(report, about, say, say_day)),
        running=_running(report, about, say),
        statement=SheetPart(say.statement.title, (say.statement.text,)),
        features_title=say.sections["features"],
        columns=SheetColumns(
            say.labels["feature"],
            say.labels["days"],
            say.labels["most"],
            say.labels["course"].format(days=report.days),
        ),
        features=tuple(
            FeatureGroup(
                say.clusters[cluster],
                tuple(
                    _row(one, say, instrument, text)
                    for one in report.features
                    if one.cluster == cluster
                ),
            )
            for cluster in clusters
        ),
        apart=FeatureGroup(
            say.sections["apart"],
            tuple(_row(one, say, instrument, text) for one in report.apart),
        ),
        legend=tuple(
            DayMark(day, say.legend[day]) for day in ("reported", "below", "passed", "not-asked")
        ),
        counted=_counted(plan, about, say, instrument, text),
        background_title=say.sections["background"],
        background=tuple(
            SheetFact(say.background[one.id], _known(one, say)) for one in report.background
        ),
        requirement=SheetPart(
            say.sections["requirement"],
            (say.requirement.intro,),
            tuple(say.requirement.points),
            (
                say.requirement.limit,
                say.requirement.source.format(source=_foreign(plan.references["who2024"])),
            ),
        ),
        next_step=SheetPart(say.sections["next"], points=tuple(say.next)),
        contact=(say.contact if about.phone else say.contact_plain).format(
            practice=about.practice, phone=about.phone
        ),
        footer=say.footer,
        draft_note=say.labels["draft"] if say.status == "draft" else "",
    )


def _foreign(words: str) -> str:
    """Words that run left to right whatever stands around them (Unicode's isolates)."""
    return f"\u2066{words}\u2069"


def _facts(
    report: Report, about: About, say: Words, say_day: Callable[[date], str]
) -> list[SheetFact]:
    labels, of = say.labels, say.labels["of"]
    period = labels["range"].format(
        start=say_day(report.starts_on), end=say_day(about.left_on or report.ends_on)
    )
    prompts = report.prompts
    found = [
        SheetFact(labels["person"], about.person),
        SheetFact(labels["practice"], about.practice),
        SheetFact(labels["period"], period),
        SheetFact(labels["made"], say_day(about.made_on)),
        SheetFact(labels["answered-days"], of.format(n=report.answered_days, of=report.days)),
        SheetFact(labels["answered"], of.format(n=prompts.answered, of=prompts.planned)),
        SheetFact(labels["late"], str(prompts.late)),
        SheetFact(labels["missed"], str(prompts.missed)),
    ]
    if about.left_on is not None:
        found.append(SheetFact(labels["left"], say_day(about.left_on)))
    return found


def _running(report: Report, about: About, say: Words) -> str:
    if about.left_on is not None or about.made_on > report.ends_on:
        return ""
    text = say.labels["running-text"].format(begun=report.begun_days, days=report.days)
    return f"{say.labels['running']}. {text}"


def _row(one: FeatureCount, say: Words, instrument: Instrument, text: Text) -> FeatureRow:
    of = say.labels["of"]
    kinds = [
        say.labels["kinds"].format(
            label=_label(instrument, text, kind.item, kind.code), n=kind.days
        )
        for kind in one.kinds
    ]
    return FeatureRow(
        id=one.id,
        name=say.features[one.id],
        days=of.format(n=one.reported, of=one.answered),
        most="" if one.most_of_day is None else str(one.most_of_day),
        course=one.days,
        note=" · ".join(kinds),
    )


def _label(instrument: Instrument, text: Text, item: str, code: int) -> str:
    options = instrument.options_of(item)
    labels: Sequence[str] = text.options[instrument.by_id[item].options]
    return labels[options.codes.index(code)]


def _counted(plan: Plan, about: About, say: Words, instrument: Instrument, text: Text) -> SheetPart:
    levels = tuple(_level(feature, say, instrument, text) for feature in plan.counted)
    missing = [say.features.get(name) or say.background[name] for name in about.not_covered]
    after = (say.not_covered.format(names=" · ".join(missing)),) if missing else ()
    return SheetPart("", (say.counted,), levels, after)


def _level(feature: Feature, say: Words, instrument: Instrument, text: Text) -> str:
    labels = " / ".join(
        _label(instrument, text, item, code) for item, code in feature.reported.items()
    )
    return say.level.format(name=say.features[feature.id], label=labels)


def _known(one: BackgroundCount, say: Words) -> str:
    if not one.answers:
        return say.known["none"]
    day = say.labels["day"]
    return " · ".join(
        f"{say.known[each.answer]} ({day.format(day=each.day)})" for each in one.answers
    )
