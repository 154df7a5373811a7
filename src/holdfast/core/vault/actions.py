"""Keep what a person's devices seal, and take back what they granted."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Length

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.tenancy.models import Client
from holdfast.core.vault import files, readers, sharing, ways_in
from holdfast.core.vault.engine import items
from holdfast.core.vault.engine.errors import Damaged
from holdfast.core.vault.limits import MOST_BYTES
from holdfast.core.vault.models import FolderWrap, Grant, ItemVersion, Opening, Space
from holdfast.core.vault.problems import (
    KeysMoved,
    NoVault,
    PreviousUnknown,
    ReaderUnknown,
    Refused,
    SpaceFull,
)


@dataclass(frozen=True)
class Kept:
    """Where a version stands, and whether it stands beside another that follows the same one."""

    position: int
    conflict: bool
    is_new: bool


def keep(
    client: Client, version: items.Version, *, forget_earlier: bool = False, by: Actor
) -> Kept:
    """Keep one version; the same one sent again changes nothing.

    It must be signed by the person, granted to them, and follow versions that are here. Two that
    follow the same one are both kept. `forget_earlier` empties every version that it supersedes.
    """
    _check_signed(client, version)
    with transaction.atomic():
        space, _ = Space.objects.get_or_create(client=client, practice_id=client.practice_id)
        space = Space.objects.select_for_update().get(pk=space.pk)
        rows = list(
            ItemVersion.objects.filter(
                practice_id=client.practice_id, client=client, item=version.header.item
            ).defer("ciphertext")
        )
        for row in rows:
            if bytes(row.hash) == version.hash:
                return Kept(row.position, conflict=False, is_new=False)
        conflict = _check_chain(version.header, rows)
        if space.stored_bytes + len(version.ciphertext) > MOST_BYTES:
            raise SpaceFull
        row = _insert(client, version, space.position + 1)
        ItemVersion.objects.filter(
            practice_id=client.practice_id,
            client=client,
            item=version.header.item,
            hash__in=version.header.previous,
        ).update(superseded=True)
        Space.objects.filter(pk=space.pk).update(
            position=row.position, stored_bytes=F("stored_bytes") + len(version.ciphertext)
        )
        if forget_earlier:
            freed = _forget_superseded(client, version.header.item)
            Space.objects.filter(pk=space.pk).update(stored_bytes=F("stored_bytes") - freed)
            files.drop_of_item(client, version.header.item)
        record(
            "write",
            "vault_item",
            by=by,
            resource_id=version.header.item,
            client_id=client.pk,
            detail={"revision": version.header.revision, "readers": len(version.grants)},
        )
    return Kept(row.position, conflict, is_new=True)


def _check_signed(client: Client, version: items.Version) -> None:
    """Whether the person's own keys signed all of it, and everybody named may read."""
    named = [grant.reader for grant in version.grants]
    keys = ways_in.public_keys_of([client.user_id, *named])
    owner = keys.get(client.user_id)
    if owner is None:
        raise NoVault
    if version.header.owner != client.user_id or client.user_id not in named:
        raise Refused
    if len(set(named)) != len(named):
        raise Refused
    others = set(named) - {client.user_id}
    if others:
        known = readers.who_may_read(client, others, {version.header.kind})
        if not others <= keys.keys() & known:
            raise ReaderUnknown
    try:
        version.verify(owner)
        for grant in version.grants:
            reader = items.Reader(grant.reader, keys[grant.reader])
            info = items.grant_info(version.header, version.hash, reader)
            owner.verify(grant.signature, items.grant_signed(info, grant.sealed))
    except Damaged:
        if ways_in.signed_earlier(client.user_id, version):
            raise KeysMoved from None
        raise Refused from None


def _check_chain(header: items.Header, rows: Sequence[ItemVersion]) -> bool:
    """Whether the version stands in conflict; refuses one that follows nothing we have."""
    by_hash = {bytes(row.hash): row for row in rows}
    if not set(header.previous) <= by_hash.keys():
        raise PreviousUnknown
    if header.previous:
        followed = [by_hash[each] for each in header.previous]
        if header.revision != max(row.revision for row in followed) + 1:
            raise Refused
        if any(row.kind != header.kind for row in followed):
            raise Refused
        return any(row.superseded for row in followed)
    return bool(rows)


def _insert(client: Client, version: items.Version, position: int) -> ItemVersion:
    header = version.header
    row = ItemVersion.objects.create(
        practice_id=client.practice_id,
        client=client,
        owner_id=header.owner,
        position=position,
        item=header.item,
        suite=header.suite,
        kind=header.kind,
        content_schema=header.schema,
        revision=header.revision,
        previous=b"".join(header.previous),
        hash=version.hash,
        ciphertext=version.ciphertext,
        signature=version.signature,
        received_at=clock.now(),
    )
    Grant.objects.bulk_create(
        Grant(
            practice_id=client.practice_id,
            client=client,
            version=row,
            reader_id=grant.reader,
            sealed=grant.sealed,
            signature=grant.signature,
        )
        for grant in version.grants
    )
    sharing.note_given(client, {grant.reader for grant in version.grants})
    return row


def _forget_superseded(client: Client, item: uuid.UUID) -> int:
    """Empty them; returns the bytes of ciphertext that went."""
    rows = ItemVersion.objects.filter(
        practice_id=client.practice_id, client=client, item=item, superseded=True, forgotten=False
    )
    for what in (Grant, FolderWrap, Opening):
        what.objects.filter(practice_id=client.practice_id, version__in=rows).delete()
    freed: int = rows.aggregate(freed=Sum(Length("ciphertext")))["freed"] or 0
    rows.update(ciphertext=b"", forgotten=True)
    return freed
