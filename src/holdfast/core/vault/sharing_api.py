"""Endpoints: what a person shares from their vault, and what a reader of their care team gets."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from ninja import Query, Status

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_reading
from holdfast.core.vault import accepting, sharing
from holdfast.core.vault import sharing_queries as queries
from holdfast.core.vault.sharing_schemas import (
    AcceptedKeys,
    EpochIn,
    FolderBegun,
    FolderIn,
    FolderKeysIn,
    GrantsIn,
    KeptCount,
    ReceivedOut,
    SharedItemsOut,
    SharingOut,
    WrapsIn,
    received_out,
    sharing_out,
)

router = Router(tags=["vault"])

BASE = "/practices/{practice_id}/clients/{client_id}/vault"
FOLDER = BASE + "/folders/{folder_id}"

READ = Access("vault_item", "read")
WRITE = Access("vault_item", "write")

#: A position of a version, of which the following page has the lower ones.
Before = Annotated[int | None, Query(ge=0, le=2**31 - 1)]


@router.get(BASE + "/sharing", access=READ, response=SharingOut)
def overview(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> dict[str, Any]:
    """Who may read, who holds what, and the standing shares. Seven SQL statements at most."""
    found = queries.sharing(request.client, clock.now().date())
    return sharing_out(found, request.client.user_id)


@router.get(BASE + "/sharing/items", access=READ, response=SharedItemsOut)
def shared_items(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    before: Before = None,
    reader: uuid.UUID | None = None,
    item: uuid.UUID | None = None,
) -> dict[str, Any]:
    """What somebody besides the person can read, newest first; of one reader, or one item.

    `next` is the following page's `before`. Five SQL statements.
    """
    found, following = queries.shared_items(request.client, before, reader=reader, item=item)
    return {
        "items": [
            {
                "item": each.version.item,
                "kind": each.version.kind,
                "revision": each.version.revision,
                "hash": bytes(each.version.hash),
                "position": each.version.position,
                "readers": [vars(one) for one in each.readers],
            }
            for each in found
        ],
        "next": following,
    }


@router.post(BASE + "/grants", access=WRITE, response=KeptCount)
def add_grants(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: GrantsIn
) -> dict[str, int]:
    """Let readers read versions that are here. All are kept, or none."""
    given = [each.given() for each in body.grants]
    return {"kept": sharing.add_grants(request.client, given, by=request.actor)}


@router.post(BASE + "/folders", access=WRITE, response={200: FolderBegun, 201: FolderBegun})
def begin_folder(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: FolderIn
) -> Status[dict[str, int]]:
    """Begin a standing share; 200 where the same is here already."""
    keys = [each.engine() for each in body.keys]
    begun = sharing.begin_folder(request.client, body.id, body.kind, keys, by=request.actor)
    return Status(201 if begun.is_new else 200, {"epoch": begun.epoch})


@router.post(FOLDER + "/epochs", access=WRITE, response={201: FolderBegun})
def begin_epoch(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    folder_id: uuid.UUID,
    body: EpochIn,
) -> Status[dict[str, int]]:
    """A new key for what comes after, given to the person and to whoever goes on reading."""
    keys = [each.engine() for each in body.keys]
    sharing.begin_epoch(request.client, folder_id, body.epoch, keys, by=request.actor)
    return Status(201, {"epoch": body.epoch})


@router.post(FOLDER + "/keys", access=WRITE, response=KeptCount)
def add_folder_keys(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    folder_id: uuid.UUID,
    body: FolderKeysIn,
) -> dict[str, int]:
    """Another reader of a folder, for the epochs that the person chose."""
    keys = [each.engine() for each in body.keys]
    return {"kept": sharing.add_folder_keys(request.client, folder_id, keys, by=request.actor)}


@router.post(FOLDER + "/wraps", access=WRITE, response=KeptCount)
def add_wraps(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    folder_id: uuid.UUID,
    body: WrapsIn,
) -> dict[str, int]:
    """Put versions that are here into a folder. All are kept, or none."""
    wraps = [each.given(folder_id) for each in body.wraps]
    return {"kept": sharing.add_wraps(request.client, folder_id, wraps, by=request.actor)}


@router.delete(FOLDER + "/readers/{reader_id}", access=WRITE, response={204: None})
def stop_folder(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    folder_id: uuid.UUID,
    reader_id: uuid.UUID,
) -> Status[None]:
    """End a standing share with one reader."""
    sharing.stop_folder(request.client, folder_id, reader_id, by=request.actor)
    return Status(204, None)


@router.delete(BASE + "/items/{item_id}/readers/{reader_id}", access=WRITE, response={204: None})
def stop_item(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    item_id: uuid.UUID,
    reader_id: uuid.UUID,
) -> Status[None]:
    """Take one item back from one reader."""
    sharing.stop_item(request.client, item_id, reader_id, by=request.actor)
    return Status(204, None)


@router.delete(BASE + "/readers/{reader_id}", access=WRITE, response={204: None})
def stop_reader(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, reader_id: uuid.UUID
) -> Status[None]:
    """Take back at once all that one reader has."""
    sharing.stop_reader(request.client, reader_id, by=request.actor)
    return Status(204, None)


@router.get(
    BASE + "/shared", access=Access("vault_shared", "read", noted=False), response=ReceivedOut
)
def received(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, before: Before = None
) -> dict[str, Any]:
    """What the person gave to whoever asks: of each item the newest version, newest first.

    `next` is the following page's `before`. Six SQL statements, and two that note the reading.
    """
    client, reader = request.client, request.actor.account
    found = queries.received(client, reader, before)
    queries.note_opened(client, reader, found.versions, clock.now())
    note_reading(
        "read",
        "vault_shared",
        by=request.actor,
        client_id=client.pk,
        detail={"items": [str(row.item) for row in found.versions]},
    )
    return received_out(found, client.user_id)


@router.post(
    BASE + "/accepted-keys", access=Access("key_acceptance", "write"), response={204: None}
)
def accept_keys(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: AcceptedKeys
) -> Status[None]:
    """Write down that keys were accepted which the ones known before did not sign."""
    accepting.note_accepted(request.client, body.user, body.sequence, body.hash, by=request.actor)
    return Status(204, None)
