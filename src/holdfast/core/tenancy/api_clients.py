"""Endpoints: clients' records and their care teams."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import Exists, OuterRef
from ninja import Schema, Status
from pydantic import Field

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_list
from holdfast.core.authz.relationships import active_on
from holdfast.core.paging import page
from holdfast.core.problems import NotFound
from holdfast.core.tenancy import actions
from holdfast.core.tenancy.models import CareTeamMember, Client, Practice, Role
from holdfast.core.tenancy.shapes import CarePurpose, EmergencyContact, Phone

router = Router(tags=["clients"])

BASE = "/practices/{practice_id}/clients"
CLIENT = BASE + "/{client_id}"

Name = Annotated[str, Field(min_length=1, max_length=200)]
Email = Annotated[str, Field(max_length=254, pattern=r"^$|^[^@\s]+@[^@\s]+$")]
Country = Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]
Zone = Annotated[str, Field(max_length=64)]
Language = Literal["en", "es", "de", "ar"]
Sex = Literal["", "female", "male", "other"]


class ClientOut(Schema):
    id: uuid.UUID
    display_name: str
    phone: str | None
    email: str | None
    emergency_contact: EmergencyContact | None
    country: str
    language: str
    time_zone: str
    sex: Literal["female", "male", "other"] | None
    current_location: str | None
    current_location_at: datetime | None
    reachable: bool
    has_account: bool
    synthetic: bool


class ClientIn(Schema):
    display_name: Name | None = None
    phone: Phone | None = None
    email: Email | None = None
    emergency_contact: EmergencyContact | None = None
    country: Country | None = None
    language: Language | None = None
    time_zone: Zone | None = None
    sex: Sex | None = None
    current_location: Annotated[str, Field(max_length=500)] | None = None


class RecordIn(Schema):
    display_name: Name
    external_id: Annotated[str, Field(max_length=200)] = ""
    phone: Phone = ""
    email: Email = ""
    country: Country = ""
    language: Language = "en"
    time_zone: Zone = ""


class RecordOut(Schema):
    id: uuid.UUID
    display_name: str
    external_id: str
    has_account: bool
    joined_at: datetime
    unattended: bool


class RecordsOut(Schema):
    items: list[RecordOut]
    next: str | None


class CareTeamIn(Schema):
    membership_id: uuid.UUID
    purpose: CarePurpose = "treatment"
    primary: bool = False
    #: The first and the last day; from today and for good where nothing is said.
    starts_on: date | None = None
    ends_on: date | None = None


class CareTeamOut(Schema):
    id: uuid.UUID
    membership_id: uuid.UUID
    display_name: str
    role: Role
    purpose: CarePurpose
    primary: bool
    starts_on: date
    ends_on: date | None
    when: Literal["now", "planned", "past"]


class CareTeamList(Schema):
    items: list[CareTeamOut]
    next: str | None


def _client(client: Client, by: Actor) -> dict[str, Any]:
    """What the person sees of themself, or what others see of them."""
    contact = client.contact or {}
    own = client.user_id == by.user_id
    return {
        "id": client.pk,
        "display_name": client.display_name,
        "phone": contact.get("phone") or None,
        "email": contact.get("email") or None,
        "emergency_contact": contact.get("emergency_contact") if own else client.emergency_contact,
        "country": client.country,
        "language": client.language,
        "time_zone": client.time_zone,
        "sex": client.sex or None,
        "current_location": client.current_location or None,
        "current_location_at": client.located_at,
        "reachable": client.reachable,
        "has_account": client.user_id is not None,
        "synthetic": client.synthetic,
    }


def _record(client: Any) -> dict[str, Any]:
    return {
        "id": client.pk,
        "display_name": client.display_name,
        "external_id": client.external_id,
        "has_account": client.user_id is not None,
        "joined_at": client.joined_at,
        "unattended": client.unattended,
    }


def _records(practice: Practice) -> Any:
    """The practice's clients, each with whether nobody who is active cares for them today."""
    team = CareTeamMember.objects.filter(
        active_on(clock.now().date()),
        practice_id=OuterRef("practice_id"),
        client_id=OuterRef("pk"),
        membership__active=True,
    )
    return Client.objects.filter(practice=practice, left_at=None).annotate(unattended=~Exists(team))


@router.get(BASE, access=Access("client_record", "read"), response=RecordsOut)
def records(
    request: Request,
    practice_id: uuid.UUID,
    unattended: bool = False,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Names only: what an administrator needs to put care teams together. Two SQL statements, of
    which one notes whom it showed.

    `unattended` are those in nobody's caseload: nobody is on their care team today, or only staff
    who are switched off. With it, the list holds only them.
    """
    rows = _records(request.practice)
    if unattended:
        rows = rows.filter(unattended=True)
    found, following = page(rows, cursor, newest_first=False)
    note_list("client_record", by=request.actor, people=(row.pk for row in found))
    return {"items": [_record(row) for row in found], "next": following}


@router.post(BASE, access=Access("client_record", "write"), response={201: RecordOut})
def create_record(
    request: Request, practice_id: uuid.UUID, body: RecordIn
) -> Status[dict[str, Any]]:
    """A record for someone without an account; an invitation with its id gives it one."""
    values = body.dict()
    if values["time_zone"]:
        actions.check_zone(values["time_zone"])
    made = actions.create_client(request.practice, values, by=request.actor)
    return Status(201, _record(_records(request.practice).get(pk=made.pk)))


@router.get(CLIENT, access=Access("client", "read"), response=ClientOut)
def client(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> dict[str, Any]:
    """The person's own details and how to reach them."""
    return _client(request.client, request.actor)


@router.patch(CLIENT, access=Access("client", "write"), response=ClientOut)
def change_client(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: ClientIn
) -> dict[str, Any]:
    """Only what is sent changes; null or an empty string empties a field that may be empty."""
    changes = body.dict(exclude_unset=True)
    for field in ("phone", "email", "sex", "country", "current_location"):
        if field in changes and changes[field] is None:
            changes[field] = ""
    for field in ("display_name", "language", "time_zone"):
        if field in changes and changes[field] is None:
            del changes[field]
    return _client(actions.change_client(request.client, changes, by=request.actor), request.actor)


def _when(row: CareTeamMember, today: date) -> str:
    if row.starts_on > today:
        return "planned"
    return "past" if row.ends_on is not None and row.ends_on < today else "now"


def _team(rows: Iterable[CareTeamMember]) -> list[dict[str, Any]]:
    """The team as told; of several primary members of today the first one, who began last, is."""
    today = clock.now().date()
    told = [
        {
            "id": row.pk,
            "membership_id": row.membership_id,
            "display_name": row.membership.display_name,
            "role": row.membership.role,
            "purpose": row.purpose,
            "primary": row.primary,
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "when": _when(row, today),
        }
        for row in rows
    ]
    for one in [one for one in told if one["primary"] and one["when"] == "now"][1:]:
        one["primary"] = False
    return told


@router.get(CLIENT + "/care-team", access=Access("care_team", "read"), response=CareTeamList)
def care_team(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    when: Literal["now", "all"] = "now",
) -> dict[str, Any]:
    """Who is on the team today; with `all` also who will be and who was. One SQL statement."""
    rows = CareTeamMember.objects.filter(practice=request.practice, client=request.client)
    if when == "now":
        rows = rows.filter(active_on(clock.now().date()))
    ordered = rows.select_related("membership").order_by("-primary", "-starts_on", "-id")
    return {"items": _team(ordered), "next": None}


@router.post(
    CLIENT + "/care-team", access=Access("care_team", "write"), response={201: CareTeamOut}
)
def join_care_team(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: CareTeamIn
) -> Status[dict[str, Any]]:
    """Put somebody of the staff on the person's care team, from today or a day ahead."""
    member = actions.staff_member(request.practice, body.membership_id)
    entry = actions.join_care_team(
        request.client,
        member,
        purpose=body.purpose,
        primary=body.primary,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        by=request.actor,
    )
    return Status(201, _team([entry])[0])


@router.delete(
    CLIENT + "/care-team/{entry_id}",
    access=Access("care_team", "write"),
    response={204: None},
)
def leave_care_team(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, entry_id: uuid.UUID
) -> Status[None]:
    """Their part in the care team ends at once."""
    entry = CareTeamMember.objects.filter(
        practice=request.practice, client=request.client, pk=entry_id
    ).first()
    if entry is None:
        raise NotFound
    actions.leave_care_team(entry, by=request.actor)
    return Status(204, None)
