"""Everything a clinician needs in order to act on one flag."""

from __future__ import annotations

import uuid
from typing import Any

from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client, Practice
from holdfast.safety.flags import engine, queries
from holdfast.safety.flags.models import Flag, FlagEvent, FlagSignal


def read(practice: Practice, flag_id: uuid.UUID) -> dict[str, Any]:
    """The flag's page as a plain dictionary. Raises NotFound. Four statements.

    The answers, the safety plan and the next appointment are read by their own endpoints, where
    each read is recorded.
    """
    flag = Flag.objects.select_related("client").filter(practice_id=practice.pk, pk=flag_id).first()
    if flag is None:
        raise NotFound
    status = queries.status(practice.pk, flag_id)
    steps = queries.steps(practice.pk, [flag_id]).get(flag_id, [])
    return {
        **vars(status),
        "client": contact(flag.client),
        "owner_id": flag.owner_id,
        "chain_position": flag.chain_position,
        "evidence": evidence(practice.pk, flag_id),
        "attempts": [
            {
                "at": step.detail["attempted_at"],
                "by": step.by,
                "means": step.detail["means"],
                "outcome": step.detail["outcome"],
            }
            for step in steps
            if step.kind == FlagEvent.Kind.CONTACT_ATTEMPT
        ],
        "steps": steps,
        "end_of_chain": {
            "name": practice.end_of_chain_name,
            "phone": practice.end_of_chain_phone,
            "instructions": practice.end_of_chain_instructions,
        },
    }


def contact(client: Client) -> dict[str, Any]:
    """How to reach the person, opened with the practice's key."""
    details = client.contact or {}
    return {
        "id": client.pk,
        "display_name": client.display_name,
        "phone": details.get("phone") or None,
        "email": details.get("email") or None,
        "emergency_contact": details.get("emergency_contact"),
        "current_location": client.current_location or None,
        "current_location_at": client.located_at,
        "country": client.country,
        "language": client.language,
        "time_zone": client.time_zone,
        "reachable": client.reachable,
    }


def evidence(practice_id: uuid.UUID, flag_id: uuid.UUID) -> list[dict[str, Any]]:
    """What the flag rests on, oldest first. One statement."""
    rows = FlagSignal.objects.filter(practice_id=practice_id, flag_id=flag_id).order_by("id")
    return [
        {
            "code": row.code,
            "level": engine.LEVELS[row.level],
            "reason": row.reason,
            "response_id": row.response_id,
            "item": row.item or None,
            "scale": row.scale or None,
            "answered_at": row.answered_at,
            "received_at": row.received_at,
            "follow_up": row.follow_up or None,
            "follow_up_awaited_until": row.follow_up_due_at,
        }
        for row in rows
    ]
