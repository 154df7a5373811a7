"""The states of a visit, what moves it from one to the next, and who may.

    planned ── waiting ── admitted ── in_session ── finished
       └─────────┴───────────┴─────────── no_show
       └─────────┴─────────────────────── cancelled

Three rules stand above the table. Nobody is let in but by the clinician, one person at a time: the
clinician's coming admits nobody. Nothing about media moves a visit backwards or ends it: hanging
up, a lost network and a restarted server are no events here. And a visit ends by a decision only.

Pure: no Django, no clock. Every event may come twice (a request is sent again); the second changes
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class State(StrEnum):
    PLANNED = "planned"
    WAITING = "waiting"
    ADMITTED = "admitted"
    IN_SESSION = "in_session"
    FINISHED = "finished"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


#: Neither side has anything more to do in these.
OVER: Final = frozenset({State.FINISHED, State.NO_SHOW, State.CANCELLED})
#: The person may be in the room.
OPEN: Final = frozenset({State.ADMITTED, State.IN_SESSION})
#: Somebody has come and the visit is not over: what a way back leads to.
GOING_ON: Final = frozenset({State.WAITING, State.ADMITTED, State.IN_SESSION})


class Side(StrEnum):
    CLIENT = "client"
    CLINICIAN = "clinician"
    #: Scheduling, an import: whoever cancels by another way than the visit's own page.
    PRACTICE = "practice"


class Event(StrEnum):
    ARRIVE = "arrive"
    LEAVE = "leave"
    ADMIT = "admit"
    BEGIN = "begin"
    FINISH = "finish"
    NO_SHOW = "no_show"
    CANCEL = "cancel"


class Refused(Exception):
    """The event does not fit. `code` is `over`, `not-yours`, `nobody-there`, `not-admitted` or
    `already-begun`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Visit:
    """Where a visit is, with both sides' clocks. Instants are aware.

    `*_arrived_at`: when that side first came. `*_left_at`: since when it is away again, None while
    it is there or before it came. `begun_at`: when media first connected; the session's clock.
    """

    state: State = State.PLANNED
    client_arrived_at: datetime | None = None
    client_left_at: datetime | None = None
    clinician_arrived_at: datetime | None = None
    clinician_left_at: datetime | None = None
    admitted_at: datetime | None = None
    begun_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def client_is_here(self) -> bool:
        return self.client_arrived_at is not None and self.client_left_at is None

    @property
    def clinician_is_here(self) -> bool:
        return self.clinician_arrived_at is not None and self.clinician_left_at is None


_BOTH: Final = frozenset({Side.CLIENT, Side.CLINICIAN})
_CLINICIAN: Final = frozenset({Side.CLINICIAN})
_ANYONE: Final = frozenset(Side)

#: Who may cause an event.
MAY: Final[dict[Event, frozenset[Side]]] = {
    Event.ARRIVE: _BOTH,
    Event.LEAVE: _BOTH,
    Event.ADMIT: _CLINICIAN,
    Event.BEGIN: _BOTH,
    Event.FINISH: _CLINICIAN,
    Event.NO_SHOW: _CLINICIAN,
    Event.CANCEL: _ANYONE,
}


def step(visit: Visit, event: Event, side: Side, now: datetime) -> Visit:
    """The visit after an event; the same object's equal where it had already happened.

    Raises `Refused` for whoever may not, and for what does not fit where the visit is.
    """
    if side not in MAY[event]:
        raise Refused("not-yours")
    return _STEPS[event](visit, side, now)


def _arrive(visit: Visit, side: Side, now: datetime) -> Visit:
    if visit.state in OVER:
        raise Refused("over")
    state = State.WAITING if visit.state == State.PLANNED else visit.state
    if side == Side.CLIENT:
        at = visit.client_arrived_at or now
        return replace(visit, state=state, client_arrived_at=at, client_left_at=None)
    at = visit.clinician_arrived_at or now
    return replace(visit, state=state, clinician_arrived_at=at, clinician_left_at=None)


def _leave(visit: Visit, side: Side, now: datetime) -> Visit:
    """Away, and nothing else: the visit stays where it is."""
    if side == Side.CLIENT and visit.client_is_here:
        return replace(visit, client_left_at=now)
    if side == Side.CLINICIAN and visit.clinician_is_here:
        return replace(visit, clinician_left_at=now)
    return visit


def _admit(visit: Visit, side: Side, now: datetime) -> Visit:
    if visit.state in OPEN:
        return visit
    if visit.state in OVER:
        raise Refused("over")
    if visit.client_arrived_at is None:
        raise Refused("nobody-there")
    return replace(visit, state=State.ADMITTED, admitted_at=now)


def _begin(visit: Visit, side: Side, now: datetime) -> Visit:
    if visit.state == State.IN_SESSION:
        return visit
    if visit.state in OVER:
        raise Refused("over")
    if visit.state != State.ADMITTED:
        raise Refused("not-admitted")
    return replace(visit, state=State.IN_SESSION, begun_at=now)


def _finish(visit: Visit, side: Side, now: datetime) -> Visit:
    """From anywhere before the end: a visit may have taken place another way than was planned."""
    if visit.state == State.FINISHED:
        return visit
    if visit.state in OVER:
        raise Refused("over")
    return replace(visit, state=State.FINISHED, ended_at=now)


def _no_show(visit: Visit, side: Side, now: datetime) -> Visit:
    if visit.state == State.NO_SHOW:
        return visit
    if visit.state in OVER:
        raise Refused("over")
    if visit.state == State.IN_SESSION:
        raise Refused("already-begun")
    return replace(visit, state=State.NO_SHOW)


def _cancel(visit: Visit, side: Side, now: datetime) -> Visit:
    if visit.state == State.CANCELLED:
        return visit
    if visit.state in OVER:
        raise Refused("over")
    if visit.state in OPEN:
        raise Refused("already-begun")
    return replace(visit, state=State.CANCELLED)


_STEPS: Final = {
    Event.ARRIVE: _arrive,
    Event.LEAVE: _leave,
    Event.ADMIT: _admit,
    Event.BEGIN: _begin,
    Event.FINISH: _finish,
    Event.NO_SHOW: _no_show,
    Event.CANCEL: _cancel,
}


def picked_up(visit: Visit, now: datetime) -> Visit:
    """The person answered their phone: both are there, and the clinician who calls lets them in.

    Raises `Refused` where the visit is over.
    """
    for event, side in (
        (Event.ARRIVE, Side.CLINICIAN),
        (Event.ARRIVE, Side.CLIENT),
        (Event.ADMIT, Side.CLINICIAN),
        (Event.BEGIN, Side.CLINICIAN),
    ):
        visit = step(visit, event, side, now)
    return visit


#: Whoever was away for less has not come anew: a page was loaded again, a train left a tunnel.
AWAY: Final = timedelta(minutes=5)


def waits(visit: Visit) -> bool:
    """Whether the person sits in the waiting room."""
    return visit.state == State.WAITING and visit.client_is_here


def has_come_to_wait(before: Visit, after: Visit, now: datetime) -> bool:
    """Whether what happened `now` is an arrival in the waiting room."""
    if waits(before) or not waits(after):
        return False
    return before.client_left_at is None or now - before.client_left_at >= AWAY


def corrected(visit: Visit, to: State) -> Visit:
    """The record put right by the clinician: only between planned and the ways in which a visit is
    over. What is going on is moved by events alone.

    Put back to planned, it has not been come to: the clocks begin anew (the audit trail keeps what
    they said). Raises `Refused`.
    """
    if to == visit.state:
        return visit
    if visit.state in GOING_ON or to in GOING_ON:
        raise Refused("already-begun" if visit.state in GOING_ON else "not-admitted")
    if to == State.PLANNED:
        return Visit()
    return replace(visit, state=to, ended_at=visit.ended_at if to == State.FINISHED else None)


def starts(visit: Visit, planned: datetime) -> datetime:
    """When a visit that is over began: at its time, or earlier where both were early."""
    if visit.ended_at is None or visit.ended_at >= planned:
        return planned
    return visit.begun_at or visit.admitted_at or visit.ended_at
