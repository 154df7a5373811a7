"""One-time links into a practice."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import Conflict, Problem
from holdfast.core.tenancy.models import Client, Invitation, Practice, Role

VALID_FOR = timedelta(days=14)


class InvitationInvalid(Problem):
    """Unknown, expired, revoked or used: the holder of a link is not told which."""

    code = "invitation-invalid"
    status = 404
    title = "This invitation does not exist or is no longer valid. Ask for a new one."


class RegistrationClosed(Problem):
    code = "registration-closed"
    status = 403
    title = "This practice takes no registrations."


class PracticeNotLive(Conflict):
    code = "practice-not-live"
    title = "This practice is not live yet; it cannot take clients."


class AlreadyLinked(Conflict):
    code = "already-linked"
    title = "This record belongs to an account already."


@dataclass(frozen=True)
class Issued:
    """A new invitation and the link that is shown once."""

    invitation: Invitation
    link: str


def token_hash(token: str) -> str:
    """Tokens are 256 random bits: a plain digest is enough, and allows looking them up."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(
    practice: Practice,
    role: str,
    *,
    by: Actor,
    email: str = "",
    client: Client | None = None,
    relink: bool = False,
    valid_for: timedelta = VALID_FOR,
) -> Issued:
    """Make a link; with `client` it gives that record an account.

    `relink` allows it for a record that has one: for someone who has lost every way in. The old
    account keeps what it has elsewhere and loses this record when the link is opened.
    """
    if client is not None and client.user_id is not None and not relink:
        raise AlreadyLinked
    token = secrets.token_urlsafe(32)
    at = clock.now()
    with transaction.atomic():
        invitation = Invitation(
            practice=practice,
            role=Role.CLIENT if client else role,
            client=client,
            token_hash=token_hash(token),
            created_by=by.user_id,
            created_at=at,
            expires_at=at + valid_for,
        )
        invitation.email = email
        invitation.save(force_insert=True)
        record(
            "create",
            "invitation",
            by=by,
            practice_id=practice.pk,
            resource_id=invitation.pk,
            client_id=client.pk if client else None,
            detail={"role": invitation.role},
        )
    return Issued(invitation, f"{settings.ORIGIN}/join#{token}")


def is_open(invitation: Invitation, at: datetime) -> bool:
    return (
        invitation.accepted_at is None
        and invitation.revoked_at is None
        and invitation.expires_at > at
    )


def find(token: str) -> Invitation:
    """The open invitation of a token, with its practice; `InvitationInvalid` else."""
    invitation = (
        Invitation.objects.select_related("practice", "client")
        .filter(token_hash=token_hash(token))
        .first()
    )
    if invitation is None or not is_open(invitation, clock.now()):
        raise InvitationInvalid
    return invitation


def open_invitation(token: str) -> Invitation:
    """An invitation that can be accepted now: a client's waits until the practice is live."""
    invitation = find(token)
    if invitation.role == Role.CLIENT and not invitation.practice.admits_clients:
        raise PracticeNotLive
    return invitation


def claim(invitation: Invitation) -> None:
    """Mark as accepted, once: the second of two racing requests is refused."""
    claimed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
        accepted_at=clock.now()
    )
    if not claimed:
        raise InvitationInvalid


def revoke_others(invitation: Invitation, client: Client) -> None:
    """Whoever opened one link to a record is who it belongs to: no second link moves it on."""
    Invitation.objects.filter(
        practice_id=client.practice_id, client=client, accepted_at=None, revoked_at=None
    ).exclude(pk=invitation.pk).update(revoked_at=clock.now())


def revoke_made_by(practice: Practice, user_id: uuid.UUID) -> None:
    """Take back every open link that somebody made who is leaving."""
    Invitation.objects.filter(
        practice=practice, created_by=user_id, accepted_at=None, revoked_at=None
    ).update(revoked_at=clock.now())


def revoke(invitation: Invitation, *, by: Actor) -> None:
    with transaction.atomic():
        Invitation.objects.filter(
            practice_id=invitation.practice_id, pk=invitation.pk, accepted_at=None
        ).update(revoked_at=clock.now())
        record("revoke", "invitation", by=by, resource_id=invitation.pk)
