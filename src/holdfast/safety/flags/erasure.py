"""Forget a person's flags, when they delete their account."""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Max

from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.audit.actions import record
from holdfast.core.identity.erasure import Subject
from holdfast.core.tenancy.models import Practice
from holdfast.safety.flags import chain
from holdfast.safety.flags.models import Flag, FlagEvent, FlagSignal, State, WithdrawnFlag
from holdfast.safety.flags.statistics import week_of

#: The outcome of a flag whose person deleted their account.
PERSON_LEFT = "person-left"


def forget(subject: Subject) -> None:
    """Delete the flags with their signals and history; safe to run twice.

    Where the law makes the practice keep the record, they stay with their history, closed. Nothing
    holds the person back, an open flag included. Whoever answers for one is told that it is gone
    because its person left, so that nobody goes on looking for it; the news names nobody. Of those
    deleted a count without a person stays (`WithdrawnFlag`), and the audit trail's codes.
    """
    if subject.practice_id is None or subject.client_id is None:
        return
    flags = Flag.objects.filter(practice_id=subject.practice_id, client_id=subject.client_id)
    found = list(flags.select_for_update())
    if not found:
        return
    for flag in found:
        if flag.state != State.CLOSED:
            _say_that_it_is_gone(flag)
    if subject.keep:
        _close([flag for flag in found if flag.state != State.CLOSED])
        return
    zone = ZoneInfo(Practice.objects.get(pk=subject.practice_id).time_zone)
    WithdrawnFlag.objects.bulk_create(
        WithdrawnFlag(
            practice_id=subject.practice_id,
            week=week_of(flag.raised_at, zone),
            level=flag.level,
            unclosed=flag.state != State.CLOSED,
        )
        for flag in found
        if not flag.historical
    )
    flags.delete()


def _close(unclosed: list[Flag]) -> None:
    """Nobody can act on them any more: the clock stops, and the history says why."""
    now = clock.now()
    for flag in unclosed:
        flag.state, flag.closed_at, flag.outcome = State.CLOSED, now, PERSON_LEFT
        flag.escalate_at, flag.alarm = None, False
        flag.save(update_fields=["state", "closed_at", "outcome", "escalate_at", "alarm"])
        detail = {"outcome": PERSON_LEFT}
        FlagEvent.objects.create(
            practice_id=flag.practice_id, flag=flag, at=now, kind=FlagEvent.Kind.CLOSED,
            detail=detail,
        )  # fmt: skip
    signals = FlagSignal.objects.filter(flag__in=unclosed, follow_up_due_at__isnull=False)
    signals.update(follow_up_due_at=None)


def last_contact(practice_id: uuid.UUID, client_id: uuid.UUID) -> datetime | None:
    """When somebody last reached the person about a flag. One statement."""
    reached = FlagEvent.objects.filter(
        practice_id=practice_id,
        flag__client_id=client_id,
        kind=FlagEvent.Kind.CONTACT_ATTEMPT,
        detail__outcome="answered",
    )
    at: datetime | None = reached.aggregate(at=Max("at"))["at"]
    return at


def _say_that_it_is_gone(flag: Flag) -> None:
    now = clock.now()
    order = [membership for _, membership in chain.on_call(flag.practice_id)]
    team = chain.treating_clinicians(flag.practice_id, flag.client_id, now)
    owner = [flag.owner_id] if flag.owner_id else order[:1]
    chain.tell_of_withdrawal(flag.practice_id, [*owner, *team], now)
    record(
        "withdraw",
        "flag",
        by=system(flag.practice_id, "erasure"),
        resource_id=flag.pk,
        client_id=flag.client_id,
        at=now,
        practice_id=flag.practice_id,
    )
