"""What the worker does with flags: pass on what is past its time, notice a missed follow-up.

Every row is claimed by a conditional UPDATE inside the transaction that does the work, so two
workers never do a step twice and a killed one leaves the step undone, to be done by the next.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import DataError, IntegrityError, transaction

from holdfast.core.actor import system
from holdfast.core.audit.actions import record
from holdfast.core.tenancy.models import Practice
from holdfast.safety.flags import chain, engine
from holdfast.safety.flags.hours import windows_of
from holdfast.safety.flags.models import Flag, FlagEvent, FlagSignal, State
from holdfast.safety.flags.raising import Signal, add_event, raise_flag

_log = logging.getLogger(__name__)

BATCH = 200
MISSED = "missed-follow-up"


def escalate_due(now: datetime) -> int:
    """Pass on every flag whose clock ran out, and every one whose owner is no longer active, to
    the next person on call; returns how many.
    """
    due = (
        Flag.objects.filter(escalate_at__lte=now)
        .exclude(state=State.CLOSED)
        .order_by("escalate_at")
        .values_list("id", flat=True)[:BATCH]
    )
    left_behind = (
        Flag.objects.filter(owner__active=False)
        .exclude(state=State.CLOSED)
        .order_by("id")
        .values_list("id", "owner_id")[:BATCH]
    )
    steps = [partial(_escalate, flag_id, now) for flag_id in due]
    steps += [partial(_take_over, flag_id, owner, now) for flag_id, owner in left_behind]
    return sum(map(_done, steps))


def _done(step: Callable[[], bool]) -> bool:
    """Whether the step was done. One flag that the database refuses holds back no other."""
    try:
        return step()
    except (IntegrityError, DataError) as error:
        _log.error("A flag could not be passed on", extra={"fault": type(error).__name__})
        return False


def _escalate(flag_id: uuid.UUID, now: datetime) -> bool:
    with transaction.atomic():
        claimed = (
            Flag.objects.filter(pk=flag_id, escalate_at__lte=now)
            .exclude(state=State.CLOSED)
            .update(escalate_at=None)
        )
        if not claimed:
            return False
        flag = Flag.objects.get(pk=flag_id)
        order = chain.on_call(flag.practice_id)
        _move_on(flag, order, chain.next_on_call(flag, order), now)
    return True


def _take_over(flag_id: uuid.UUID, owner_id: uuid.UUID | None, now: datetime) -> bool:
    """From an owner who is gone to whoever is next, or else to the top of the order: at once."""
    with transaction.atomic():
        claimed = (
            Flag.objects.filter(pk=flag_id, owner_id=owner_id)
            .exclude(state=State.CLOSED)
            .update(owner=None, escalate_at=None)
        )
        if not claimed:
            return False
        flag = Flag.objects.get(pk=flag_id)
        order = chain.on_call(flag.practice_id)
        following = chain.next_on_call(flag, order) or (order[0] if order else None)
        _move_on(flag, order, following, now)
    return True


def _move_on(
    flag: Flag, order: list[chain.Entry], following: chain.Entry | None, now: datetime
) -> None:
    if following is None:
        _exhaust(flag, order, now)
    else:
        _pass_on(flag, following, now)
    record(
        "escalate",
        "flag",
        by=system(flag.practice_id),
        resource_id=flag.pk,
        client_id=flag.client_id,
        at=now,
        detail={"exhausted": following is None},
    )


def _pass_on(flag: Flag, following: chain.Entry, now: datetime) -> None:
    policy = engine.policy()
    due = engine.step_due(engine.LEVELS[flag.level], now, windows_of(flag.practice_id, now), policy)
    left = flag.state
    flag.chain_position, flag.owner_id = following
    flag.state, flag.due_at, flag.due_kind = State.OPEN, due.at, due.kind
    flag.escalate_at = due.escalate_at
    flag.save(
        update_fields=["chain_position", "owner", "state", "due_at", "due_kind", "escalate_at"]
    )
    add_event(flag, FlagEvent.Kind.ESCALATED, now, to=flag.owner_id, left=left)
    chain.tell(flag, chain.ESCALATED, [flag.owner_id], now)


def _exhaust(flag: Flag, order: list[chain.Entry], now: datetime) -> None:
    """Nobody is left: the flag stays open and alarms everybody, again at each opening."""
    practice = Practice.objects.get(pk=flag.practice_id)
    flag.alarm, flag.state = True, State.OPEN
    flag.escalate_at = engine.ring_again_at(now, windows_of(flag.practice_id, now), engine.policy())
    flag.save(update_fields=["alarm", "state", "escalate_at"])
    add_event(
        flag,
        FlagEvent.Kind.CHAIN_EXHAUSTED,
        now,
        end_of_chain={
            "name": practice.end_of_chain_name,
            "phone": practice.end_of_chain_phone,
            "instructions": practice.end_of_chain_instructions,
        },
    )
    everybody = [membership for _, membership in order]
    everybody += chain.treating_clinicians(flag.practice_id, flag.client_id, now)
    everybody += chain.administrators(flag.practice_id)
    chain.tell(flag, chain.EXHAUSTED, everybody, now)


def note_missed_follow_ups(now: datetime) -> int:
    """Tell a human of follow-up questions that were not answered in time; returns how many."""
    awaited = (
        FlagSignal.objects.filter(follow_up_due_at__lte=now)
        .order_by("follow_up_due_at")
        .values_list("id", flat=True)[:BATCH]
    )
    return sum(_note_missed(signal_id, now) for signal_id in list(awaited))


def _note_missed(signal_id: uuid.UUID, now: datetime) -> bool:
    with transaction.atomic():
        claimed = FlagSignal.objects.filter(pk=signal_id, follow_up_due_at__lte=now).update(
            follow_up_due_at=None
        )
        if not claimed:
            return False
        signal = FlagSignal.objects.select_related("flag", "client").get(pk=signal_id)
        if signal.flag.state == State.CLOSED:
            # A human has dealt with it meanwhile.
            return False
        missed = Signal(
            code=MISSED,
            level=engine.policy().reasons[MISSED],
            reason=MISSED,
            response_id=signal.response_id,
            item=signal.item,
        )
        raise_flag(
            client=signal.client,
            signals=[missed],
            answered_at=signal.answered_at,
            received_at=now,
            historical=False,
            by=system(signal.practice_id),
        )
    return True
