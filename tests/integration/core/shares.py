"""A person whose vault is set up, therapists of theirs, and what a device posts to share."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from holdfast.core.tenancy.models import CareTeamMember, Membership, Role
from holdfast.core.vault.engine import folders, items
from holdfast.core.vault.schemas import VersionShape, written
from tests import factories
from tests.integration.core import wire
from tests.integration.core.vaults import Device


@dataclass
class Therapist(Device):
    """Somebody of the practice, with a vault, who may be of a person's care team."""

    member: Membership | None = None
    on_team: CareTeamMember | None = None

    @property
    def id(self) -> uuid.UUID:
        return self.user.pk

    def shared(self, owner: Device, before: int | None = None) -> Any:
        query = "" if before is None else f"?before={before}"
        return self.browser.get(f"{owner.path}/shared{query}")


def therapist_of(owner: Device, role: Role = Role.CLINICIAN, **team: Any) -> Therapist:
    """With a vault, and on the person's care team from today."""
    assert owner.client is not None
    member = factories.make_member(owner.client.practice, role)
    on_team = factories.join_care_team(owner.client, member, **team)
    made = Therapist(member.user, member=member, on_team=on_team)
    assert made.set_up().status_code == 204
    return made


@dataclass
class SharedFolder:
    """A folder as the person's device knows it, with its key of each epoch."""

    owner: Device
    kind: str = "journal"
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    secrets: dict[int, bytes] = field(default_factory=dict)

    @property
    def engine(self) -> folders.Folder:
        return folders.Folder(self.id, self.owner.user.pk, self.kind)

    @property
    def path(self) -> str:
        return f"{self.owner.path}/folders/{self.id}"

    def keys(self, epoch: int, *readers: Device) -> list[dict[str, Any]]:
        """The key of an epoch for these readers, as posted; drawn when it is asked for first."""
        key = self.secrets.setdefault(epoch, secrets.token_bytes(32))
        made = [
            folders.seal_folder_key(self.engine, epoch, key, each.reader, self.owner.private)
            for each in readers
        ]
        return [
            {
                "epoch": each.epoch,
                "reader": str(each.reader),
                "sealed": written(each.sealed),
                "signature": written(each.signature),
            }
            for each in made
        ]

    def begin(self, *readers: Device, **changes: Any) -> Any:
        body = {"id": str(self.id), "kind": self.kind, "keys": self.keys(1, self.owner, *readers)}
        path = f"{self.owner.path}/folders"
        return wire.send(self.owner.browser, "POST", path, body | changes)

    def renew(self, epoch: int, *readers: Device) -> Any:
        body = {"epoch": epoch, "keys": self.keys(epoch, self.owner, *readers)}
        return wire.send(self.owner.browser, "POST", f"{self.path}/epochs", body)

    def wrap(self, version: items.Version, epoch: int = 1) -> dict[str, Any]:
        own = items.Holder(self.owner.user.pk, (self.owner.private,))
        made = folders.wrap_item_key(
            version,
            items.item_key_for(version, own, self.owner.private.public),
            self.engine,
            epoch,
            self.secrets[epoch],
            owner=self.owner.private,
            nonce=secrets.token_bytes(12),
        )
        return {
            "epoch": epoch,
            "item": str(version.header.item),
            "hash": written(version.hash),
            "sealed": written(made.sealed),
            "signature": written(made.signature),
        }

    def put(self, *versions: items.Version, epoch: int = 1) -> Any:
        body = {"wraps": [self.wrap(each, epoch) for each in versions]}
        return wire.send(self.owner.browser, "POST", f"{self.path}/wraps", body)

    def stop(self, reader: Device) -> Any:
        path = f"{self.path}/readers/{reader.user.pk}"
        return wire.send(self.owner.browser, "DELETE", path)


def grant_of(owner: Device, version: items.Version, reader: Device) -> dict[str, Any]:
    """A grant of a version that is there, as posted."""
    own = items.Holder(owner.user.pk, (owner.private,))
    (made,) = items.regrant(version, own, owner.private.public, [reader.reader])
    return {
        "item": str(version.header.item),
        "hash": written(version.hash),
        "reader": str(made.reader),
        "sealed": written(made.sealed),
        "signature": written(made.signature),
    }


def share(owner: Device, *grants: dict[str, Any]) -> Any:
    return wire.send(owner.browser, "POST", f"{owner.path}/grants", {"grants": list(grants)})


def _raw(text: str) -> bytes:
    import base64

    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read(page: dict[str, Any], reader: Device, owner: Device) -> list[bytes]:
    """What a reader's device opens of a page, newest first."""
    me, signers = items.Holder(reader.user.pk, (reader.private,)), owner.private.public
    opened = []
    for each in page["folders"]:
        folder = folders.Folder(uuid.UUID(each["id"]), owner.user.pk, each["kind"])
        given = [
            folders.FolderKey(
                key["epoch"], uuid.UUID(key["reader"]), _raw(key["sealed"]), _raw(key["signature"])
            )
            for key in each["keys"]
        ]
        keys = folders.open_folder_keys(folder, given, me, signers)
        opened.append(folders.OpenedFolder(folder, keys))
    found = []
    for row in page["items"]:
        version = VersionShape.model_validate(row).engine()
        wraps = [
            folders.FolderWrap(
                uuid.UUID(wrap["folder"]),
                wrap["epoch"],
                _raw(wrap["sealed"]),
                _raw(wrap["signature"]),
            )
            for wrap in row["wraps"]
        ]
        found.append(folders.open_shared(version, wraps, opened, me, signers))
    return found
