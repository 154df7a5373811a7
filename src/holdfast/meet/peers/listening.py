"""Becoming a listener, and when one listens: each change one transaction with its audit event."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.notify import facade as notify
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.locks import one_writer_for
from holdfast.core.tenancy.models import Client, Membership, Role
from holdfast.meet.peers import people
from holdfast.meet.peers.engine import training
from holdfast.meet.peers.models import Chat, Listener
from holdfast.meet.peers.problems import NoBadge, NotTrained

READY: Final = "listener-ready"
BADGE: Final = "listener-badge"
_Status = Listener.Status


def own(client: Client) -> Listener:
    """Raises NotFound for whoever never applied."""
    found = Listener.objects.filter(practice_id=client.practice_id, client=client).first()
    if found is None:
        raise NotFound
    return found


def apply(client: Client, *, by: Actor) -> Listener:
    """Begin the training; again changes nothing. Raises AdultsOnly or Suspended."""
    with transaction.atomic():
        one_writer_for(client)
        people.check(client)
        row, is_new = Listener.objects.get_or_create(
            client=client,
            defaults={"practice_id": client.practice_id, "applied_at": clock.now()},
        )
        if is_new:
            _record("apply", row, by)
    return row


def stop(client: Client, *, by: Actor) -> None:
    """No listener any more: open chats go on to their end. Again changes nothing."""
    with transaction.atomic():
        row = Listener.objects.filter(practice_id=client.practice_id, client=client).first()
        if row is not None:
            _record("stop", row, by)
            row.delete()


def answer(client: Client, code: str, answers: Mapping[int, int], *, by: Actor) -> list[int]:
    """The questions of one module: the places of those answered wrong, none where it is passed.

    Whoever has passed the last is shown to the administrators. Raises NotFound.
    """
    module = training.shipped(training.FALLBACK).module(code)
    if module is None:
        raise NotFound
    wrong = training.wrong(module, answers)
    with transaction.atomic():
        one_writer_for(client)
        row = own(client)
        if wrong or code in row.modules:
            return wrong
        row.modules = [*row.modules, code]
        if row.status == _Status.TRAINING and training.finished(frozenset(row.modules)):
            row.status = _Status.TRAINED
            _tell_administrators(row)
        row.save(update_fields=["modules", "status"])
        _record("pass-module", row, by, module=code)
    return []


def _tell_administrators(row: Listener) -> None:
    members = Membership.objects.filter(
        practice_id=row.practice_id, role=Role.ADMINISTRATOR, active=True
    )
    accounts = list(members.values_list("user_id", flat=True))
    notify.send(practice_id=row.practice_id, recipients=accounts, kind=READY, subject_id=row.pk)


def change(client: Client, settings: Mapping[str, Any], *, by: Actor) -> Listener:
    """Topics, languages, availability and how many at once. Raises NoBadge."""
    with transaction.atomic():
        one_writer_for(client)
        row = own(client)
        if row.status != _Status.LISTENING:
            raise NoBadge
        people.check(client)
        for name in ("topics", "languages", "on", "hours", "at_once"):
            setattr(row, name, settings[name])
        row.save(update_fields=["topics", "languages", "on", "hours", "at_once"])
        _record("change", row, by, on=row.on)
    return row


def decide(practice_id: uuid.UUID, listener_id: uuid.UUID, *, badge: bool, by: Actor) -> Listener:
    """Give the badge, or take it away. Raises NotTrained, AdultsOnly, Suspended or NotFound."""
    with transaction.atomic():
        rows = Listener.objects.select_for_update(of=("self",)).select_related("client")
        row = rows.filter(practice_id=practice_id, pk=listener_id).first()
        if row is None:
            raise NotFound
        if badge:
            people.check(row.client)
            if not training.finished(frozenset(row.modules)):
                raise NotTrained
        _decide(row, badge, by)
        if row.client.user_id is not None:
            notify.send(
                practice_id=practice_id,
                recipients=[row.client.user_id],
                kind=BADGE,
                subject_id=row.pk,
            )
    return row


def take_badge(client: Client, *, by: Actor) -> None:
    """After a report; in the caller's transaction. Whoever is no listener is left alone."""
    row = Listener.objects.filter(practice_id=client.practice_id, client=client).first()
    if row is not None:
        _decide(row, False, by)


def _decide(row: Listener, badge: bool, by: Actor) -> None:
    member = Membership.objects.filter(
        pk__in=by.membership_ids, practice_id=row.practice_id
    ).first()
    row.status = _Status.LISTENING if badge else _Status.BADGE_TAKEN
    row.on = row.on and badge
    row.decided_at, row.decided_by = clock.now(), member
    row.save(update_fields=["status", "on", "decided_at", "decided_by"])
    _record("give-badge" if badge else "take-badge", row, by)


def has_open_chats(client: Client) -> int:
    """How many chats they listen in now. One statement."""
    return Chat.objects.filter(
        practice_id=client.practice_id, listener=client, status=Chat.Status.OPEN
    ).count()


def _record(action: str, row: Listener, by: Actor, **detail: object) -> None:
    record(action, "listener", by=by, resource_id=row.pk, client_id=row.client_id, detail=detail)
