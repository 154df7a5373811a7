"""The one decision: may this actor do this?"""

from __future__ import annotations

from holdfast.core.actor import Actor
from holdfast.core.authz import relationships, table
from holdfast.core.tenancy.models import Client


def permitting_role(
    actor: Actor,
    resource: str,
    action: str,
    client: Client | None = None,
    to_thing: frozenset[str] = frozenset(),
) -> str | None:
    """The first of the actor's roles that allows it, or None.

    `to_thing` are relationships to the very thing asked for, beside those to its client.
    """
    if client is None:
        standing = {role: frozenset({table.PRACTICE}) for role in actor.roles}
    else:
        standing = relationships.of(actor, client)
    for role, names in sorted(standing.items()):
        if any(table.allows(role, resource, action, name) for name in names | to_thing):
            return role
    return None
