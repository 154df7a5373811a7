"""Every change to an account that touches more than one row."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest

from holdfast.core import clock, events
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.consent.actions import give
from holdfast.core.consent.models import Consent
from holdfast.core.identity import cost, erasure, kdf
from holdfast.core.identity.lookups import account_by_name
from holdfast.core.identity.models import User
from holdfast.core.identity.sessions import SessionStore
from holdfast.core.notify import standing as messages
from holdfast.core.problems import Conflict, NotPermitted, Problem
from holdfast.core.tenancy import actions as tenancy
from holdfast.core.tenancy import invitations
from holdfast.core.tenancy.events import TimeZoneChanged
from holdfast.core.tenancy.models import STAFF_ROLES, Client, Invitation, Membership, Practice, Role
from holdfast.core.vault import ways_in
from holdfast.core.vault.engine.wraps import Wrap

#: Where a registration leads: a practice that is open, or an invitation.
Door = Practice | Invitation


class WrongSecret(Problem):
    code = "wrong-secret"
    status = 403
    title = "That password is not right."


class SignInAgain(Problem):
    code = "sign-in-again"
    status = 403
    title = "Sign in at your identity provider once more."


class RecoveryRefused(Problem):
    code = "recovery-refused"
    status = 403
    title = "Name and recovery code do not fit together."


class AlreadyMember(Conflict):
    code = "already-member"
    title = "You have this role in this practice already."


@dataclass(frozen=True)
class Profile:
    """What someone says about themself when they enter a practice."""

    chosen_name: str
    country: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    phone: str = ""
    email: str = ""


def create_account(
    login: str,
    password: str,
    *,
    email: str = "",
    language: str = "en",
    time_zone: str = "UTC",
    recovery_code: str | None = None,
) -> User:
    """An account from the command line (demo data): does here what the browser does elsewhere."""
    salt = kdf.new_salt()
    with transaction.atomic():
        user = User(
            login=login,
            email=email.lower(),
            kdf_salt=salt,
            kdf_params=dict(kdf.PARAMS),
            language=language,
            time_zone=time_zone,
            date_joined=clock.now(),
        )
        user.set_password(kdf.derive_auth_secret(password, salt))
        if recovery_code is not None:
            user.set_recovery_secret(kdf.recovery_secret(recovery_code))
        user.save()
        if email:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        record("create", "account", by=Actor(user.pk, None, (), "account"), resource_id=user.pk)
    return user


def enter_practice(user: User, door: Door, profile: Profile) -> Membership:
    """Make the membership that a registration or an invitation gives, and what goes with it."""
    practice = door if isinstance(door, Practice) else door.practice
    role = Role.CLIENT if isinstance(door, Practice) else Role(door.role)
    with transaction.atomic():
        if isinstance(door, Invitation):
            _open(door, user)
        held = Membership.objects.filter(practice=practice, user=user, role=role, active=True)
        if held.exists():
            raise AlreadyMember
        membership, _ = Membership.objects.update_or_create(
            practice=practice,
            user=user,
            role=role,
            defaults={
                "active": True,
                "display_name": profile.chosen_name if role in STAFF_ROLES else "",
            },
            create_defaults={
                "active": True,
                "display_name": profile.chosen_name if role in STAFF_ROLES else "",
                "joined_at": clock.now(),
            },
        )
        by = Actor(user.pk, practice.pk, ((role, membership.pk),), role)
        record("join", "membership", by=by, resource_id=membership.pk, detail={"role": role})
        if role == Role.CLIENT:
            existing = door.client if isinstance(door, Invitation) else None
            _enter_as_client(user, practice, existing, profile, by)
    return membership


def _open(invitation: Invitation, user: User) -> None:
    """Use the link up, and every other link to the same record with it."""
    if invitation.client_id is None:
        invitations.claim(invitation)
        return
    if invitation.created_by == user.pk:
        # Staff hand a record to the person it is about, never to themselves.
        raise NotPermitted
    # Of two links to one record opened at once, the second waits here and finds itself revoked.
    client = Client.objects.select_for_update().get(
        pk=invitation.client_id, practice_id=invitation.practice_id
    )
    invitations.claim(invitation)
    invitations.revoke_others(invitation, client)


def _unlink(client: Client, by: Actor) -> None:
    """Take a record from the account that nobody can open any more."""
    Membership.objects.filter(
        practice_id=client.practice_id, user=client.user, role=Role.CLIENT
    ).update(active=False)
    record(
        "unlink",
        "client",
        by=by,
        resource_id=client.pk,
        client_id=client.pk,
        detail={"from": str(client.user_id)},
    )


class AdultsOnly(Problem):
    code = "adult-required"
    status = 422
    title = "Holdfast is for adults (18 and over)."


def accept(user: User, invitation: Invitation, *, adult: bool, profile: Profile) -> Membership:
    """Someone with an account accepts an invitation; a client has to have confirmed their age."""
    if invitation.role == Role.CLIENT and not adult:
        confirmed = Client.objects.filter(user=user, adult_confirmed_at__isnull=False)
        if not confirmed.exists():
            raise AdultsOnly
    return enter_practice(user, invitation, profile)


def _enter_as_client(
    user: User, practice: Practice, existing: Client | None, profile: Profile, by: Actor
) -> Client:
    """The record of someone who joins: a new one, or the one the practice has already kept."""
    client = existing or Client(practice=practice, joined_at=clock.now())
    if client.user_id not in (None, user.pk):
        _unlink(client, by)
    client.user = user
    client.display_name = profile.chosen_name
    kept = client.contact or {}
    client.contact = {
        "phone": profile.phone or kept.get("phone", ""),
        "email": profile.email or kept.get("email", ""),
        "emergency_contact": kept.get("emergency_contact"),
    }
    client.country = profile.country
    client.language = profile.language
    client.time_zone = profile.time_zone
    client.adult_confirmed_at = clock.now()
    client.reachable = bool(client.contact["phone"] or client.contact["email"])
    client.save()
    if existing is not None:
        events.publish(TimeZoneChanged(practice.pk, client.pk))
        # What did not arrive at another account is no problem of this one.
        messages.keep(practice.pk, [user.pk])
    record(
        "register",
        "client",
        by=by,
        resource_id=client.pk,
        client_id=client.pk,
        detail={"reachable": client.reachable},
    )
    give(client, Consent.Purpose.CARE_TEAM, by=by, language=profile.language)
    return client


@dataclass(frozen=True)
class NewSecret:
    """A derived secret, and the salt and cost that it was derived with."""

    secret: str
    salt: str
    params: kdf.KdfParams


def _replace_secret(user: User, new: NewSecret) -> None:
    """Hash, salt and parameters change together or not at all."""
    user.set_password(new.secret)
    user.kdf_salt = new.salt
    user.kdf_params = dict(new.params)
    user.save(update_fields=["password", "kdf_salt", "kdf_params"])


def end_sessions(user: User, *, except_key: str | None = None) -> int:
    """Sign the account out everywhere; returns how many sessions ended."""
    sessions = UserSession.objects.filter(user=user).exclude(session_key=except_key or "")
    ended = 0
    for session in sessions:
        session.end()
        ended += 1
    return ended


def _account(user: User) -> Actor:
    return Actor(user.pk, None, (), "account")


def change_secret(
    request: HttpRequest,
    user: User,
    current: str,
    new: NewSecret,
    vault_wrap: Wrap | None = None,
) -> None:
    """A new password, and the vault's way in by it: this session stays, all others end."""
    if not user.check_password(current):
        raise WrongSecret
    with transaction.atomic():
        _replace_secret(user, new)
        ways_in.renew(user, "password", vault_wrap)
        end_sessions(user, except_key=request.session.session_key)
        update_session_auth_hash(request, user)
        UserSession.objects.create_from_request(request)
        record("change-secret", "account", by=_account(user), resource_id=user.pk)


def raise_cost(
    request: HttpRequest,
    user: User,
    current: str,
    new: NewSecret,
    vault_wrap: Wrap | None = None,
) -> None:
    """The same password at today's cost, with the vault's way in by it. Every session stays.

    Raises `CostNotRaised` where the account's cost is not below the new one.
    """
    if not user.check_password(current):
        raise WrongSecret
    if new.params != cost.wanted() or not cost.is_below(user.kdf_params or kdf.PARAMS, new.params):
        raise cost.CostNotRaised
    with transaction.atomic():
        before = user.get_session_auth_hash()
        _replace_secret(user, new)
        ways_in.renew(user, "password", vault_wrap)
        request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        for row in UserSession.objects.filter(user=user):
            session = SessionStore(row.session_key)
            if session.get(HASH_SESSION_KEY) == before:
                session[HASH_SESSION_KEY] = user.get_session_auth_hash()
                session.save()
        record("raise-cost", "account", by=_account(user), resource_id=user.pk)


def recover(name: str, recovery_secret: str, new: NewSecret) -> None:
    """Set a new secret with the recovery code; all sessions end, second factors stay.

    The vault's way in by the old password goes; its owner makes a new one when they next open it
    with the recovery code. An unknown name costs the same work as a wrong code.
    """
    user = account_by_name(name)
    if user is None:
        User().set_recovery_secret(recovery_secret)
        raise RecoveryRefused
    if not user.check_recovery_secret(recovery_secret):
        raise RecoveryRefused
    with transaction.atomic():
        _replace_secret(user, new)
        ways_in.drop_password(user)
        end_sessions(user)
        record("recover", "account", by=_account(user), resource_id=user.pk)


def set_passphrase(
    request: HttpRequest,
    user: User,
    recovery_secret: str,
    new: NewSecret,
    *,
    signed_in_lately: bool,
) -> None:
    """The vault passphrase of an account without a password: this session stays, all others end.

    A first one comes with its recovery code, on the strength of a recent sign-in at the provider. A
    lost one is replaced by means of that code; the vault's way in by the old one goes, as in
    `recover`. Raises `NotPermitted` for accounts with a password.
    """
    if user.secret_signs_in:
        raise NotPermitted
    first = not user.has_usable_password()
    if first and not signed_in_lately:
        raise SignInAgain
    if not first and not user.check_recovery_secret(recovery_secret):
        raise RecoveryRefused
    with transaction.atomic():
        _replace_secret(user, new)
        if first:
            user.set_recovery_secret(recovery_secret)
            user.save(update_fields=["recovery_hash"])
        else:
            ways_in.drop_password(user)
        end_sessions(user, except_key=request.session.session_key)
        update_session_auth_hash(request, user)
        UserSession.objects.create_from_request(request)
        action = "set-passphrase" if first else "recover"
        record(action, "account", by=_account(user), resource_id=user.pk)


def replace_recovery_code(
    user: User, current: str, recovery_secret: str, vault_wrap: Wrap | None = None
) -> None:
    """Another recovery code, and the vault's way in by it; the old one stops working."""
    if not user.check_password(current):
        raise WrongSecret
    with transaction.atomic():
        user.set_recovery_secret(recovery_secret)
        user.save(update_fields=["recovery_hash"])
        ways_in.renew(user, "recovery", vault_wrap)
        record("replace-recovery-code", "account", by=_account(user), resource_id=user.pk)


def _leave_staff(user: User) -> None:
    """Leave every practice whose people are looked after, as if an administrator had seen to it.

    Raises `LastAdministrator` or `StillNeeded` where somebody has to take over first.
    """
    held = Membership.objects.filter(
        user=user, active=True, role__in=STAFF_ROLES, practice__status=Practice.Status.LIVE
    )
    for member in held.select_related("practice"):
        if Client.objects.filter(practice=member.practice, left_at=None).exists():
            by = Actor(user.pk, member.practice_id, ((member.role, member.pk),), member.role)
            tenancy.change_member(member, {"active": False}, by=by)


def delete_account(user: User, receipt: str = "") -> uuid.UUID:
    """Close the account at once and clear every store that knows it. The caller has seen proof.

    Each store is a step of its own, recorded when done and tried again when it fails
    (`identity.tasks.retry_erasures`). `receipt` is the hash of the reference by which the person
    sees what became of it. Returns the account's identifier. Staff on whom a live practice rests
    are refused; see `_leave_staff`.
    """
    user_id: uuid.UUID = user.pk
    with transaction.atomic():
        _leave_staff(user)
        record("request-deletion", "account", by=_account(user), resource_id=user_id)
        erasure.close(user, receipt=receipt)
    erasure.run_pending(user_id=user_id)
    return user_id
