"""Everything a clinician needs in order to act on one flag."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import OuterRef, Subquery

from holdfast.core.notify.models import DeliveryAttempt
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import STAFF_ROLES, Client, Membership, Practice
from holdfast.safety.flags import engine, queries
from holdfast.safety.flags.models import Flag, FlagEvent, FlagSignal


def read(practice: Practice, flag_id: uuid.UUID) -> dict[str, Any]:
    """The flag's page as a plain dictionary. Raises NotFound. Six statements.

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
        "deliveries": deliveries(practice.pk, flag_id),
        "end_of_chain": {
            "name": practice.end_of_chain_name,
            "phone": practice.end_of_chain_phone,
            "instructions": practice.end_of_chain_instructions,
        },
    }


def deliveries(practice_id: uuid.UUID, flag_id: uuid.UUID) -> list[dict[str, Any]]:
    """Each attempt to tell somebody of the flag and what came of it, oldest first. One statement.

    Claimed by a worker is waiting for whoever reads; `retry_at` is when a failure is tried again.
    """
    outcomes = DeliveryAttempt.Outcome
    names = Membership.objects.filter(
        practice_id=practice_id,
        user_id=OuterRef("notification__recipient_id"),
        role__in=STAFF_ROLES,
    ).order_by("-active", "id")
    rows = (
        DeliveryAttempt.objects.filter(
            practice_id=practice_id,
            notification__practice_id=practice_id,
            notification__subject_id=flag_id,
        )
        .annotate(to=Subquery(names.values("display_name")[:1]))
        .select_related("notification")
        .order_by("notification_id", "id")
    )
    return [
        {
            "notified_at": row.notification.created_at,
            "to": row.to,
            "channel": row.channel,
            "outcome": outcomes.WAITING if row.outcome == outcomes.CLAIMED else row.outcome,
            "reason": row.reason or None,
            "at": row.finished_at,
            "retry_at": row.next_attempt_at if row.outcome == outcomes.FAILED else None,
        }
        for row in rows
    ]


def contact(client: Client) -> dict[str, Any]:
    """How to reach the person, opened with the practice's key."""
    details = client.contact or {}
    return {
        "id": client.pk,
        "display_name": client.display_name,
        "phone": details.get("phone") or None,
        "email": details.get("email") or None,
        "emergency_contact": client.emergency_contact,
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
