"""Makes the demo practice: its people, their records, and a meeting in each."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from holdfast.cli.demo import appointments, offers
from holdfast.cli.demo.acting import actor
from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.audit.actions import record
from holdfast.core.audit.models import AuditEvent
from holdfast.core.identity.actions import create_account
from holdfast.core.identity.demo import PASSWORD
from holdfast.core.identity.models import User
from holdfast.core.problems import Conflict
from holdfast.core.tenancy.models import (
    CareTeamMember,
    Client,
    Membership,
    MonitoredHours,
    OnCall,
    Practice,
    Role,
    Supervision,
)
from holdfast.meet.encounters import facade as encounters
from holdfast.safety.lines import facade as lines
from holdfast.sense.measures import facade as measures
from holdfast.sense.measures.engine.schedule import EveryNDays, Moments, Rule
from holdfast.sense.measures.importing.run import run_import
from holdfast.sense.measures.importing.store import Store
from holdfast.support.companion import facade as companion

CONTENT = Path(__file__).parent / "content"
ZONE = "Europe/Berlin"

#: role, login, shown name
STAFF = (
    (Role.ADMINISTRATOR, "ada", "Ada (administrator)"),
    (Role.CLINICIAN, "dana", "Dana"),
    (Role.CLINICIAN, "amir", "Amir"),
    (Role.PRESCRIBER, "priya", "Priya (prescriber)"),
    (Role.SUPERVISOR, "sol", "Sol (supervisor)"),
    (Role.RESEARCHER, "ren", "Ren (researcher)"),
)


class LivePracticeHere(Conflict):
    code = "live-practice-here"
    title = (
        "This installation has a practice that is not a demo. Demo data never enters it: use"
        " another HOLDFAST_DATA_DIR or HOLDFAST_DATABASE_URL."
    )


def shared_folder() -> Path | None:
    """The folder of openly published records, where it is at hand (`HOLDFAST_SHARED`)."""
    folder = Path(os.environ.get("HOLDFAST_SHARED", "../shared")) / "data" / "real"
    return folder if folder.is_dir() else None


def build(say: Callable[[str], None] = print) -> None:
    """Make the demo once. Raises LivePracticeHere where a live practice stands."""
    if Practice.objects.exclude(kind=Practice.Kind.DEMO).exists():
        raise LivePracticeHere
    if _is_complete():
        return
    say("Making the demo practice ...")
    with transaction.atomic():
        _clear()
        practice, staff = _practice()
    dana = staff["dana"]
    _records(practice, say)
    with transaction.atomic():
        _care_teams(practice, dana, staff["priya"])
        _meetings(practice, dana)
        _robin(practice, dana)
        appointments.add(practice, staff)
        offers.add(staff, staff["ada"], practice.country)
        record("complete", "demo", by=system(practice.pk, label="demo"))
    say("The demo practice is ready.")


def _is_complete() -> bool:
    """Whether a demo was made to its end; one that was cut off is made again from the start."""
    made = Practice.objects.filter(kind=Practice.Kind.DEMO).values_list("pk", flat=True)
    events = AuditEvent.objects.filter(action="complete", resource="demo")
    return events.filter(practice_id__in=list(made)).exists()


def _clear() -> None:
    """Take away what is left of a demo that was cut off. Every practice here is a demo."""
    User.objects.filter(membership__practice__kind=Practice.Kind.DEMO).delete()
    Practice.objects.filter(kind=Practice.Kind.DEMO).delete()


def _practice() -> tuple[Practice, dict[str, Membership]]:
    practice = Practice.objects.create(
        name="Harbour Practice (demo)",
        slug="demo",
        kind=Practice.Kind.DEMO,
        time_zone=ZONE,
        countries=["DE"],
        self_registration=True,
        contact_phone="+49 30 0000 0000",
        end_of_chain_name="Ada (administrator)",
        end_of_chain_phone="+49 30 0000 0001",
        end_of_chain_instructions="Ring Ada at home. She calls the person, then 112 if needed.",
        created_at=clock.now(),
    )
    staff = {}
    for role, login, name in STAFF:
        user = create_account(login, PASSWORD, time_zone=ZONE)
        TOTP.activate(user, generate_totp_secret())
        staff[login] = Membership.objects.create(
            practice=practice, user=user, role=role, display_name=name, joined_at=clock.now()
        )
    for weekday in range(1, 8):
        MonitoredHours.objects.create(
            practice=practice, weekday=weekday, opens=time(8), closes=time(20)
        )
    for position, login in enumerate(("dana", "amir"), start=1):
        OnCall.objects.create(practice=practice, position=position, membership=staff[login])
    Supervision.objects.create(practice=practice, supervisor=staff["sol"], supervisee=staff["dana"])
    lines.confirm_all(practice, country="DE", by=actor(staff["ada"]))
    companion.switch_all_on(practice, by=actor(staff["dana"]))
    return practice, staff


def _records(practice: Practice, say: Callable[[str], None]) -> None:
    folder = shared_folder()
    if folder is None:
        say("Openly published records are not at hand: filling the demo with synthetic ones.")
        _synthetic(practice)
        return
    for mapping, file in (
        ("inpatients.yaml", "claus_2020_inpatients.csv"),
        ("single-case.yaml", "esm_single_case_239_days.csv"),
    ):
        say(f"Importing {file} ...")
        run_import(
            folder / file,
            mapping=CONTENT / mapping,
            format_="csv",
            practice=practice,
            dry_run=False,
            refuse=lambda line, reason: None,
            progress=lambda line: None,
        )


def _synthetic(practice: Practice) -> None:
    from holdfast.cli.demo import synthetic

    measures.install_packs([CONTENT / "packs" / "momentary-mood-1.0.0.yaml"])
    store = _store(practice)
    store.run(synthetic.group(_days_ago(56)), lambda line: None)
    store.run(synthetic.single_case(_days_ago(125)), lambda line: None)
    # Identifiers are sealed: the database cannot tell how one begins.
    made = [
        client.pk
        for client in Client.objects.filter(practice=practice)
        if client.external_id.startswith("synthetic:")
    ]
    Client.objects.filter(pk__in=made).update(synthetic=True)


def _store(practice: Practice) -> Store:
    by = system(practice.pk, label="demo")
    return Store(practice, measures.catalogue(), by=by, refuse=_must_not, time_zone=ZONE)


def _must_not(line: int, reason: str) -> None:
    """Our own demo records are all usable; one that is not is a fault of ours."""
    raise RuntimeError(f"demo record {line}: {reason}")


def _days_ago(days: int) -> datetime:
    return datetime.combine(clock.now().date() - timedelta(days=days), time(9), tzinfo=UTC)


def _care_teams(practice: Practice, dana: Membership, priya: Membership) -> None:
    """Dana treats everybody; Priya prescribes for the single case."""
    clients = list(Client.objects.filter(practice=practice))
    CareTeamMember.objects.bulk_create(
        CareTeamMember(
            practice=practice,
            client=client,
            membership=dana,
            primary=True,
            starts_on=date(2012, 8, 1),
        )
        for client in clients
    )
    for client in clients:
        if client.external_id.endswith(":single-case"):
            CareTeamMember.objects.create(
                practice=practice,
                client=client,
                membership=priya,
                purpose=CareTeamMember.Purpose.PRESCRIBING,
                starts_on=date(2012, 8, 1),
            )


def _meetings(practice: Practice, dana: Membership) -> None:
    """A meeting in the middle of each record, so that 'since you last met' has something to say."""
    by = actor(dana)
    for client in Client.objects.filter(practice=practice).exclude(external_id=""):
        when = _meeting_instant(client)
        encounters.record_finished(
            client, starts_at=when, ended_at=when + timedelta(minutes=50), by=by
        )


def _meeting_instant(client: Client) -> datetime:
    if client.external_id.startswith("kossakowski"):
        return datetime(2012, 11, 30, 13, 0, tzinfo=UTC)
    if client.external_id.startswith("claus"):
        return datetime(2018, 3, 20, 13, 0, tzinfo=UTC)
    return _days_ago(30)


def _robin(practice: Practice, dana: Membership) -> None:
    """One synthetic person with an account, worse than at the last meeting, asked three things,
    with a fourteen-day assessment behind them.
    """
    from holdfast.cli.demo import fortnight, synthetic

    first = _days_ago(57)
    _store(practice).run(synthetic.robin(first), lambda line: None)
    client = Client.objects.get(practice=practice, external_id=synthetic.ROBIN.external_id)
    _give_account(client, practice)
    CareTeamMember.objects.create(
        practice=practice,
        client=client,
        membership=dana,
        primary=True,
        starts_on=first.date(),
    )
    fortnight.add(synthetic.ROBIN, client, _store(practice), first=_days_ago(24).date(), by=dana)
    by = actor(dana)
    when = first + synthetic.ROBIN_MET_AFTER
    encounters.record_finished(client, starts_at=when, ended_at=when + timedelta(minutes=50), by=by)
    today = clock.now().date()
    for instrument, every in (("mood", 1), ("phq-9", 7), ("gad-7", 7)):
        rule = Rule(when=EveryNDays(days=every), starts_on=today)
        measures.assign(client, instrument=instrument, rule=rule, by=by)
    # From tomorrow on: distress now, at three moments of the day that nobody knows beforehand.
    moments = Rule(
        when=Moments(per_day=3, gap_minutes=120),
        starts_on=today + timedelta(days=1),
        window_minutes=60,
        reminders=(20,),
        snoozes=1,
    )
    measures.assign(client, instrument="suds", rule=moments, by=by)


def _give_account(client: Client, practice: Practice) -> None:
    user = create_account("robin", PASSWORD, time_zone=ZONE)
    Membership.objects.create(practice=practice, user=user, role=Role.CLIENT, joined_at=clock.now())
    client.user = user
    client.synthetic = True
    client.country = "DE"
    client.adult_confirmed_at = clock.now()
    client.reachable = True
    client.contact = {
        "phone": "+49 30 0000 0002",
        "email": "",
        "emergency_contact": {
            "name": "Kim (synthetic)",
            "phone": "+49 30 0000 0003",
            "relationship": "sister",
        },
    }
    client.save()
