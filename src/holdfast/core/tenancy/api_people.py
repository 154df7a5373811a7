"""Endpoints: the staff of a practice, who supervises whom, and invitations."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from ninja import Schema, Status
from pydantic import Field

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.authz.decide import permitting_role
from holdfast.core.paging import page
from holdfast.core.problems import NotFound, NotPermitted
from holdfast.core.tenancy import actions, invitations
from holdfast.core.tenancy.models import (
    STAFF_ROLES,
    Client,
    Invitation,
    Membership,
    Role,
    Supervision,
)

router = Router(tags=["people"])

BASE = "/practices/{practice_id}"


class PersonOut(Schema):
    id: uuid.UUID
    role: Role
    display_name: str
    active: bool
    second_factor: bool
    joined_at: datetime


class PeopleOut(Schema):
    items: list[PersonOut]
    next: str | None


class PersonIn(Schema):
    active: bool | None = None
    display_name: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class InvitationIn(Schema):
    role: Role = Role.CLIENT
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    client_id: uuid.UUID | None = None
    relink: bool = False


class InvitationOut(Schema):
    id: uuid.UUID
    role: Role
    email: str | None
    client_id: uuid.UUID | None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None
    open: bool


class IssuedOut(InvitationOut):
    link: str


class InvitationsOut(Schema):
    items: list[InvitationOut]
    next: str | None


class SupervisionIn(Schema):
    supervisor_id: uuid.UUID
    supervisee_id: uuid.UUID
    cosigns: bool = False


class SupervisionChange(Schema):
    """`cosigns`: notes of the supervisee ask for the supervisor's signature, too."""

    cosigns: bool


class SupervisionOut(SupervisionIn):
    id: uuid.UUID


class SupervisionsOut(Schema):
    items: list[SupervisionOut]
    next: str | None


def _staff(request: Request) -> Any:
    strong = Authenticator.objects.filter(
        user_id=OuterRef("user_id"),
        type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN],
    )
    return Membership.objects.filter(practice=request.practice, role__in=STAFF_ROLES).annotate(
        second_factor=Exists(strong)
    )


@router.get(BASE + "/people", access=Access("people", "read"), response=PeopleOut)
def people(request: Request, practice_id: uuid.UUID, cursor: str | None = None) -> dict[str, Any]:
    """The staff, one row per role. One SQL statement."""
    items, following = page(_staff(request), cursor, newest_first=False)
    return {"items": items, "next": following}


@router.patch(
    BASE + "/people/{membership_id}", access=Access("people", "write"), response=PersonOut
)
def change_person(
    request: Request, practice_id: uuid.UUID, membership_id: uuid.UUID, body: PersonIn
) -> Membership:
    """Rename somebody, or switch one of their roles off or on again."""
    member = actions.staff_member(request.practice, membership_id)
    changes = body.dict(exclude_unset=True, exclude_none=True)
    if changes:
        actions.change_member(member, changes, by=request.actor)
    changed: Membership = _staff(request).get(pk=membership_id)
    return changed


@router.get(BASE + "/supervisions", access=Access("people", "read"), response=SupervisionsOut)
def supervisions(
    request: Request, practice_id: uuid.UUID, cursor: str | None = None
) -> dict[str, Any]:
    """Who supervises whom. One SQL statement."""
    rows = Supervision.objects.filter(practice=request.practice)
    items, following = page(rows, cursor, newest_first=False)
    return {"items": items, "next": following}


@router.post(
    BASE + "/supervisions", access=Access("people", "write"), response={201: SupervisionOut}
)
def add_supervision(
    request: Request, practice_id: uuid.UUID, body: SupervisionIn
) -> Status[Supervision]:
    """Let a supervisor see the people whom somebody treats."""
    made = actions.add_supervision(
        request.practice,
        body.supervisor_id,
        body.supervisee_id,
        cosigns=body.cosigns,
        by=request.actor,
    )
    return Status(201, made)


def _supervision(request: Request, supervision_id: uuid.UUID) -> Supervision:
    found = Supervision.objects.filter(practice=request.practice, pk=supervision_id).first()
    if found is None:
        raise NotFound
    return found


@router.patch(
    BASE + "/supervisions/{supervision_id}",
    access=Access("people", "write"),
    response=SupervisionOut,
)
def change_supervision(
    request: Request, practice_id: uuid.UUID, supervision_id: uuid.UUID, body: SupervisionChange
) -> Supervision:
    """Whether the supervisor co-signs; for notes that are signed from now on."""
    found = _supervision(request, supervision_id)
    actions.change_supervision(found, cosigns=body.cosigns, by=request.actor)
    return found


@router.delete(
    BASE + "/supervisions/{supervision_id}",
    access=Access("people", "write"),
    response={204: None},
)
def end_supervision(
    request: Request, practice_id: uuid.UUID, supervision_id: uuid.UUID
) -> Status[None]:
    """The supervisor sees those people no longer."""
    actions.end_supervision(_supervision(request, supervision_id), by=request.actor)
    return Status(204, None)


def _invitation(invitation: Invitation) -> dict[str, Any]:
    return {
        "id": invitation.pk,
        "role": invitation.role,
        "email": invitation.email or None,
        "client_id": invitation.client_id,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
        "accepted_at": invitation.accepted_at,
        "revoked_at": invitation.revoked_at,
        "open": invitations.is_open(invitation, clock.now()),
    }


@router.get(BASE + "/invitations", access=Access("invitation", "read"), response=InvitationsOut)
def list_invitations(
    request: Request, practice_id: uuid.UUID, cursor: str | None = None
) -> dict[str, Any]:
    """Newest first; links are never shown again. One SQL statement."""
    rows, following = page(Invitation.objects.filter(practice=request.practice), cursor)
    return {"items": [_invitation(row) for row in rows], "next": following}


def _client_to_invite(request: Request, body: InvitationIn) -> Client | None:
    if body.client_id is None:
        return None
    client = Client.objects.filter(practice=request.practice, pk=body.client_id).first()
    if client is None:
        raise NotFound
    # Who holds the link reads the record: a clinician gives links to their own clients only.
    administers = Role.ADMINISTRATOR in request.actor.roles
    if not administers and permitting_role(request.actor, "client", "write", client) is None:
        raise NotPermitted
    return client


@router.post(BASE + "/invitations", access=Access("invitation", "write"), response={201: IssuedOut})
def invite(request: Request, practice_id: uuid.UUID, body: InvitationIn) -> Status[dict[str, Any]]:
    """A one-time link, shown once. Clinicians invite clients; administrators invite everybody.

    With `client_id` the link gives that record an account; with `relink` it moves a record whose
    owner has lost every way in to the account that opens the link.
    """
    if Role.ADMINISTRATOR not in request.actor.roles and body.role != Role.CLIENT:
        raise NotPermitted
    issued = invitations.invite(
        request.practice,
        body.role,
        by=request.actor,
        email=body.email or "",
        client=_client_to_invite(request, body),
        relink=body.relink,
    )
    return Status(201, _invitation(issued.invitation) | {"link": issued.link})


@router.delete(
    BASE + "/invitations/{invitation_id}",
    access=Access("invitation", "write"),
    response={204: None},
)
def revoke_invitation(
    request: Request, practice_id: uuid.UUID, invitation_id: uuid.UUID
) -> Status[None]:
    """Administrators revoke every invitation, others their own."""
    rows = Invitation.objects.filter(practice=request.practice, pk=invitation_id)
    if Role.ADMINISTRATOR not in request.actor.roles:
        rows = rows.filter(created_by=request.actor.user_id)
    invitation = rows.first()
    if invitation is None:
        raise NotFound
    invitations.revoke(invitation, by=request.actor)
    return Status(204, None)
