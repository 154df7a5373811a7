"""Deleting an account, store by store. Each capability registers how its store is cleared.

A step runs in a transaction of its own and leaves an audit event; one that fails stays and is
tried again, later each time. What is sealed is overwritten before its row goes, so that the row's
last page in the database file holds nothing to unseal. Where the law makes a practice keep
something of a record (`core.leaving.keeping`), the record stays without its person.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.audit.actions import record
from holdfast.core.crypto import records
from holdfast.core.identity.models import ErasureStep, User
from holdfast.core.leaving import keeping
from holdfast.core.leaving.models import Departure, KeptRecord
from holdfast.core.notify.models import Notification, Preferences, Subscription
from holdfast.core.tenancy.models import (
    STAFF_ROLES,
    CareTeamMember,
    Client,
    Invitation,
    Membership,
)

_log = logging.getLogger(__name__)


#: A failed step is tried again after so long, twice as long each time, and every hour at last.
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Subject:
    """Who is to be forgotten. `client_id` is empty for the steps that concern the account.

    `keep`: the law makes the practice keep this record. What it names (`leaving.engine.KEPT_KINDS`)
    stays, and everything that says whose it is goes.
    """

    user_id: uuid.UUID
    practice_id: uuid.UUID | None
    client_id: uuid.UUID | None
    keep: bool = False


Eraser = Callable[[Subject], None]


@dataclass(frozen=True)
class _Store:
    position: int
    name: str
    per_client: bool
    erase: Eraser
    independent: bool
    keeps: bool


_stores: dict[str, _Store] = {}


def register(
    name: str,
    erase: Eraser,
    *,
    position: int = 50,
    per_client: bool = True,
    independent: bool = False,
    keeps: bool = False,
) -> None:
    """Say how a store is cleared of one client (or, not `per_client`, of one account).

    Called from `AppConfig.ready`. Lower positions run first; core removes the client's row at 90
    and the account's at 100. `erase` must be safe to run twice. A store that fails holds back those
    after it, unless it is `independent`. One that `keeps` looks at `Subject.keep`; of the others
    nothing is kept.
    """
    _stores[name] = _Store(position, name, per_client, erase, independent, keeps)


def stores() -> list[str]:
    """The registered stores, in the order in which they are cleared."""
    return [store.name for store in sorted(_stores.values(), key=lambda s: (s.position, s.name))]


def independent() -> list[str]:
    """The stores that hold back no other."""
    return [store.name for store in _stores.values() if store.independent]


def close(
    user: User, *, receipt: str = "", at: datetime | None = None, restored: bool = False
) -> Departure:
    """Shut the account and write down every step, in the caller's transaction.

    From here on nobody signs in with it. `receipt` is the hash of the reference that the person
    keeps; `restored` when this is done again after a backup was put back.
    """
    now = clock.now()
    user.is_active = False
    user.set_unusable_password()
    user.recovery_hash = ""
    user.save(update_fields=["is_active", "password", "recovery_hash"])
    forget_sessions(Subject(user.pk, None, None))
    departure = Departure.objects.create(
        user_id=user.pk, receipt_hash=receipt, requested_at=at or now, restored=restored
    )
    kept = {
        client.pk: keeping.put_aside(departure, client, now)
        for client in Client.objects.filter(user=user).select_related("practice")
    }
    rows = [_step(departure, store, now) for store in _stores.values() if not store.per_client]
    for client in Client.objects.filter(user=user):
        rows += _steps_of_client(departure, client, now, keep=kept[client.pk])
    ErasureStep.objects.bulk_create(rows)
    return departure


def _step(
    departure: Departure,
    store: _Store,
    now: datetime,
    client: Client | None = None,
    keep: bool = False,
) -> ErasureStep:
    return ErasureStep(
        user_id=departure.user_id,
        practice_id=client.practice_id if client else None,
        client_id=client.pk if client else None,
        store=store.name,
        position=store.position,
        requested_at=now,
        keep=keep and store.keeps,
    )


def _steps_of_client(
    departure: Departure, client: Client, now: datetime, *, keep: bool
) -> list[ErasureStep]:
    stores = [store for store in _stores.values() if store.per_client]
    return [_step(departure, store, now, client, keep) for store in stores]


def forget_kept(kept: KeptRecord, now: datetime) -> None:
    """The law's time is over: write down the steps that remove what was kept of somebody."""
    with transaction.atomic():
        rows: list[ErasureStep] = []
        if kept.client is not None:
            rows = _steps_of_client(kept.departure, kept.client, now, keep=False)
        ErasureStep.objects.bulk_create(rows)
        KeptRecord.objects.filter(pk=kept.pk).update(identity_sealed=b"", erased_at=now)
        Departure.objects.filter(pk=kept.departure_id).update(finished_at=None)


def run_pending(*, user_id: uuid.UUID | None = None, until: datetime | None = None) -> int:
    """Run every open step (of one account, or those that are due by `until`).

    Returns how many are left. A step that fails holds back the later steps of its account: rows
    that name what must be cleared stay until it is.
    """
    pending = ErasureStep.objects.filter(done_at=None)
    if user_id is not None:
        pending = pending.filter(user_id=user_id)
    if until is not None:
        pending = pending.filter(requested_at__lte=until)
    held_back: set[uuid.UUID] = set()
    left = 0
    for step in list(pending.order_by("requested_at", "position", "store")):
        waits = until is not None and step.next_attempt_at and step.next_attempt_at > until
        if step.user_id not in held_back and not waits and _run(step):
            continue
        left += 1
        store = _stores.get(step.store)
        if store is None or not store.independent:
            held_back.add(step.user_id)
    _note_finished(user_id)
    return left


def _note_finished(user_id: uuid.UUID | None) -> None:
    """Of those with no step left, note when the last one was found done. One statement."""
    departures = Departure.objects.filter(finished_at=None)
    if user_id is not None:
        departures = departures.filter(user_id=user_id)
    open_steps = ErasureStep.objects.filter(user_id=OuterRef("user_id"), done_at=None)
    departures.filter(~Exists(open_steps)).update(finished_at=clock.now())


def _run(step: ErasureStep) -> bool:
    now = clock.now()
    wait = min(FIRST_WAIT * 2 ** min(step.attempts, 20), LONGEST_WAIT)
    rows = ErasureStep.objects.filter(pk=step.pk)
    # Written before it is tried: a process that is killed in it has still been counted.
    rows.update(attempts=F("attempts") + 1, last_attempt_at=now, next_attempt_at=now + wait)
    try:
        with transaction.atomic():
            # Of two processes at the same step the second waits here and finds it done.
            if rows.select_for_update().filter(done_at=None).first() is None:
                return True
            subject = Subject(step.user_id, step.practice_id, step.client_id, step.keep)
            _stores[step.store].erase(subject)
            rows.update(done_at=clock.now(), fault="")
            record(
                "pseudonymise" if step.keep else "erase",
                step.store,
                by=system(step.practice_id, "erasure"),
                resource_id=step.client_id or step.user_id,
                client_id=step.client_id,
            )
    except (DatabaseError, OSError) as error:
        rows.update(fault=type(error).__name__)
        _log.error(
            "An erasing step failed and will be tried again",
            extra={"task": step.store, "fault": type(error).__name__},
        )
        return False
    return True


def _client(subject: Subject) -> QuerySet[Client]:
    if subject.practice_id is None or subject.client_id is None:
        return Client.objects.none()
    return Client.objects.filter(practice_id=subject.practice_id, pk=subject.client_id)


def destroy_record_key(subject: Subject) -> None:
    """Crypto-erasure of what is sealed for the record, in whatever table it stands.

    A record that is kept by law keeps its key: the team's notes in it are under it. What names the
    person is overwritten instead, and the key goes with the record.
    """
    if subject.client_id is not None and not subject.keep:
        records.destroy(subject.client_id)


def forget_sessions(subject: Subject) -> None:
    """Every session, second factor, passkey and identity provider of the account."""
    for session in UserSession.objects.filter(user_id=subject.user_id):
        session.end()
    Authenticator.objects.filter(user_id=subject.user_id).delete()
    SocialAccount.objects.filter(user_id=subject.user_id).delete()


def forget_browsers(subject: Subject) -> None:
    """Where web push goes: the address at the push service is written over, then its row goes."""
    rows = Subscription.objects.filter(user_id=subject.user_id)
    rows.update(sealed=b"")
    rows.delete()


def forget_messages(subject: Subject) -> None:
    """What waits to be sent and what was sent, with every attempt; and how they wished it."""
    Notification.objects.filter(recipient_id=subject.user_id).delete()
    own = Preferences.objects.filter(user_id=subject.user_id)
    own.update(phone_sealed=b"")
    own.delete()


def overwrite_sealed_details(subject: Subject) -> None:
    """Everything the practice's key opens in the client's row."""
    _client(subject).update(
        name_sealed=b"", contact_sealed=b"", location_sealed=b"", located_at=None
    )


def remove_client(subject: Subject) -> None:
    """The record itself, with every row that hangs on it; or, kept by law, the person in it."""
    if not subject.keep:
        _client(subject).delete()
        return
    client = _client(subject).select_related("practice").first()
    if client is None:
        return
    now = clock.now()
    yesterday = now.date() - timedelta(days=1)
    Invitation.objects.filter(client=client).delete()
    # Nobody reads it any more: those who treated stay named in it, as of until yesterday.
    team = CareTeamMember.objects.filter(client=client)
    team.filter(Q(ends_on=None) | Q(ends_on__gte=now.date())).update(ends_on=yesterday)
    _client(subject).update(
        user=None,
        external_id="",
        country="",
        time_zone=client.practice.time_zone,
        adult_confirmed_at=None,
        reachable=False,
        left_at=now,
    )


def remove_account(subject: Subject) -> None:
    """The account; of staff a nameless stub stays, so that clinical history keeps its author."""
    user = User.objects.filter(pk=subject.user_id).first()
    if user is None:
        return
    Membership.objects.filter(user=user).exclude(role__in=STAFF_ROLES).delete()
    if not Membership.objects.filter(user=user).exists():
        user.delete()
        return
    Membership.objects.filter(user=user).update(active=False)
    EmailAddress.objects.filter(user=user).delete()
    UserSession.objects.filter(user=user).delete()
    user.login = f"deleted-{user.pk}"
    user.email = ""
    user.save(update_fields=["login", "email"])
