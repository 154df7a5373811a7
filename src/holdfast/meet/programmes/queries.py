"""Reads of programmes, scoped by practice in the fetch itself."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client, Role
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.messages import facade as messages
from holdfast.meet.programmes import engine, standing
from holdfast.meet.programmes.engine import Presence, Visited
from holdfast.meet.programmes.enrolling import OPEN
from holdfast.meet.programmes.models import (
    Attendance,
    Enrolment,
    Facilitator,
    Programme,
    Session,
)

MOST = 200
_State = Programme.State
_Enrolled = Enrolment.State


def _with_parts(rows: QuerySet[Programme]) -> QuerySet[Programme]:
    """With sessions and facilitators: three statements."""
    leading = Facilitator.objects.select_related("membership")
    return rows.prefetch_related("sessions", Prefetch("facilitators", leading))


def _one(practice_id: uuid.UUID, programme_id: uuid.UUID) -> Programme:
    rows = Programme.objects.filter(practice_id=practice_id, pk=programme_id)
    found = _with_parts(rows).first()
    if found is None:
        raise NotFound
    return found


# --- one programme, as everybody may see it


def session_out(row: Session) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "title": row.title,
        "description": row.description,
        "material": row.material,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "cancelled": row.cancelled_at is not None,
    }


def _held(sessions: Sequence[Session]) -> list[Session]:
    return [one for one in sessions if one.starts_at is not None and one.cancelled_at is None]


def lets_in(row: Programme, now: datetime) -> bool:
    """Of a row with its sessions. No statement."""
    starts = [one.starts_at for one in _held(list(row.sessions.all())) if one.starts_at]
    running = row.state == _State.RUNNING and row.joining
    return running and engine.lets_in(starts, row.open_until, now)


def _coming(row: Programme, now: datetime) -> list[Session]:
    """Its sessions that are not over, the next one first. No statement for a row with them."""
    held = _held(list(row.sessions.all()))
    return [one for one in held if one.ends_at is not None and one.ends_at > now]


def _summary(row: Programme, taken: int, now: datetime) -> dict[str, Any]:
    sessions = list(row.sessions.all())
    coming = _coming(row, now)
    return {
        "id": row.pk,
        "state": row.state,
        "title": row.title,
        "purpose": row.purpose,
        "languages": row.languages,
        "medium": row.medium,
        "place_id": row.place_id,
        "zone": row.zone,
        "every_weeks": row.every_weeks,
        "minutes": row.minutes,
        "capacity": row.capacity,
        "free": engine.free_places(row.capacity, taken),
        "open": lets_in(row, now),
        "facilitators": [one.membership.display_name for one in row.facilitators.all()],
        "sessions": len(sessions),
        "first": _held(sessions)[0].starts_at if _held(sessions) else None,
        "next": session_out(coming[0]) if coming else None,
    }


# --- for whoever leads it


def led_by(practice_id: uuid.UUID, by: Actor) -> list[dict[str, Any]]:
    """One's own, an administrator's all, running ones first, at most 200. Three statements."""
    rows = Programme.objects.filter(practice_id=practice_id)
    if Role.ADMINISTRATOR not in by.roles:
        leading = Facilitator.objects.filter(membership_id__in=by.membership_ids)
        rows = rows.filter(pk__in=leading.values("programme"))
    placed = Count("enrolments", Q(enrolments__state__in=standing.PLACED), distinct=True)
    asked = Count("enrolments", Q(enrolments__state=_Enrolled.ASKED), distinct=True)
    found = _with_parts(rows.annotate(placed=placed, asked=asked))
    order = [_State.RUNNING, _State.DRAFT, _State.COMMUNITY, _State.ENDED]
    now = clock.now()
    items = [
        (
            order.index(_State(row.state)),
            _summary(row, row.placed, now) | {"asked": row.asked},  # type: ignore[attr-defined]
        )
        for row in found.order_by("-created_at", "id")[:MOST]
    ]
    return [one for _, one in sorted(items, key=lambda pair: pair[0])]


def detail(practice_id: uuid.UUID, programme_id: uuid.UUID, by: Actor) -> dict[str, Any]:
    """All of a programme but its people: those who lead it, and administrators. Raises NotFound.
    Five statements at most.
    """
    row = _one(practice_id, programme_id)
    mine = any(one.membership_id in by.membership_ids for one in row.facilitators.all())
    if not mine and Role.ADMINISTRATOR not in by.roles:
        raise NotFound
    states = Counter(row.enrolments.values_list("state", flat=True))
    taken = sum(states[one] for one in standing.PLACED)
    now = clock.now()
    rooms = [one.appointment_id for one in _coming(row, now)] if mine else []
    return _summary(row, taken, now) | {
        "asked": states[_Enrolled.ASKED],
        "rules": row.rules,
        "rules_version": row.rules_version,
        "open_until": row.open_until,
        "joining": row.joining,
        "first_local": row.first_local,
        "left_out": row.left_out,
        "curriculum": [session_out(one) for one in row.sessions.all()],
        "facilitator_ids": [one.membership_id for one in row.facilitators.all()],
        "thread_id": row.thread_id,
        "leads": mine,
        "next_room": next(iter(rooms), None),
    }


@dataclass(frozen=True)
class _Came:
    """What is known of who came where, by appointment and client, and by enrolment and session."""

    visits: Mapping[tuple[uuid.UUID, uuid.UUID], encounters.BookedVisit]
    said: Mapping[tuple[uuid.UUID, uuid.UUID], str]

    def of(self, row: Enrolment, session: Session) -> Presence | None:
        """Nothing of what was before they came or after they left."""
        at = session.starts_at
        if session.appointment_id is None or at is None or session.cancelled_at is not None:
            return None
        if row.joined_at is None or (row.ended_at is not None and row.ended_at <= at):
            return None
        visit = self.visits.get((session.appointment_id, row.client_id))
        known = None
        if visit is not None:
            known = Visited(visit.status, visit.starts_at, visit.client_arrived_at)
        said = self.said.get((row.pk, session.pk))
        return engine.presence(known, Presence(said) if said else None)

    def has_place(self, row: Enrolment, session: Session) -> bool:
        return (session.appointment_id, row.client_id) in self.visits

    def visit(self, row: Enrolment, session: Session) -> dict[str, Any]:
        """The visit to join, if there is one."""
        key = (session.appointment_id, row.client_id)
        found = self.visits.get(key) if key[0] is not None else None  # type: ignore[arg-type]
        return {
            "encounter_id": found.id if found else None,
            "visit": found.status if found else None,
        }


def _came(row: Programme, enrolments: QuerySet[Enrolment], client: Client | None = None) -> _Came:
    """Two statements."""
    booked = [one.appointment_id for one in row.sessions.all() if one.appointment_id is not None]
    visits = encounters.of_appointments(
        row.practice_id, booked, client_id=client.pk if client else None
    )
    rows = Attendance.objects.filter(enrolment__in=enrolments)
    said = {(one.enrolment_id, one.session_id): one.presence for one in rows}
    return _Came(visits, said)


def roster(practice_id: uuid.UUID, programme_id: uuid.UUID, by: Actor) -> dict[str, Any]:
    """Who asks, who belongs and who did, with who came: for those who lead it. Raises NotFound.
    Eleven statements at most, and one for each person whose key is not in memory.
    """
    row = _one(practice_id, programme_id)
    if not any(one.membership_id in by.membership_ids for one in row.facilitators.all()):
        raise NotFound
    enrolments = Enrolment.objects.filter(programme=row, client__left_at=None)
    people = list(enrolments.select_related("client").order_by("asked_at", "id"))
    came = _came(row, enrolments)
    sessions = list(row.sessions.all())
    group = standing.group_of(row)
    inside = messages.members_of(practice_id, row.thread_id) if row.thread_id else set()
    items = []
    for one in people:
        user = one.client.user_id
        shown = group.name(user) if user and one.joined_at else ""
        items.append(
            {
                "id": one.pk,
                "client_id": one.client_id,
                "name": one.client.display_name,
                "called": shown or one.called,
                "state": one.state,
                "asked_at": one.asked_at,
                "joined_at": one.joined_at,
                "ended_at": one.ended_at,
                "agreed": one.agreed_version == row.rules_version,
                "stays": one.stays,
                "in_thread": user in inside,
                "attendance": [
                    {
                        "session_id": each.pk,
                        "presence": came.of(one, each),
                        "by_hand": (one.pk, each.pk) in came.said,
                        "place": came.has_place(one, each),
                    }
                    for each in sessions
                ],
            }
        )
    return {
        "items": items,
        "thread_id": row.thread_id,
        "outside_thread": len(group.may - inside) if row.thread_id else len(group.may),
    }


def thread_people(practice_id: uuid.UUID, programme_id: uuid.UUID, by: Actor) -> dict[str, Any]:
    """Who may be in the next epoch of its thread, with their keys and the names that the group
    calls them by. Raises NotFound. Twelve statements at most.
    """
    row = _one(practice_id, programme_id)
    if not any(one.membership_id in by.membership_ids for one in row.facilitators.all()):
        raise NotFound
    group = standing.group_of(row)
    inside = messages.members_of(practice_id, row.thread_id) if row.thread_id else set()
    return {"items": messages.people(practice_id, group.may, inside, group)}


# --- for a person


def open_to(client: Client) -> list[dict[str, Any]]:
    """Every programme that runs, and those that the person has to do with, theirs first. Four
    statements, and one for their key.
    """
    own = {
        one.programme_id: one
        for one in Enrolment.objects.filter(
            practice_id=client.practice_id, client=client, state__in=OPEN
        )
    }
    rows = Programme.objects.filter(practice_id=client.practice_id).filter(
        Q(state=_State.RUNNING) | Q(pk__in=own, state__in=(_State.COMMUNITY, _State.ENDED))
    )
    placed = Count("enrolments", Q(enrolments__state__in=standing.PLACED))
    found = _with_parts(rows.annotate(placed=placed)).order_by("-published_at", "id")
    now = clock.now()
    items = []
    for row in found[:MOST]:
        mine = own.get(row.pk)
        summary = _summary(row, row.placed, now)  # type: ignore[attr-defined]
        if mine is not None or summary["open"]:
            items.append(summary | {"standing": mine.state if mine else None})
    return sorted(items, key=lambda one: one["standing"] is None)


def place_of(client: Client, programme_id: uuid.UUID) -> dict[str, Any]:
    """One programme as a person sees it: their own standing and attendance, and of members the
    others' names. Raises NotFound for a draft, and for what is over and was not theirs. Eleven
    statements at most, and one for each member whose key is not in memory.
    """
    row = _one(client.practice_id, programme_id)
    rows = Enrolment.objects.filter(programme=row, client=client).order_by("-asked_at")
    mine = rows.filter(state__in=OPEN).first()
    past = mine is None and rows.filter(joined_at__isnull=False).exists()
    if row.state == _State.DRAFT or (row.state != _State.RUNNING and mine is None and not past):
        raise NotFound
    taken = row.enrolments.filter(state__in=standing.PLACED).count()
    member = mine is not None and mine.joined_at is not None
    found = _summary(row, taken, clock.now()) | {
        "rules": row.rules,
        "rules_version": row.rules_version,
        "curriculum": [session_out(one) for one in row.sessions.all()],
        "standing": mine.state if mine else None,
        "called": mine.called if mine else "",
        "agreed": mine is not None and mine.agreed_version == row.rules_version,
        "stays": mine.stays if mine else False,
        "members": [],
        "attendance": [],
        "thread_id": None,
    }
    if not member:
        # What is handed out in a session is for those who come to it.
        for one in found["curriculum"]:
            one["material"] = ""
        if found["next"]:
            found["next"]["material"] = ""
        return found
    return found | _inside(row, client, rows)


def _inside(row: Programme, client: Client, mine: QuerySet[Enrolment]) -> dict[str, Any]:
    group = standing.group_of(row)
    leads = {one.membership.user_id for one in row.facilitators.all()}
    inside = messages.members_of(row.practice_id, row.thread_id) if row.thread_id else set()
    user = client.user_id
    came = _came(row, mine, client)
    current = mine[0]
    by_session: dict[uuid.UUID, Presence | None] = defaultdict(lambda: None)
    for session in row.sessions.all():
        by_session[session.pk] = came.of(current, session)
    reads = user is not None and user in inside and group.reads(user)
    return {
        "members": [
            {"name": name, "you": each == user, "leads": each in leads}
            for each, name in group.called.items()
            if each in group.may
        ],
        "attendance": [
            {
                "session_id": one.pk,
                "presence": by_session[one.pk],
                "place": came.has_place(current, one),
                **came.visit(current, one),
            }
            for one in row.sessions.all()
        ],
        "thread_id": row.thread_id if reads else None,
    }
