"""One writer at a time where two would contradict each other."""

from __future__ import annotations

from django.db import connection

from holdfast.core import bulk
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client, ClientStanding


def one_writer_for(client: Client) -> None:
    """Wait for whoever else writes to this person's record, in the caller's transaction.

    One statement on PostgreSQL; none on SQLite, whose IMMEDIATE transactions have one writer
    anyway. Raises NotFound where the record has gone meanwhile.
    """
    if not connection.features.has_select_for_update:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM tenancy_client WHERE id = %s AND practice_id = %s FOR UPDATE",
            bulk.stored(Client, id=client.pk, practice_id=client.practice_id),
        )
        if cursor.fetchone() is None:
            raise NotFound


_STANDING = """
    FROM tenancy_clientstanding
    JOIN tenancy_client client ON client.id = tenancy_clientstanding.client_id
    WHERE client.id = %s AND client.practice_id = %s"""


def standing_for_writer(client: Client) -> ClientStanding:
    """As `one_writer_for`, and what their last answers said, with both in one statement.

    Both rows are locked: PostgreSQL reads anew after waiting only what it locks.
    """
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    found = bulk.read(
        ClientStanding,
        _STANDING + lock,
        bulk.stored(Client, id=client.pk, practice_id=client.practice_id),
    )
    for standing in found:
        return standing
    raise NotFound
