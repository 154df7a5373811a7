"""Examples around the safety plan for the authorisation tests."""

from __future__ import annotations

import uuid

from holdfast.core import clock
from holdfast.core.identity.models import User
from holdfast.core.tenancy.models import Client
from holdfast.safety.plans.models import Proposal


def proposal(person: Client, author: User) -> uuid.UUID:
    """What that clinician proposes; only the person settles it."""
    made = Proposal.objects.create(
        id=uuid.uuid4(),
        practice=person.practice,
        client=person,
        author=author,
        content_schema=1,
        received_at=clock.now(),
    )
    return made.pk
