"""Deleting an account, store by store. Each capability registers how its store is cleared.

A step runs in a transaction of its own and leaves an audit event; one that fails stays and is
tried again. What is sealed is overwritten before its row goes, so that the row's last page in the
database file holds nothing to unseal.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet

from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.audit.actions import record
from holdfast.core.identity.models import ErasureStep, User
from holdfast.core.tenancy.models import STAFF_ROLES, Client, Membership

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Subject:
    """Who is to be forgotten. `client_id` is empty for the steps that concern the account."""

    user_id: uuid.UUID
    practice_id: uuid.UUID | None
    client_id: uuid.UUID | None


Eraser = Callable[[Subject], None]


@dataclass(frozen=True)
class _Store:
    position: int
    name: str
    per_client: bool
    erase: Eraser


_stores: dict[str, _Store] = {}


def register(name: str, erase: Eraser, *, position: int = 50, per_client: bool = True) -> None:
    """Say how a store is cleared of one client (or, not `per_client`, of one account).

    Called from `AppConfig.ready`. Lower positions run first; core removes the client's row at 90
    and the account's at 100. `erase` must be safe to run twice.
    """
    _stores[name] = _Store(position, name, per_client, erase)


def stores() -> list[str]:
    """The registered stores, in the order in which they are cleared."""
    return [store.name for store in sorted(_stores.values(), key=lambda s: (s.position, s.name))]


def plan(user: User) -> None:
    """Write down every step; called in the transaction that closes the account."""
    at = clock.now()
    clients = list(Client.objects.filter(user=user).values_list("practice_id", "id"))
    steps = []
    for store in _stores.values():
        for practice_id, client_id in clients if store.per_client else [(None, None)]:
            steps.append(
                ErasureStep(
                    user_id=user.pk,
                    practice_id=practice_id,
                    client_id=client_id,
                    store=store.name,
                    position=store.position,
                    requested_at=at,
                )
            )
    ErasureStep.objects.bulk_create(steps)


def run_pending(*, user_id: uuid.UUID | None = None, until: datetime | None = None) -> int:
    """Run every open step (of one account, or those asked for before `until`).

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
    for step in list(pending):
        if step.user_id in held_back or not _run(step):
            held_back.add(step.user_id)
            left += 1
    return left


def _run(step: ErasureStep) -> bool:
    ErasureStep.objects.filter(pk=step.pk).update(attempts=F("attempts") + 1)
    try:
        with transaction.atomic():
            _stores[step.store].erase(Subject(step.user_id, step.practice_id, step.client_id))
            ErasureStep.objects.filter(pk=step.pk).update(done_at=clock.now())
            record(
                "erase",
                step.store,
                by=system(step.practice_id, "erasure"),
                resource_id=step.client_id or step.user_id,
                client_id=step.client_id,
            )
    except (DatabaseError, OSError) as error:
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


def overwrite_sealed_details(subject: Subject) -> None:
    """Everything the practice's key opens in the client's row."""
    _client(subject).update(
        name_sealed=b"", contact_sealed=b"", location_sealed=b"", located_at=None
    )


def remove_client(subject: Subject) -> None:
    """The record itself, with every row that hangs on it."""
    _client(subject).delete()


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
