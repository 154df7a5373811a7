"""What `core` adds to a person's copy: decisions about consent, and who read or changed what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.core.audit import queries
from holdfast.core.audit.models import AuditEvent
from holdfast.core.consent.models import Consent
from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import Table, instant, subject
from holdfast.core.tenancy.models import Client, Membership

CHUNK = 500
_SCOPES = {"research": "research", "care_team": "treatment"}
#: DICOM's and HL7's one-letter actions (hl7.org/fhir/R4/valueset-audit-event-action.html).
_ACTIONS = {"read": "R", "export": "R", "create": "C", "delete": "D", "erase": "D"}


def _consents(client: Client) -> Any:
    return Consent.objects.filter(practice_id=client.practice_id, client=client).order_by("id")


def consent_resources(client: Client) -> Iterator[dict[str, Any]]:
    """Each decision as a Consent. One statement."""
    for row in _consents(client):
        period = {"start": instant(row.given_at)}
        if row.withdrawn_at is not None:
            period["end"] = instant(row.withdrawn_at)
        scope = _SCOPES.get(row.purpose, "patient-privacy")
        yield {
            "resourceType": "Consent",
            "id": str(row.pk),
            "status": "inactive" if row.withdrawn_at else "active",
            "scope": {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/consentscope",
                        "code": scope,
                    }
                ]
            },
            "category": [
                {"coding": [{"system": "urn:holdfast:consent-purpose", "code": row.purpose}]}
            ],
            "patient": subject(client),
            "dateTime": instant(row.given_at),
            "policyRule": {"text": f"{row.purpose}, version {row.version}"},
            "provision": {"period": period},
        }


def consent_rows(client: Client) -> Iterator[tuple[Any, ...]]:
    for row in _consents(client):
        yield row.purpose, row.version, row.given_at, row.withdrawn_at


def _accesses(client: Client) -> Iterator[tuple[AuditEvent, str]]:
    """Each entry about the person and each list they stood in, oldest first, with the name or role
    of who did it.
    """
    people = Membership.objects.filter(practice_id=client.practice_id).exclude(display_name="")
    names = dict(people.values_list("user_id", "display_name"))
    rows = queries.whole_log(client.practice_id, client.pk)
    for event in rows.order_by("id").iterator(chunk_size=CHUNK):
        name = names.get(event.actor_id, "") if event.actor_id else ""
        yield event, name or event.actor_label


def access_resources(client: Client) -> Iterator[dict[str, Any]]:
    """The person's own access log as AuditEvents. Two statements."""
    for event, who in _accesses(client):
        yield {
            "resourceType": "AuditEvent",
            "id": str(event.pk),
            "type": {
                "system": "http://terminology.hl7.org/CodeSystem/audit-event-type",
                "code": "rest",
            },
            "subtype": [{"system": "urn:holdfast:action", "code": event.action}],
            "action": _ACTIONS.get(event.action, "U"),
            "recorded": instant(event.at),
            "agent": [{"who": {"display": who}, "requestor": True}],
            "source": {"observer": {"display": "Holdfast"}},
            "entity": [{"what": subject(client), "name": event.resource}],
        }


def access_rows(client: Client) -> Iterator[tuple[Any, ...]]:
    for event, who in _accesses(client):
        yield event.at, who, event.action, event.resource


def register_all() -> None:
    """Called from `AppConfig.ready`."""
    header = ("purpose", "version", "given_at", "withdrawn_at")
    copies.register("consents", consent_resources, Table("consents.csv", header, consent_rows))
    header = ("at", "who", "action", "resource")
    copies.register("access-log", access_resources, Table("access-log.csv", header, access_rows))
