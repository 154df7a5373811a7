"""As whom the demo's people do what the demo makes them do."""

from __future__ import annotations

from holdfast.core.actor import Actor
from holdfast.core.tenancy.models import Membership


def actor(member: Membership) -> Actor:
    return Actor(member.user_id, member.practice_id, ((member.role, member.pk),), member.role)
