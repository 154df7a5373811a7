"""Forget a person's flags, when they delete their account."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.audit.actions import record
from holdfast.core.identity.erasure import Subject
from holdfast.core.tenancy.models import Practice
from holdfast.safety.flags import chain
from holdfast.safety.flags.models import Flag, State, WithdrawnFlag
from holdfast.safety.flags.statistics import week_of


def forget(subject: Subject) -> None:
    """Delete the flags with their signals and history; safe to run twice.

    Nothing holds the person back, an open flag included. Whoever answers for one is told that it is
    gone because its person left, so that nobody goes on looking for it; the news names nobody. What
    stays is a count without a person (`WithdrawnFlag`), and the audit trail's codes.
    """
    if subject.practice_id is None or subject.client_id is None:
        return
    flags = Flag.objects.filter(practice_id=subject.practice_id, client_id=subject.client_id)
    found = list(flags.select_for_update())
    if not found:
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
    for flag in found:
        if flag.state != State.CLOSED:
            _say_that_it_is_gone(flag)
    flags.delete()


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
