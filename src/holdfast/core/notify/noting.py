"""What an account changes about how it is reached stands in the log of each record that it has."""

from __future__ import annotations

import uuid

from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.tenancy.models import Client

#: What can be said of them; each has a sentence in the access log.
ACTIONS = ("give-phone", "verify-phone", "forget-phone", "change-order")


def note(action: str, account: uuid.UUID) -> None:
    """One entry for each practice that the account is a person's in, else one of the installation.
    Never the number itself. One SQL statement and one for each entry.
    """
    rows = Client.objects.filter(user_id=account, left_at=None)
    own = list(rows.values_list("practice_id", "pk"))
    for practice_id, client_id in own:
        record(
            action,
            "notification_settings",
            by=Actor(account, practice_id, (), "client"),
            resource_id=account,
            client_id=client_id,
        )
    if not own:
        by = Actor(account, None, (), "account")
        record(action, "notification_settings", by=by, resource_id=account)
