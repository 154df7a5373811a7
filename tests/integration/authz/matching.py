"""Examples around the directory and the matching for the authorisation tests."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from holdfast.core import clock
from holdfast.core.tenancy.models import Client, Membership
from holdfast.meet.matching.models import Enquiry, Licence, Profile


def profile(member: Membership) -> uuid.UUID:
    """Somebody who is listed."""
    Profile.objects.get_or_create(
        membership=member,
        defaults={"practice_id": member.practice_id, "listed": True, "revision": 1},
    )
    return member.pk


def licence(member: Membership) -> uuid.UUID:
    """One that waits for an administrator."""
    return Licence.objects.create(
        practice_id=member.practice_id,
        membership=member,
        title="Psychotherapist",
        number="12-345",
        jurisdiction="DE",
        expires_on=clock.now().date() + timedelta(days=365),
    ).pk


def enquiry(person: Client, member: Membership) -> uuid.UUID:
    """One that waits for that clinician's answer."""
    return Enquiry.objects.create(
        practice_id=person.practice_id, client=person, membership=member, sent_at=clock.now()
    ).pk


_PRACTICE = "/practices/{practice_id}"
BODIES: dict[str, dict[str, Any]] = {
    f"PUT {_PRACTICE}/profile/licences/{{licence_id}}": {
        "title": "Psychotherapist",
        "number": "12-346",
        "jurisdiction": "DE",
        "expires_on": "2090-01-01",
    },
    f"POST {_PRACTICE}/licences/{{licence_id}}/decision": {"verified": True},
    f"POST {_PRACTICE}/enquiries/{{enquiry_id}}/answer": {"accept": False},
}
