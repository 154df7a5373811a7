"""From a signal to a flag: a new one, or the one that is there and absorbs it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.authz.relationships import CARE_TEAM_CONSENT
from holdfast.core.notify.kinds import StaffKind
from holdfast.core.tenancy.locks import one_writer_for
from holdfast.core.tenancy.models import Client
from holdfast.safety.flags import chain, engine
from holdfast.safety.flags.hours import windows_of
from holdfast.safety.flags.models import Flag, FlagEvent, FlagSignal, State

Kind = FlagEvent.Kind
HISTORICAL = "historical"


class Alert(Protocol):
    """What an alert rule yields, as far as flags care."""

    @property
    def code(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def item(self) -> str | None: ...
    @property
    def scale(self) -> str | None: ...
    @property
    def follow_up(self) -> str | None: ...


@dataclass(frozen=True)
class Signal:
    """One thing a human should know of, as codes. `level` is none, watch, concern, urgent or
    emergency; `follow_up` names an instrument that was to be asked at once.
    """

    code: str
    level: str
    reason: str
    response_id: uuid.UUID | None = None
    item: str | None = None
    scale: str | None = None
    follow_up: str | None = None

    @classmethod
    def of_alert(cls, alert: Alert, response_id: uuid.UUID | None) -> Signal:
        """The signal of an instrument's alert, whichever capability evaluated it."""
        return cls(
            alert.code,
            alert.level,
            alert.reason,
            response_id,
            alert.item,
            alert.scale,
            alert.follow_up,
        )


def add_event(
    flag: Flag,
    kind: str,
    at: datetime,
    *,
    by: uuid.UUID | None = None,
    to: uuid.UUID | None = None,
    **detail: object,
) -> None:
    """Add one step to the flag's history."""
    FlagEvent.objects.create(
        practice_id=flag.practice_id, flag=flag, at=at, kind=kind, by_id=by, to_id=to, detail=detail
    )


def raise_flag(
    *,
    client: Client,
    signals: Sequence[Signal],
    answered_at: datetime,
    received_at: datetime,
    historical: bool,
    by: Actor,
) -> Flag | None:
    """Raise or absorb; see `facade.raise_signals`."""
    worth = [signal for signal in signals if engine.rank(signal.level) > 0]
    if not worth:
        return None
    with transaction.atomic():
        one_writer_for(client)  # two devices must not open two flags
        worth = _news(client, worth)
        if not worth:
            return None
        worst = max(worth, key=lambda signal: engine.rank(signal.level))
        if historical:
            flag = _write_historical(client, worst, answered_at, received_at, by)
        else:
            flag = _raise_or_absorb(client, worst, answered_at, received_at, by)
        _keep_signals(flag, worth, answered_at, received_at, awaits=not historical)
    return flag


def _news(client: Client, signals: list[Signal]) -> list[Signal]:
    """Without reasons that are news once and known of this person already."""
    once = engine.policy().known_once & {signal.reason for signal in signals}
    if not once:
        return signals
    known = set(
        FlagSignal.objects.filter(
            practice_id=client.practice_id, client=client, reason__in=once
        ).values_list("reason", flat=True)
    )
    return [signal for signal in signals if signal.reason not in known]


def _write_historical(
    client: Client, worst: Signal, answered_at: datetime, received_at: datetime, by: Actor
) -> Flag:
    """A record of what an imported answer says: closed at birth, paging nobody."""
    flag = Flag.objects.create(
        practice_id=client.practice_id,
        client=client,
        level=engine.rank(worst.level),
        reason=worst.reason,
        state=State.CLOSED,
        historical=True,
        outcome=HISTORICAL,
        raised_at=received_at,
        answered_at=answered_at,
        closed_at=received_at,
    )
    add_event(flag, Kind.RAISED, received_at, level=worst.level, reason=worst.reason)
    record("raise", "flag", by=by, resource_id=flag.pk, client_id=client.pk, at=received_at,
           practice_id=client.practice_id, detail={"historical": True})  # fmt: skip
    return flag


def _raise_or_absorb(
    client: Client, worst: Signal, answered_at: datetime, received_at: datetime, by: Actor
) -> Flag:
    flag = (
        Flag.objects.select_for_update()
        .filter(practice_id=client.practice_id, client=client)
        .exclude(state=State.CLOSED)
        .first()
    )
    if flag is None:
        return _raise(client, worst, answered_at, received_at, by)
    flag.client = client  # read already
    Flag.objects.filter(pk=flag.pk).update(repeats=flag.repeats + 1)
    flag.repeats += 1
    rank = engine.rank(worst.level)
    if rank > flag.level:
        _alarm_again(flag, worst, Kind.LEVEL_RAISED, received_at, by)
    elif rank == flag.level and flag.state == State.ACTED:
        # A human has dealt with what came before; this is news to them.
        _alarm_again(flag, worst, Kind.REPEATED, received_at, by)
    else:
        add_event(flag, Kind.REPEATED, received_at, level=worst.level, reason=worst.reason)
    return flag


def _raise(
    client: Client, worst: Signal, answered_at: datetime, received_at: datetime, by: Actor
) -> Flag:
    due = engine.due(
        worst.level, received_at, windows_of(client.practice_id, received_at), engine.policy()
    )
    order = chain.on_call(client.practice_id)
    team = chain.treating_clinicians(client.practice_id, client.pk, received_at)
    position, owner = order[0] if order else (0, team[0] if team else None)
    flag = Flag.objects.create(
        practice_id=client.practice_id,
        client=client,
        level=engine.rank(worst.level),
        reason=worst.reason,
        owner_id=owner,
        chain_position=position,
        raised_at=received_at,
        answered_at=answered_at,
        due_at=due.at,
        due_kind=due.kind,
        escalate_at=due.escalate_at,
    )
    add_event(flag, Kind.RAISED, received_at, to=owner, level=worst.level, reason=worst.reason)
    chain.tell(flag, chain.RAISED, _to_tell(client, owner, team), received_at)
    record("raise", "flag", by=by, resource_id=flag.pk, client_id=client.pk, at=received_at,
           practice_id=client.practice_id)  # fmt: skip
    return flag


def _to_tell(
    client: Client, owner: uuid.UUID | None, team: list[uuid.UUID]
) -> list[uuid.UUID | None]:
    """The owner, and the care team beside them for as long as the person agrees to it."""
    return [owner] if client.has_withdrawn(CARE_TEAM_CONSENT) else [owner, *team]


def _alarm_again(flag: Flag, worst: Signal, kind: str, received_at: datetime, by: Actor) -> None:
    """What was seen before does not count for this; of a clock that runs, the shorter holds."""
    windows = windows_of(flag.practice_id, received_at)
    due = engine.due(worst.level, received_at, windows, engine.policy())
    running = flag.escalate_at if flag.state == State.OPEN else None
    if running is not None and flag.due_at is not None and running < due.escalate_at:
        due = engine.Due(flag.due_at, _kind(flag.due_kind), running)
    team = chain.treating_clinicians(flag.practice_id, flag.client_id, received_at)
    order = chain.on_call(flag.practice_id)
    from_the_top = bool(flag.alarm and order)
    if from_the_top:
        flag.chain_position, flag.owner_id = order[0]
    flag.level, flag.reason, flag.state = engine.rank(worst.level), worst.reason, State.OPEN
    flag.due_at, flag.due_kind, flag.escalate_at = due.at, due.kind, due.escalate_at
    flag.seen_by_id, flag.seen_at = None, None
    flag.save()
    detail: dict[str, Any] = {"level": worst.level, "reason": worst.reason}
    if from_the_top:
        detail["from_the_top"] = True
    add_event(flag, kind, received_at, to=flag.owner_id, **detail)
    told: StaffKind = chain.LEVEL_RAISED if kind == Kind.LEVEL_RAISED else chain.RAISED
    chain.tell(flag, told, _to_tell(flag.client, flag.owner_id, team), received_at)
    record("alarm-again", "flag", by=by, resource_id=flag.pk, client_id=flag.client_id,
           at=received_at, practice_id=flag.practice_id)  # fmt: skip


def _kind(text: str) -> engine.DueKind:
    return "next_opening" if text == "next_opening" else "same_day"


def _keep_signals(
    flag: Flag,
    signals: Sequence[Signal],
    answered_at: datetime,
    received_at: datetime,
    *,
    awaits: bool,
) -> None:
    wait = received_at + engine.policy().follow_up
    FlagSignal.objects.bulk_create(
        FlagSignal(
            practice_id=flag.practice_id,
            client_id=flag.client_id,
            flag=flag,
            code=signal.code,
            level=engine.rank(signal.level),
            reason=signal.reason,
            response_id=signal.response_id,
            item=signal.item or "",
            scale=signal.scale or "",
            answered_at=answered_at,
            received_at=received_at,
            follow_up=signal.follow_up or "",
            follow_up_due_at=wait if awaits and signal.follow_up else None,
        )
        for signal in signals
    )
