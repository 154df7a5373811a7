"""What is shared, as JSON. Bytes are base64url without padding; see vault-format.md."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from holdfast.core.tenancy.models import Role
from holdfast.core.vault.engine import folders, items
from holdfast.core.vault.models import FolderKey
from holdfast.core.vault.schemas import (
    Base64,
    GrantShape,
    Hash,
    KeyEntryShape,
    SealedItemKey,
    Signature,
    VersionOut,
    entry_out,
    version_out,
)
from holdfast.core.vault.sharing import Named, NewGrant, NewWrap
from holdfast.core.vault.sharing_queries import Received, Sharing

#: In one request. A device with more sends several.
MOST = 100

Epoch = Annotated[int, Field(ge=1, le=2**31 - 1)]
SealedWrap = Annotated[bytes, Base64(folders.WRAP_BYTES, folders.WRAP_BYTES)]
Kind = Annotated[str, Field(pattern="^[a-z][a-z-]{0,30}$")]


class FolderKeyShape(Schema):
    epoch: Epoch
    reader: uuid.UUID
    sealed: SealedItemKey
    signature: Signature

    def engine(self) -> folders.FolderKey:
        return folders.FolderKey(self.epoch, self.reader, self.sealed, self.signature)


class NewGrantShape(GrantShape):
    item: uuid.UUID
    hash: Hash

    def given(self) -> NewGrant:
        grant = items.Grant(self.reader, self.sealed, self.signature)
        return NewGrant(Named(self.item, self.hash), grant)


class GrantsIn(Schema):
    grants: Annotated[list[NewGrantShape], Field(min_length=1, max_length=MOST)]


class FolderKeysIn(Schema):
    keys: Annotated[list[FolderKeyShape], Field(min_length=1, max_length=MOST)]


class FolderIn(FolderKeysIn):
    """The device chooses `id`. Keys of epoch 1: the person's own, and one reader's at least."""

    id: uuid.UUID
    kind: Kind


class EpochIn(FolderKeysIn):
    epoch: Epoch


class NewWrapShape(Schema):
    epoch: Epoch
    item: uuid.UUID
    hash: Hash
    sealed: SealedWrap
    signature: Signature

    def given(self, folder: uuid.UUID) -> NewWrap:
        wrap = folders.FolderWrap(folder, self.epoch, self.sealed, self.signature)
        return NewWrap(Named(self.item, self.hash), wrap)


class WrapsIn(Schema):
    wraps: Annotated[list[NewWrapShape], Field(min_length=1, max_length=MOST)]


class AcceptedKeys(Schema):
    """Whose keys, and the newest entry of their history by its hash, as it was compared."""

    user: uuid.UUID
    sequence: Epoch
    hash: Hash


class FolderBegun(Schema):
    """The folder's newest epoch."""

    epoch: int


class KeptCount(Schema):
    kept: int


class ReaderPersonOut(Schema):
    """`keys` is the whole history of their public keys, empty where they have no vault yet.

    `may_read`: of the care team today. `items`: how many are granted to them one by one.
    """

    id: uuid.UUID
    name: str
    role: Role | None
    purpose: str | None
    may_read: bool
    starts_on: date | None
    ends_on: date | None
    keys: list[KeyEntryShape]
    items: int


class FolderReaderOut(Schema):
    reader: uuid.UUID
    since: datetime


class FolderOut(Schema):
    """`renew`: a new epoch must come before anything more is put in. `keys`: of all readers."""

    id: uuid.UUID
    kind: str
    epoch: int
    renew: bool
    begun_at: datetime
    stopped_at: datetime | None
    items: int
    readers: list[FolderReaderOut]
    keys: list[FolderKeyShape]


class SharingOut(Schema):
    people: list[ReaderPersonOut]
    folders: list[FolderOut]


class ReadingOut(Schema):
    """By a grant, or (`folder`, `epoch`) by a wrap. `opened_at`: last handed out to this reader."""

    reader: uuid.UUID
    folder: uuid.UUID | None
    epoch: int | None
    sealed: Annotated[bytes, Base64(folders.WRAP_BYTES, items.SEALED_KEY_BYTES)]
    signature: Signature
    given_at: datetime
    opened_at: datetime | None


class SharedItemOut(Schema):
    item: uuid.UUID
    kind: str
    revision: int
    hash: Hash
    position: int
    readers: list[ReadingOut]


class SharedItemsOut(Schema):
    items: list[SharedItemOut]
    next: int | None


class FolderWrapOut(Schema):
    folder: uuid.UUID
    epoch: int
    sealed: SealedWrap
    signature: Signature


class ReceivedVersionOut(VersionOut):
    """`grants` holds the reader's own grant or none, `wraps` what their folders open.

    `given_at`: since when this reader has this version.
    """

    received_at: datetime
    given_at: datetime
    wraps: list[FolderWrapOut]


class ReceivedFolderOut(Schema):
    id: uuid.UUID
    kind: str
    keys: list[FolderKeyShape]


class ReceivedOut(Schema):
    """`owner`: the person's account. `stopped_at`: when they last took something back from this
    reader."""

    owner: uuid.UUID | None
    items: list[ReceivedVersionOut]
    folders: list[ReceivedFolderOut]
    owner_keys: list[KeyEntryShape]
    stopped_at: datetime | None
    next: int | None


def _key_out(key: FolderKey) -> dict[str, Any]:
    return {
        "epoch": key.epoch,
        "reader": key.reader_id,
        "sealed": bytes(key.sealed),
        "signature": bytes(key.signature),
    }


def sharing_out(found: Sharing, owner: uuid.UUID | None) -> dict[str, Any]:
    """Who may read or holds something, and the standing shares with their readers."""
    folders_out = []
    for folder in found.folders:
        keys = list(folder.keys.all())
        since: dict[uuid.UUID, datetime] = {}
        for key in keys:
            if key.reader_id != owner:
                since[key.reader_id] = min(key.given_at, since.get(key.reader_id, key.given_at))
        folders_out.append(
            {
                "id": folder.pk,
                "kind": folder.kind,
                "epoch": folder.epoch,
                "renew": folder.renew,
                "begun_at": folder.begun_at,
                "stopped_at": folder.stopped_at,
                "items": found.wrapped.get(folder.pk, 0),
                "readers": [{"reader": user, "since": at} for user, at in since.items()],
                "keys": [_key_out(key) for key in keys],
            }
        )
    people = [
        {
            "id": person.id,
            "name": person.name,
            "role": person.role or None,
            "purpose": person.purpose,
            "may_read": person.may_read,
            "starts_on": person.starts_on,
            "ends_on": person.ends_on,
            "keys": [entry_out(entry) for entry in person.keys],
            "items": person.items,
        }
        for person in found.people
    ]
    return {"people": people, "folders": folders_out}


def received_out(found: Received, owner: uuid.UUID | None) -> dict[str, Any]:
    """One page for a reader of what `owner` shares."""
    return {
        "owner": owner,
        "items": [
            version_out(row)
            | {
                "received_at": row.received_at,
                "given_at": min(
                    [
                        *(grant.given_at for grant in row.grants.all()),
                        *(wrap.given_at for wrap in row.wraps.all()),
                    ]
                ),
                "wraps": [
                    {
                        "folder": wrap.folder_id,
                        "epoch": wrap.epoch,
                        "sealed": bytes(wrap.sealed),
                        "signature": bytes(wrap.signature),
                    }
                    for wrap in row.wraps.all()
                ],
            }
            for row in found.versions
        ],
        "folders": [
            {"id": folder, "kind": kind, "keys": [_key_out(key) for key in keys]}
            for folder, (kind, keys) in found.folders.items()
        ],
        "owner_keys": [entry_out(entry) for entry in found.owner_keys],
        "stopped_at": found.taken_back_at,
        "next": found.next,
    }
