"""Example objects for the authorisation tests: one of everything that a path can name.

A new endpoint is tested without anybody asking for it. What it needs from here:

* each path parameter has a maker in `MAKERS` (a function of the `World` that gives the identifier
  of an object belonging to `world.person`);
* an operation that takes a body and names an object beside practice and client has a valid body in
  `BODIES`, so that the request gets as far as looking the object up.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import django.test

from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.consent.models import Consent
from holdfast.core.identity.models import User
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy import invitations
from holdfast.core.tenancy.models import Client, Membership, Practice, Role
from holdfast.meet.encounters.models import Encounter
from holdfast.safety.flags.models import Flag, FlagEvent, Level, State
from holdfast.safety.flags.raising import add_event
from holdfast.sense.assessments.models import Assessment, TalkRequest
from holdfast.sense.measures.models import Assignment, LifeEvent, Medication, Response
from holdfast.sense.measures.prompting.rows import plan
from tests import factories
from tests.integration.authz import (
    appointments,
    billing,
    calendars,
    flows,
    matching,
    notes,
    peers,
    plans,
    programmes,
    threads,
    vaults,
    visits,
)
from tests.integration.core.passkeys import make_passkey


@dataclass
class World:
    """One practice with a person in care, and everybody who may stand in some way to them."""

    practice: Practice
    person: Client
    #: standing -> account; see `STANDINGS`
    accounts: dict[str, User]
    members: dict[str, Membership]
    made: dict[str, str] = field(default_factory=dict)
    browsers: dict[tuple[str, bool], django.test.Client] = field(default_factory=dict)

    def browser(self, standing: str, second_factor: bool = True) -> django.test.Client:
        """The session of a standing, with or without a second factor in it."""
        key = (standing, second_factor)
        if key not in self.browsers:
            self.browsers[key] = factories.browser(self.accounts[standing], second_factor)
        return self.browsers[key]

    def prepare(self) -> World:
        """Make every example and session now, so that tests can share them and undo the rest."""
        for parameter in MAKERS:
            self.example(parameter)
        for standing in self.accounts:
            for second_factor in (True, False):
                self.browser(standing, second_factor)
        return self

    def example_for(self, standing: str, parameter: str) -> str:
        """The same, and for those who dealt with a closed flag: that flag."""
        if parameter == "flag_id" and standing.endswith("/flag_handled"):
            closed = Flag.objects.filter(client=self.person, state=State.CLOSED)
            return str(closed.get(owner=self.members[standing]).pk)
        return self.example(parameter)

    def example(self, parameter: str) -> str:
        """The identifier of this world's object for a path parameter; made when first asked for."""
        if parameter not in self.made:
            maker = MAKERS.get(parameter)
            assert maker is not None, (
                f"No example for the path parameter {parameter!r}:"
                " add a maker to tests/integration/authz/examples.py"
            )
            self.made[parameter] = str(maker(self))
        return self.made[parameter]


#: Who is tried. Staff are named role/relationship to `World.person`; "ended" left the care team
#: yesterday, "inactive" is no member any more.
STANDINGS = (
    "client/self",
    "client/other",
    "clinician/care_team",
    "clinician/flag_owner",
    "clinician/flag_handled",
    "clinician/none",
    "clinician/ended",
    "prescriber/care_team",
    "prescriber/flag_owner",
    "prescriber/flag_handled",
    "prescriber/none",
    "supervisor/supervised",
    "supervisor/flag_owner",
    "supervisor/flag_handled",
    "supervisor/none",
    "administrator/none",
    "researcher/none",
)


#: One of each role, for what does not depend on the relationship.
ONE_PER_ROLE = (
    "client/self",
    "clinician/care_team",
    "prescriber/care_team",
    "supervisor/supervised",
    "administrator/none",
    "researcher/none",
)


def make_world() -> World:
    practice = factories.make_practice()
    person = factories.make_client(practice)
    other = factories.make_client(practice)
    assert person.user is not None
    assert other.user is not None
    accounts: dict[str, User] = {"client/self": person.user, "client/other": other.user}
    members: dict[str, Membership] = {}
    for standing in STANDINGS[2:]:
        role, relationship = standing.split("/")
        member = factories.make_member(practice, role)
        members[standing], accounts[standing] = member, member.user
        if relationship == "care_team":
            factories.join_care_team(person, member, primary=role == Role.CLINICIAN)
        if relationship == "ended":
            today = clock.now().date()
            factories.join_care_team(
                person,
                member,
                primary=False,
                starts_on=today - timedelta(days=30),
                ends_on=today - timedelta(days=1),
            )
    owners = [member for name, member in members.items() if name.endswith("/flag_owner")]
    factories.set_on_call(practice, *owners)
    _open_flag(person, *owners)
    for name, member in members.items():
        if name.endswith("/flag_handled"):
            _closed_flag(person, member)
    factories.supervise(members["supervisor/supervised"], members["clinician/care_team"])
    return World(practice, person, accounts, members)


def _open_flag(person: Client, *came_to: Membership) -> None:
    """The person's one open flag, which has come to these people; the last one owns it."""
    at = clock.now()
    flag = Flag.objects.create(
        practice=person.practice,
        client=person,
        level=Level.URGENT,
        reason="item-positive",
        owner=came_to[-1],
        raised_at=at,
        answered_at=at,
        due_at=at + timedelta(hours=1),
    )
    for member in came_to:
        add_event(flag, FlagEvent.Kind.ESCALATED, at, to=member.pk)


def _closed_flag(person: Client, by: Membership) -> None:
    """A flag that came to somebody on call, who closed it."""
    at = clock.now()
    flag = Flag.objects.create(
        practice=person.practice,
        client=person,
        level=Level.URGENT,
        reason="item-positive",
        owner=by,
        raised_at=at,
        answered_at=at,
        state=State.CLOSED,
        closed_at=at,
    )
    add_event(flag, FlagEvent.Kind.RAISED, at, to=by.pk)
    add_event(flag, FlagEvent.Kind.CLOSED, at, by=by.pk)


def _invitation(world: World) -> uuid.UUID:
    issued = invitations.invite(world.practice, Role.CLIENT, by=system(world.practice.pk))
    return issued.invitation.pk


def _consent(world: World) -> uuid.UUID:
    return Consent.objects.create(
        practice=world.practice,
        client=world.person,
        purpose="research",
        version="1",
        given_at=clock.now(),
    ).pk


def _notification(world: World) -> uuid.UUID:
    return Notification.objects.create(
        practice=world.practice,
        recipient=world.accounts["client/self"],
        kind="flag-seen",
        created_at=clock.now(),
    ).pk


def _encounter(world: World) -> uuid.UUID:
    return Encounter.objects.create(
        practice=world.practice,
        client=world.person,
        membership=world.members["clinician/care_team"],
        starts_at=clock.now(),
        created_at=clock.now(),
        status="planned",
        medium="video",
    ).pk


def _response(world: World) -> uuid.UUID:
    at = clock.now()
    return Response.objects.create(
        practice=world.practice,
        client=world.person,
        instrument="phq-9",
        version="1.0.0",
        language="en",
        answers={},
        answered_at=at,
        received_at=at,
        time_zone="UTC",
        local_date=at.date(),
        content_digest="0" * 64,
    ).pk


def _assignment(world: World) -> uuid.UUID:
    return Assignment.objects.create(
        practice=world.practice,
        client=world.person,
        instrument="phq-9",
        starts_on=clock.now().date(),
        created_by=None,
        created_at=clock.now(),
    ).pk


def _assessment(world: World) -> uuid.UUID:
    today = clock.now().date()
    return Assessment.objects.create(
        practice=world.practice,
        client=world.person,
        plan="mood-days",
        version="1.0.0",
        assignment_id=uuid.UUID(world.example("assignment_id")),
        starts_on=today,
        ends_on=today + timedelta(days=13),
        times=["09:00", "14:00", "20:00"],
        by_person=True,
        created_at=clock.now(),
    ).pk


def _talk(world: World) -> uuid.UUID:
    return TalkRequest.objects.create(
        practice=world.practice, client=world.person, asked_at=clock.now(), told=1
    ).pk


def _event(world: World) -> uuid.UUID:
    return LifeEvent.objects.create(
        practice=world.practice,
        client=world.person,
        kind="life",
        at=clock.now(),
        created_at=clock.now(),
    ).pk


def _medication(world: World) -> uuid.UUID:
    return Medication.objects.create(
        practice=world.practice, client=world.person, created_at=clock.now()
    ).pk


def _prompt(world: World) -> uuid.UUID:
    assignment = Assignment.objects.create(
        practice=world.practice,
        client=world.person,
        instrument="phq-9",
        rule={"when": {"kind": "once"}, "snoozes": 5},
        starts_on=clock.now().date() - timedelta(days=1),
        created_at=clock.now(),
    )
    plan(assignment, world.person, clock.now())
    return assignment.prompts.get().pk


def _passkey(world: World) -> str:
    """A passkey of the person's account."""
    user = world.person.user
    assert user is not None
    return str(make_passkey(user, b"phone").pk)


Maker = Callable[[World], Any]

MAKERS: dict[str, Maker] = {
    "practice_id": lambda world: world.practice.pk,
    "client_id": lambda world: world.person.pk,
    "membership_id": lambda world: world.members["clinician/none"].pk,
    "supervision_id": lambda world: world.members["supervisor/supervised"].supervises.get().pk,
    "invitation_id": _invitation,
    "entry_id": lambda world: world.person.care_team.filter(ends_on=None).earliest("id").pk,
    "consent_id": _consent,
    "notification_id": _notification,
    "account_id": lambda world: calendars.account(world.members["clinician/care_team"]),
    "question_id": lambda world: calendars.question(world.members["clinician/care_team"]),
    "encounter_id": _encounter,
    "response_id": _response,
    "assignment_id": _assignment,
    "prompt_id": _prompt,
    "assessment_id": _assessment,
    "talk_id": _talk,
    "event_id": _event,
    "medication_id": _medication,
    "reader_id": vaults.reader,
    "item_id": vaults.item,
    "folder_id": vaults.folder,
    "file_id": vaults.file,
    "passkey_id": _passkey,
    **threads.MAKERS,
    **programmes.MAKERS,
    "provider": lambda _: "uni",
    "note_id": lambda world: notes.note(world.person, world.members["clinician/care_team"]),
    "sealed_note_id": lambda world: notes.sealed_note(
        world.person, world.accounts["clinician/care_team"]
    ),
    "appointment_id": lambda world: appointments.appointment(
        world.person, world.members["clinician/care_team"]
    ),
    "type_id": lambda world: appointments.kind(world.practice),
    "place_id": lambda world: appointments.place(world.practice),
    "waiting_id": lambda world: appointments.waiting(
        world.person, world.members["clinician/care_team"]
    ),
    "offer_id": lambda world: appointments.offer(
        world.person, world.members["clinician/care_team"]
    ),
    "proposal_id": lambda world: plans.proposal(
        world.person, world.accounts["clinician/care_team"]
    ),
    "fee_list_id": lambda world: billing.fee_list(world.practice),
    "charge_id": lambda world: billing.charge(world.person, world.members["clinician/care_team"]),
    "invoice_id": lambda world: billing.invoice(world.person, world.members["clinician/care_team"]),
    "clinician_id": lambda world: matching.profile(world.members["clinician/none"]),
    "peer_chat_id": lambda world: peers.chat(world.person),
    "listener_id": lambda world: peers.listener(world.person),
    "peer_report_id": lambda world: peers.report(world.person),
    "module": lambda world: "anonymous",
    "licence_id": lambda world: matching.licence(world.members["clinician/none"]),
    "enquiry_id": lambda world: matching.enquiry(world.person, world.members["clinician/none"]),
    "flag_id": lambda world: Flag.objects.filter(client=world.person).earliest("id").pk,
    # Words from content files, the same in every practice.
    "comment_id": lambda world: flows.comment(world.practice),
    "flow": lambda world: "grounding",
    "language": lambda world: "en",
    "line_id": lambda world: "de-telefonseelsorge-1",
    "instrument": lambda world: "phq-9",
    "instrument_id": lambda world: "phq-9",
    "version": lambda world: "1.0.0",
}

#: Parameters that name content or the practice's own path, and so nothing of another practice.
CONTENT_PARAMETERS = frozenset(
    {"line_id", "instrument", "instrument_id", "version", "flow", "language", "module"}
)

#: Parameters that belong to whoever asks, or to the practice, and not to the person in care.
OWN_PARAMETERS = frozenset(
    {"notification_id", "account_id", "question_id", "clinician_id", "programme_id"}
)

Body = Callable[[World], dict[str, Any]]


def _fixed(make: Callable[[], dict[str, Any]]) -> Body:
    return lambda world: make()


def _always(body: dict[str, Any]) -> Body:
    return lambda world: body


#: Valid bodies of operations that name an object beside practice and client.
BODIES: dict[str, Body] = {
    "POST /practices/{practice_id}/clients/{client_id}/vault/folders/{folder_id}/epochs": (
        lambda world: {"epoch": 2, "keys": vaults.folder_keys(world)}
    ),
    "POST /practices/{practice_id}/clients/{client_id}/vault/folders/{folder_id}/keys": (
        lambda world: {"keys": vaults.folder_keys(world)}
    ),
    "POST /practices/{practice_id}/clients/{client_id}/vault/folders/{folder_id}/wraps": (
        lambda world: {"wraps": vaults.folder_wraps(world)}
    ),
    "PATCH /practices/{practice_id}/clients/{client_id}/assessments/{assessment_id}": (
        lambda world: {"times": ["08:00", "13:00", "19:00"]}
    ),
    "POST /practices/{practice_id}/people/{membership_id}/hand-over": lambda world: {
        "to": str(world.members["clinician/care_team"].pk)
    },
    "PATCH /practices/{practice_id}/supervisions/{supervision_id}": lambda world: {"cosigns": True},
    **{name: _always(body) for name, body in (notes.BODIES | flows.BODIES | visits.BODIES).items()},
    "POST /practices/{practice_id}/calendar/questions/{question_id}": (
        lambda world: {"decision": "restore"}
    ),
    **threads.BODIES,
    **programmes.BODIES,
    **{name: _fixed(body) for name, body in appointments.bodies().items()},
    **{
        name: _always(body)
        for name, body in (
            notes.BODIES | flows.BODIES | matching.BODIES | billing.BODIES | peers.BODIES
        ).items()
    },
    "PATCH /practices/{practice_id}/people/{membership_id}": lambda world: {
        "display_name": "Someone"
    },
    "PATCH /practices/{practice_id}/clients/{client_id}/encounters/{encounter_id}": lambda world: {
        "status": "finished",
        "ended_at": clock.now().isoformat(),
    },
    "PATCH /practices/{practice_id}/clients/{client_id}/events/{event_id}": lambda world: {
        "label": "moved"
    },
    "PATCH /practices/{practice_id}/clients/{client_id}/medications/{medication_id}": (
        lambda world: {"dose": 20}
    ),
    "POST /practices/{practice_id}/clients/{client_id}/vault/files/{file_id}/pieces": (
        lambda world: {"offset": 0, "data": "AAAA"}
    ),
    "POST /practices/{practice_id}/flags/{flag_id}/acknowledge": lambda world: {
        "level": "urgent",
        "repeats": 0,
    },
    "POST /practices/{practice_id}/flags/{flag_id}/contact-attempts": lambda world: {
        "means": "phone",
        "outcome": "not-answered",
    },
    "POST /practices/{practice_id}/flags/{flag_id}/act": lambda world: {"action": "called"},
    "POST /practices/{practice_id}/flags/{flag_id}/close": lambda world: {
        "outcome": "safe-and-followed-up"
    },
    "POST /practices/{practice_id}/flags/{flag_id}/assign": lambda world: {
        "membership_id": world.example("membership_id")
    },
}

#: Queries without which a read answers 422.
QUERIES: dict[str, str] = {
    "GET /practices/{practice_id}/memberships/{membership_id}/slots": appointments.SLOTS,
    "DELETE /practices/{practice_id}/clients/{client_id}/notes/{note_id}/draft": "?revision=1",
}
