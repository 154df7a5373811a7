"""Reads of the vault: ciphertext and grants, to their owner or to whom they are granted."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from holdfast.core.tenancy.models import Client
from holdfast.core.vault.models import ItemVersion

#: Versions in one page. A page of journal entries is some tens of kilobytes.
SIZE = 100


def _versions(client: Client, after: int) -> QuerySet[ItemVersion]:
    return ItemVersion.objects.filter(
        practice_id=client.practice_id, client=client, position__gt=after
    ).order_by("position")


def _page(rows: QuerySet[ItemVersion]) -> tuple[list[ItemVersion], int | None]:
    found = list(rows[: SIZE + 1])
    return found[:SIZE], found[SIZE - 1].position if len(found) > SIZE else None


def own_versions(client: Client, after: int) -> tuple[list[ItemVersion], int | None]:
    """What arrived after a position, oldest first, with all grants. Two SQL statements."""
    return _page(_versions(client, after).prefetch_related("grants"))


def own_versions_of(
    client: Client, item: uuid.UUID, after: int
) -> tuple[list[ItemVersion], int | None]:
    """The same of one item. Two SQL statements."""
    return _page(_versions(client, after).filter(item=item).prefetch_related("grants"))


def own_versions_before(client: Client, before: int) -> tuple[list[ItemVersion], int | None]:
    """The newest that arrived before a position, newest first, with all grants. Two SQL statements.

    A device that has nothing yet begins here: its first screen needs one page of thousands.
    """
    rows = ItemVersion.objects.filter(
        practice_id=client.practice_id, client=client, position__lt=before
    ).order_by("-position")
    return _page(rows.prefetch_related("grants"))
