"""Programmes in the copy of a record that its person takes away: their own part, nobody else's.

Messages of the thread are not in it: they are the group's, and sealed. Whoever belongs reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import Table, instant
from holdfast.core.tenancy.models import Client
from holdfast.meet.programmes.models import Agreement, Enrolment


def _rows(client: Client) -> Iterator[Enrolment]:
    rows = Enrolment.objects.filter(practice_id=client.practice_id, client=client)
    yield from rows.select_related("client", "programme").order_by("asked_at", "id")


def resources(client: Client) -> Iterator[dict[str, Any]]:
    """Each programme as a Group with one member, the person; each agreement to its rules as a
    Consent. Two statements.
    """
    for row in _rows(client):
        period = {"start": instant(row.joined_at or row.asked_at)}
        if row.ended_at is not None:
            period["end"] = instant(row.ended_at)
        yield {
            "resourceType": "Group",
            "id": str(row.pk),
            "type": "person",
            "actual": True,
            "name": row.programme.title,
            "member": [
                {
                    "entity": {"reference": f"Patient/{client.pk}", "display": row.called or "-"},
                    "period": period,
                    "inactive": row.ended_at is not None,
                }
            ],
        }
    agreed = Agreement.objects.filter(
        practice_id=client.practice_id, enrolment__client=client
    ).order_by("agreed_at", "pk")
    for one in agreed:
        yield {
            "resourceType": "Consent",
            "id": f"group-rules-{one.enrolment_id}-{one.version}",
            "status": "active",
            "scope": {"text": "group rules"},
            "category": [{"text": "group rules"}],
            "patient": {"reference": f"Patient/{client.pk}"},
            "dateTime": instant(one.agreed_at),
            "policyText": {
                "reference": f"Group/{one.enrolment_id}",
                "display": one.rules,
            },
        }


def rows(client: Client) -> Iterator[tuple[Any, ...]]:
    """What a facilitator said of attendance by hand stands beside the programme's name."""
    for row in _rows(client):
        said = row.attendances.select_related("session").order_by("session__number")
        yield (
            row.programme.title,
            row.called,
            row.state,
            row.asked_at,
            row.joined_at,
            row.ended_at,
            row.agreed_version or "",
            " ".join(f"{one.session.number}:{one.presence}" for one in said),
        )


def register() -> None:
    """Called from `AppConfig.ready`."""
    header = (
        "programme", "called", "state", "asked_at", "joined_at", "ended_at", "rules_version",
        "attendance_by_hand",
    )  # fmt: skip
    copies.register("programmes", resources, Table("programmes.csv", header, rows))
