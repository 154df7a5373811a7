"""A finished fourteen-day assessment for the demo: plainly synthetic, and nobody's own."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from holdfast.core import clock
from holdfast.core.tenancy.models import Client, Membership
from holdfast.sense.assessments.engine.asking import Asked, questions
from holdfast.sense.assessments.engine.plan import Plan, load
from holdfast.sense.assessments.models import Assessment
from holdfast.sense.measures.engine.catalogue import builtin
from holdfast.sense.measures.engine.schedule import DailyTimes, Rule, Window, rule_data, windows
from holdfast.sense.measures.importing.records import Answers, Entry, Person
from holdfast.sense.measures.importing.store import Store
from holdfast.sense.measures.models import Assignment, Prompt, Response
from holdfast.sense.measures.prompting.rows import prompt_id

SEED = 20261123
#: (day, place in the day) of the prompts nobody answered.
MISSED = {(3, 1), (5, 2), (6, 0), (9, 0), (9, 1), (9, 2), (12, 2)}
#: How probable "quite a lot" or more is, per item; thoughts of death never.
LIKELY = {
    "md_mood": 0.45, "md_interest": 0.4, "md_sleep": 0.6, "md_energy": 0.6,
    "md_concentration": 0.4, "md_appetite": 0.2, "md_worth": 0.3, "md_hope": 0.2,
    "md_pace": 0.15, "md_anxiety": 0.5, "md_function": 0.4,
}  # fmt: skip
PLAIN = {
    "md_mania": 0, "md_bereavement": 0, "md_substance": 2, "md_illness": 0, "md_weight": 0,
    "md_death": 0, "md_mood_most": 1, "md_interest_most": 0, "md_worth_kind": 2,
    "md_sleep_kind": 3, "md_appetite_kind": 1, "md_pace_kind": 2,
}  # fmt: skip


def add(person: Person, client: Client, store: Store, *, first: date, by: Membership) -> None:
    """Write an assessment that began on `first` and has ended, with its prompts and answers."""
    plan = load()
    rule = _rule(plan, first)
    zone = ZoneInfo(client.time_zone)
    begun = datetime.combine(first, time(0), zone)
    laid = windows(rule, zone, begun, begun + timedelta(days=plan.days + 1))
    given = _answers(plan, first, laid)
    store.run((_entry(person, plan, one, codes) for one, codes in given.items()), lambda line: None)
    assignment = _assignment(client, plan, rule, begun - timedelta(hours=12), by)
    found = Response.objects.filter(client=client, instrument=plan.instrument.id)
    by_instant = {row.answered_at: row.pk for row in found}
    Prompt.objects.bulk_create(
        _prompt(assignment, client, window, by_instant.get(_answered_at(window))) for window in laid
    )
    Assessment.objects.create(
        practice=client.practice,
        client=client,
        plan=plan.id,
        version=plan.version,
        assignment_id=assignment.pk,
        starts_on=first,
        ends_on=first + timedelta(days=plan.days - 1),
        times=[prompt.at for prompt in plan.prompts],
        by_person=True,
        created_at=assignment.created_at,
        announced_at=clock.now(),
    )


def _rule(plan: Plan, first: date) -> Rule:
    return Rule(
        when=DailyTimes(tuple(time.fromisoformat(prompt.at) for prompt in plan.prompts)),
        starts_on=first,
        ends_on=first + timedelta(days=plan.days - 1),
        window_minutes=plan.window_minutes,
    )


def _answered_at(window: Window) -> datetime:
    return window.opens_at + timedelta(minutes=25)


def _answers(plan: Plan, first: date, laid: list[Window]) -> dict[datetime, dict[str, int]]:
    """What was answered at which instant: what the plan puts, and the follow-ups."""
    dice = random.Random(SEED)  # noqa: S311 (no secret)
    pack = builtin().get(plan.instrument.id, plan.instrument.version)
    follow_ups = {item.id: str(item.show_if.item) for item in pack.items if item.show_if}
    known: list[Asked] = []
    found = {}
    for window in laid:
        day, prompt = (window.local_date - first).days + 1, plan.prompt_ids[window.slot]
        if (day, window.slot) in MISSED:
            continue
        codes = {
            item: PLAIN[item] if item in PLAIN else _amount(dice, LIKELY[item])
            for item in questions(plan, day, prompt, known)
        }
        codes |= {item: PLAIN[item] for item, of in follow_ups.items() if codes.get(of, 0) >= 2}
        known.append(Asked(day, prompt, frozenset(codes)))
        found[_answered_at(window)] = codes
    return found


def _amount(dice: random.Random, likely: float) -> int:
    return dice.choice((2, 2, 3)) if dice.random() < likely else dice.choice((0, 1))


def _entry(person: Person, plan: Plan, at: datetime, codes: Mapping[str, int]) -> Entry:
    answers = Answers(plan.instrument.id, at, items=dict(codes), key="synthetic")
    return Entry(1, person, (answers,))


def _assignment(
    client: Client, plan: Plan, rule: Rule, created_at: datetime, by: Membership
) -> Assignment:
    data = rule_data(rule)
    del data["starts_on"], data["ends_on"]
    return Assignment.objects.create(
        practice=client.practice,
        client=client,
        instrument=plan.instrument.id,
        rule=data,
        starts_on=rule.starts_on,
        ends_on=rule.ends_on,
        created_by=by,
        created_at=created_at,
        planned_until=clock.now(),
    )


def _prompt(
    assignment: Assignment, client: Client, window: Window, answer: uuid.UUID | None
) -> Prompt:
    return Prompt(
        id=prompt_id(assignment.pk, window.local_date, window.slot),
        practice=client.practice,
        client=client,
        assignment=assignment,
        local_date=window.local_date,
        slot=window.slot,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        time_zone=client.time_zone,
        state=Prompt.State.MISSED if answer is None else Prompt.State.ANSWERED,
        answered_by=answer,
    )
