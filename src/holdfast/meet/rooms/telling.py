"""A visit's topic: who may follow it and speak there, and what is put on it."""

from __future__ import annotations

import uuid
from typing import Any, Final

import orjson

from holdfast.core import events
from holdfast.core.actor import Actor
from holdfast.core.authz.decide import permitting_role
from holdfast.core.fanout import facade as fanout
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.encounters.engine import GOING_ON, OVER, Side, State
from holdfast.meet.rooms import groups
from holdfast.meet.rooms.schemas import VisitOut, visit_out

KIND: Final = "visit"
GROUP: Final = "room"


def topic_of(encounter_id: uuid.UUID) -> str:
    return f"{KIND}:{encounter_id}"


def may(actor: Actor, practice_id: uuid.UUID, encounter_id: uuid.UUID) -> fanout.Right | None:
    """The two whose visit it is follow it; they speak to each other while it may go on.

    The person only once they came: before that there is nobody to speak to, and afterwards nothing
    to say. Two statements, and those of the authorisation table.
    """
    found = encounters.rows(practice_id).filter(pk=encounter_id, client__left_at=None)
    row = found.select_related("client").first()
    if row is None or permitting_role(actor, "visit", "write", row.client) is None:
        return None
    side = encounters.side_of(row, row.client, actor)
    if side is None:
        return None
    state = State(row.status)
    speaks = state in GOING_ON if side == Side.CLIENT else state not in OVER
    return "rw" if speaks else "r"


def tell(event: encounters.VisitMoved) -> None:
    """Put a visit's move on its topic, and tell both sides' screens wherever they are."""
    found = encounters.rows(event.practice_id).filter(pk=event.encounter_id)
    row = found.select_related("client", "membership").first()
    if row is None:
        return
    visit = VisitOut.model_validate(visit_out(row))
    told = orjson.loads(visit.model_dump_json())
    fanout.publish(topic_of(row.pk), row.moves, {"visit": told})
    for account in (row.client.user_id, row.membership.user_id):
        if account is not None:
            fanout.news(account, {"what": "visit"})
    if row.appointment_id is not None:
        _tell_group(row)


def _tell_group(row: Any) -> None:
    """Those in the group's room fetch who is in it. Who is out for good is shown the door: the
    process with the sockets ends theirs and takes no earlier ticket of theirs
    (`live.topics.rooms`).
    """
    out = State(row.status) in OVER and row.client.user_id is not None
    data = {"out": str(row.client.user_id)} if out else {}
    fanout.publish(f"{GROUP}:{row.appointment_id}", None, data)


def register() -> None:
    """Called from `AppConfig.ready`."""
    fanout.register_kind(KIND, may)
    fanout.register_kind(GROUP, groups.may)
    events.subscribe(encounters.VisitMoved, tell)
