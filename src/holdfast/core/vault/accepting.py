"""Keys that somebody accepts although the ones their device knew did not sign them.

What a device trusts is decided and kept there. That it was decided, by whom and of whose keys, is
written down here: an exchange of keys that nobody could explain must be found again later.
"""

from __future__ import annotations

import uuid

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.tenancy.models import Client
from holdfast.core.vault import ways_in
from holdfast.core.vault.models import KeyEntry, ReaderNote
from holdfast.core.vault.problems import KeysMoved, ReaderUnknown
from holdfast.core.vault.readers import team_on


def note_accepted(client: Client, of: uuid.UUID, sequence: int, hash_: bytes, *, by: Actor) -> None:
    """The person accepts keys of a reader, or a reader those of the person.

    `sequence` and `hash_` are of the newest entry that was compared. Raises `ReaderUnknown` for who
    shares nothing with the person, and `KeysMoved` where the keys are others by now.
    """
    if not _is_other_side(client, of, by):
        raise ReaderUnknown
    with transaction.atomic():
        newest = KeyEntry.objects.filter(user_id=of).order_by("-sequence").first()
        if newest is None or (newest.sequence, ways_in.entry_of(newest).hash) != (sequence, hash_):
            raise KeysMoved
        record(
            "accept-keys",
            "vault_item",
            by=by,
            resource_id=of,
            client_id=client.pk,
            detail={"sequence": sequence},
        )


def _is_other_side(client: Client, of: uuid.UUID, by: Actor) -> bool:
    if by.user_id != client.user_id:
        return of == client.user_id
    team = team_on(client, clock.now()).filter(membership__user_id=of)
    return team.exists() or ReaderNote.objects.filter(client=client, reader_id=of).exists()
