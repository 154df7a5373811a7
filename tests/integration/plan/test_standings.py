"""What is kept for the caseload is what the records say, whatever happened in whatever order."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
import typer
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from holdfast.cli.doctor import check_caseloads
from holdfast.cli.standings import standings_command
from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.identity.actions import Profile, accept
from holdfast.core.identity.erasure import Subject
from holdfast.core.notify import facade as notify
from holdfast.core.notify import standing as messages
from holdfast.core.notify.arrival import judge_expired
from holdfast.core.tenancy import invitations
from holdfast.core.tenancy.models import (
    NEVER,
    Client,
    ClientStanding,
    Membership,
    Practice,
    Role,
)
from holdfast.meet.encounters.actions import change_encounter, record_encounter
from holdfast.meet.encounters.models import Encounter
from holdfast.plan.overview import caseload as module
from holdfast.plan.overview import standings
from holdfast.plan.overview.caseload import caseload
from holdfast.plan.overview.engine import Sort
from holdfast.safety.flags import actions as flag_actions
from holdfast.safety.flags import engine
from holdfast.safety.flags.models import Flag, State
from holdfast.sense.measures import erasure
from holdfast.sense.measures import facade as measures
from holdfast.sense.measures.importing.records import Answers, Entry, Person
from holdfast.sense.measures.importing.store import Store
from holdfast.sense.measures.submission import Submission
from tests import factories

pytestmark = pytest.mark.django_db

PEOPLE = 4
FORMS = {"phq-9": "phq9_{}", "gad-7": "gad7_{}"}


@dataclass
class World:
    dana: Membership
    people: list[Client]
    now: datetime

    @property
    def practice(self) -> Practice:
        return self.dana.practice

    def differing(self) -> list[uuid.UUID]:
        ids = [one.pk for one in self.people]
        return standings.differing(self.practice.pk, ids, self.now)


@pytest.fixture
def world() -> World:
    practice = factories.make_practice()
    factories.set_monitored_hours(practice, "00:00", "23:59", "1234567")
    dana = factories.make_member(practice, "clinician")
    factories.set_on_call(practice, dana)
    people = []
    for number in range(PEOPLE):
        client = factories.make_client(practice, external_id=f"clinic:{number}")
        factories.join_care_team(client, dana)
        people.append(client)
    return World(dana, people, clock.now())


@dataclass(frozen=True)
class Step:
    """Something that happens: `amount` is a score or a choice, `days` how long ago."""

    what: str
    person: int
    amount: int
    days: int


def submit(world: World, step: Step) -> None:
    name = ("phq-9", "gad-7")[step.amount % 2]
    items = 9 if name == "phq-9" else 7
    codes = [min(3, max(0, step.amount - 3 * place)) for place in range(items)]
    answers = {FORMS[name].format(place): code for place, code in enumerate(codes, start=1)}
    client = world.people[step.person]
    measures.submit_response(
        client=client,
        submission_=Submission(
            id=uuid.uuid4(),
            instrument=name,
            version="1.0.0",
            language="en",
            answers=answers,
            answered_at=world.now - timedelta(days=step.days),
            time_zone="Europe/Berlin",
        ),
        by=system(client.practice_id, "test"),
    )


def bring_in(world: World, step: Step) -> None:
    """A file with two records of one day, and a person's older one."""
    refused: list[str] = []
    at = world.now - timedelta(days=step.days)
    entries = [
        Entry(1, Person(f"clinic:{step.person}"), (_totalled(step.amount, at, "a"),)),
        Entry(2, Person(f"clinic:{step.person}"), (_totalled(27 - step.amount, at, "b"),)),
        Entry(
            3,
            Person(f"clinic:{(step.person + 1) % PEOPLE}"),
            (_totalled(step.amount, at - timedelta(days=7), "c"),),
        ),
    ]
    store = Store(
        world.practice,
        measures.catalogue(),
        by=system(world.practice.pk, "import"),
        refuse=lambda _, reason: refused.append(reason),
    )
    store.run(entries, lambda _: None)
    assert not [reason for reason in refused if "other answers" not in reason], refused


def _totalled(total: int, at: datetime, key: str) -> Answers:
    return Answers("phq-9", at, scores={"total": float(total)}, key=key)


def meet(world: World, step: Step) -> None:
    status = ("finished", "planned", "cancelled")[step.amount % 3]
    away = timedelta(days=step.days + 1)
    record_encounter(
        world.people[step.person],
        starts_at=world.now + away if status == "planned" else world.now - away,
        status=status,
        medium="video",
        by=factories.actor_for(world.dana),
    )


def change_meeting(world: World, step: Step) -> None:
    client = world.people[step.person]
    found = Encounter.objects.filter(client=client).first()
    if found is not None:
        change_encounter(
            client,
            found.pk,
            by=factories.actor_for(world.dana),
            starts_at=world.now - timedelta(days=step.days + 1),
            status=("finished", "cancelled")[step.amount % 2],
        )


def miss_a_message(world: World, step: Step) -> None:
    """Told by no channel and expired unseen, up to eight weeks ago."""
    at = world.now - timedelta(days=2 * step.days)
    user_id = world.people[step.person].user_id
    assert user_id is not None
    notify.send(
        practice_id=world.practice.pk, recipients=[user_id], kind="reminder", now=at, expires_at=at
    )
    judge_expired(at)


def turn_up(world: World, step: Step) -> None:
    """A device that was offline says that it had the messages in time."""
    user_id = world.people[step.person].user_id
    assert user_id is not None
    notify.seen(user_id, world.now, world.now - timedelta(days=2 * step.days))


def deal_with_flag(world: World, step: Step) -> None:
    flag = Flag.objects.filter(client=world.people[step.person]).exclude(state=State.CLOSED).first()
    if flag is None:
        return
    by = factories.actor_for(world.dana)
    if flag.state == State.OPEN:
        flag_actions.acknowledge(
            practice_id=flag.practice_id,
            flag_id=flag.pk,
            level=engine.LEVELS[flag.level],
            repeats=flag.repeats,
            by=by,
        )
    else:
        flag_actions.close(
            practice_id=flag.practice_id, flag_id=flag.pk, outcome="no-action-needed", by=by
        )


def forget(world: World, step: Step) -> None:
    client = world.people[step.person]
    assert client.user_id is not None
    erasure.forget(Subject(client.user_id, client.practice_id, client.pk))


DOING: dict[str, Callable[[World, Step], None]] = {
    "submit": submit,
    "submit again": submit,
    "import": bring_in,
    "meet": meet,
    "change meeting": change_meeting,
    "miss a message": miss_a_message,
    "turn up": turn_up,
    "flag": deal_with_flag,
    "forget": forget,
}
STEPS = st.lists(
    st.builds(
        Step,
        what=st.sampled_from(sorted(DOING)),
        person=st.integers(0, PEOPLE - 1),
        amount=st.integers(0, 27),
        days=st.integers(0, 28),
    ),
    max_size=15,
)


@contextmanager
def undone() -> Iterator[None]:
    """Every example begins with the same rows."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    # An example is a few dozen transactions: making a failing one smaller takes longer than CI has.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(steps=STEPS)
@pytest.mark.exhaustive_on_postgres
def test_what_is_kept_is_what_the_records_say(world: World, steps: list[Step]) -> None:
    with undone():
        for step in steps:
            DOING[step.what](world, step)
        messages.forget_old(world.now)
        assert world.differing() == []
        for sort in ("attention", "last_met", "last_answer"):
            assert walked(world, sort) == arranged(world, sort)


def arranged(world: World, sort: Sort) -> list[uuid.UUID]:
    return pages(world, sort, few=1000)


def walked(world: World, sort: Sort) -> list[uuid.UUID]:
    """The whole list as a large caseload is read, a page of three at a time."""
    return pages(world, sort, few=0)


def pages(world: World, sort: Sort, *, few: int) -> list[uuid.UUID]:
    found: list[uuid.UUID] = []
    cursor: str | None = None
    with patch.object(module, "FEW", few), patch.object(module, "PAGE", 3):
        while True:
            page = caseload(
                factories.actor_for(world.dana),
                sort=sort,
                wanted="",
                q="",
                cursor=cursor,
                now=world.now,
            )
            found += [row.client_id for row in page.items]
            assert page.total == PEOPLE
            if page.next is None:
                return found
            cursor = page.next


def test_scores_keep_their_order_and_their_number(world: World) -> None:
    for days in (3, 30, 1, 20, 15, 2, 12, 9, 28, 7):
        submit(world, Step("submit", 0, 2 * (days % 9), days))
    kept = ClientStanding.objects.get(pk=world.people[0].pk)
    assert kept.answered_at == world.now - timedelta(days=1)
    (scores,) = measures.main_scores(kept.scores)
    assert scores.values == tuple(float(2 * (days % 9)) for days in (20, 15, 12, 9, 7, 3, 2, 1))
    assert scores.at == kept.answered_at
    assert not world.differing()


def test_a_record_that_moves_to_another_account_leaves_its_messages_behind(world: World) -> None:
    miss_a_message(world, Step("miss a message", 0, 0, 1))
    client = world.people[0]
    assert ClientStanding.objects.get(pk=client.pk).undelivered_at != NEVER
    by = factories.actor_for(world.dana)
    issued = invitations.invite(world.practice, Role.CLIENT, by=by, client=client, relink=True)
    profile = Profile(chosen_name="Robin", country="DE", time_zone="Europe/Berlin")
    accept(factories.make_user(), issued.invitation, adult=True, profile=profile)
    assert ClientStanding.objects.get(pk=client.pk).undelivered_at == NEVER
    assert world.differing() == []


def test_whoever_is_made_has_a_standing_one_by_one_or_many_at_once(world: World) -> None:
    rows = [Client(practice=world.practice, joined_at=world.now) for _ in range(3)]
    Client.objects.bulk_create(rows)
    taken = Client(practice=world.practice, joined_at=world.now, external_id="clinic:0")
    Client.objects.bulk_create([taken], ignore_conflicts=True)
    assert ClientStanding.objects.filter(answered_at=NEVER).count() == PEOPLE + 3
    assert not Client.objects.filter(standing=None).exists()


def test_an_upgrade_gives_those_a_standing_who_had_none(world: World) -> None:
    for person in range(3):
        submit(world, Step("submit", person, 12, person))
    ClientStanding.objects.all().delete()
    assert len(world.differing()) == PEOPLE
    call_command("migrate", verbosity=0)
    assert world.differing() == []


def test_the_command_finds_what_differs_and_puts_it_right(world: World) -> None:
    submit(world, Step("submit", 1, 12, 1))
    ClientStanding.objects.filter(pk=world.people[1].pk).update(answered_at=NEVER)
    assert check_caseloads().verdict == "fault"
    found = run_command()
    assert found.exit_code == 1
    assert f"{PEOPLE} people, 1 differ" in found.stdout
    assert run_command("--rebuild").exit_code == 0
    assert run_command().exit_code == 0
    assert check_caseloads().verdict == "ok"
    assert world.differing() == []


def run_command(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(standings_command)
    return CliRunner().invoke(app, arguments)


def test_a_large_caseload_takes_as_many_statements_as_a_small_one(world: World) -> None:
    for person in range(PEOPLE):
        submit(world, Step("submit", person, 4 * person, person))

    def statements(sort: Sort) -> int:
        with CaptureQueriesContext(connection) as queries, patch.object(module, "FEW", 0):
            caseload(
                factories.actor_for(world.dana),
                sort=sort,
                wanted="",
                q="",
                cursor=None,
                now=world.now,
            )
        return len(queries)

    sorts: tuple[Sort, ...] = ("attention", "last_met", "last_answer")
    before = [statements(sort) for sort in sorts]
    for number in range(30):
        client = factories.make_client(world.practice, external_id=f"more:{number}")
        factories.join_care_team(client, world.dana)
    assert [statements(sort) for sort in sorts] == before == [8, 7, 7]
