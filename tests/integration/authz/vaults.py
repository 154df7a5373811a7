"""Examples of the vault for the authorisation tests: an item, who may read it, a folder, a file."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from holdfast.core import clock
from holdfast.core.tenancy.models import Role
from holdfast.core.vault.models import Folder, FolderKey, Grant, ItemVersion, SealedFile
from holdfast.core.vault.schemas import written
from tests import factories

if TYPE_CHECKING:
    from tests.integration.authz.examples import World


def reader(world: World) -> uuid.UUID:
    """Somebody to whom the person, and no neighbour, granted an item of the vault."""
    reader = factories.make_member(world.practice, Role.CLINICIAN).user
    of_client = {"practice": world.practice, "client": world.person}
    version = ItemVersion.objects.create(
        **of_client,
        owner=world.accounts["client/self"],
        position=1,
        item=uuid.uuid4(),
        suite=1,
        kind="journal",
        content_schema=1,
        revision=1,
        received_at=clock.now(),
    )
    Grant.objects.create(**of_client, version=version, reader=reader)
    return reader.pk


def item(world: World) -> uuid.UUID:
    """The item that was granted to that reader."""
    given = Grant.objects.get(client=world.person, reader_id=uuid.UUID(world.example("reader_id")))
    return given.version.item


def folder(world: World) -> uuid.UUID:
    """A standing share with that reader."""
    of_client = {"practice": world.practice, "client": world.person}
    folder = Folder.objects.create(
        **of_client, id=uuid.uuid4(), kind="journal", begun_at=clock.now()
    )
    FolderKey.objects.create(
        **of_client,
        folder=folder,
        epoch=1,
        reader_id=world.example("reader_id"),
        given_at=clock.now(),
    )
    return folder.pk


def folder_keys(world: World) -> list[dict[str, Any]]:
    """As far as their form goes; nobody signed them."""
    sealed, signature = written(bytes(80)), written(bytes(64))
    reader = world.example("reader_id")
    return [{"epoch": 1, "reader": reader, "sealed": sealed, "signature": signature}]


def folder_wraps(world: World) -> list[dict[str, Any]]:
    item, sealed = world.example("item_id"), written(bytes(60))
    beside = {"hash": written(bytes(32)), "signature": written(bytes(64))}
    return [{"epoch": 1, "item": item, "sealed": sealed, **beside}]


def file(world: World) -> uuid.UUID:
    """A picture of an entry, of which nothing has arrived."""
    made = SealedFile.objects.create(
        id=uuid.uuid4(),
        practice=world.practice,
        client=world.person,
        item=uuid.uuid4(),
        size=10,
        sha256=bytes(32),
        begun_at=clock.now(),
    )
    return made.pk
