"""Devices that talk in threads: they seal, post and read with the engine, over HTTP."""

from __future__ import annotations

import base64
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Practice
from holdfast.core.vault.engine import items, keys, threads
from holdfast.core.vault.schemas import written
from tests.integration.core import wire
from tests.integration.core.vaults import Device


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def epoch_shown(epoch: threads.Epoch, given: list[threads.EpochKey]) -> dict[str, Any]:
    """An epoch with its keys, as it is posted."""
    return {
        "suite": epoch.suite,
        "number": epoch.number,
        "previous": written(epoch.previous),
        "maker": str(epoch.maker),
        "members": [str(each) for each in epoch.members],
        "signature": written(epoch.signature),
        "keys": [
            {
                "member": str(each.member),
                "sealed": written(each.sealed),
                "signature": written(each.signature),
            }
            for each in given
        ],
    }


def message_shown(message_id: uuid.UUID, message: threads.Message) -> dict[str, Any]:
    return {
        "id": str(message_id),
        "suite": message.suite,
        "epoch": message.epoch,
        "epoch_hash": written(message.epoch_hash),
        "number": message.number,
        "previous": written(message.previous),
        "salt": written(message.salt),
        "ciphertext": written(message.ciphertext),
        "signature": written(message.signature),
    }


@dataclass(frozen=True)
class Read:
    """One place of a thread as a device read it; `text` is empty where nothing is to be read."""

    seq: int
    id: str
    sender: str | None
    text: bytes | None


class Talker:
    """Somebody at their device in one practice."""

    def __init__(self, device: Device, practice: Practice) -> None:
        self.device = device
        self.base = f"/api/v1/practices/{practice.pk}"
        self.me = items.Holder(device.user.pk, (device.private,))

    @property
    def id(self) -> uuid.UUID:
        return self.device.user.pk

    def ask(self, method: str, path: str, body: object = None) -> Any:
        return wire.send(self.device.browser, method, self.base + path, body)

    # --- threads

    def new_epoch(
        self,
        thread: uuid.UUID,
        with_: dict[uuid.UUID, keys.PublicKeys],
        after: threads.Epoch | None = None,
    ) -> dict[str, Any]:
        key = secrets.token_bytes(32)
        epoch = threads.begin_epoch(thread, list(with_), self.me, after=after)
        given = [
            threads.seal_epoch_key(epoch, key, items.Reader(who, public), self.device.private)
            for who, public in with_.items()
        ]
        return epoch_shown(epoch, given)

    def open(self, client: Client, *others: Talker, kind: str = "client", **changes: Any) -> Any:
        thread = changes.pop("id", None) or uuid.uuid4()
        everybody = {each.id: each.device.private.public for each in (self, *others)}
        body = {"id": str(thread), "kind": kind, "epoch": self.new_epoch(thread, everybody)}
        return self.ask("POST", f"/clients/{client.pk}/threads", body | changes)

    def detail(self, thread: str) -> dict[str, Any]:
        answer = self.ask("GET", f"/threads/{thread}")
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def epochs(self, detail: dict[str, Any]) -> list[threads.Epoch]:
        """The verified history."""
        found = [
            threads.Epoch(
                uuid.UUID(detail["id"]),
                each["number"],
                raw(each["previous"]),
                uuid.UUID(each["maker"]),
                tuple(uuid.UUID(one) for one in each["members"]),
                raw(each["signature"]),
            )
            for each in detail["epochs"]
        ]
        threads.verify_epochs(uuid.UUID(detail["id"]), found, self.people(detail))
        return found

    def people(self, detail: dict[str, Any]) -> dict[uuid.UUID, keys.Verifier]:
        return {
            uuid.UUID(each["id"]): keys.PublicKeys(
                raw(each["keys"][-1]["agreement"]), raw(each["keys"][-1]["signing"])
            )
            for each in detail["people"]
            if each["keys"]
        }

    def secrets(self, detail: dict[str, Any]) -> dict[int, bytes]:
        """One's own key of each epoch that one has a key of."""
        by_number = {each.number: each for each in self.epochs(detail)}
        people = self.people(detail)
        found = {}
        for each in detail["keys"]:
            epoch = by_number[each["epoch"]]
            given = threads.EpochKey(self.id, raw(each["sealed"]), raw(each["signature"]))
            found[epoch.number] = threads.open_epoch_key(epoch, given, self.me, people[epoch.maker])
        return found

    def renew(self, thread: str, members: list[str] | None = None) -> Any:
        """Begin the next epoch with these, or with those who go on."""
        detail = self.detail(thread)
        people = self.people(detail)
        wanted = [uuid.UUID(each) for each in (members or detail["go_on"])]
        with_ = {who: people[who] for who in wanted}
        assert all(isinstance(each, keys.PublicKeys) for each in with_.values())
        body = self.new_epoch(uuid.UUID(thread), with_, self.epochs(detail)[-1])  # type: ignore[arg-type]
        return self.ask("POST", f"/threads/{thread}/epochs", body)

    # --- messages

    def sealed(self, thread: str, text: bytes, message_id: uuid.UUID | None = None) -> Any:
        """A message as it is posted, after one's last that the server has."""
        detail = self.detail(thread)
        epoch = self.epochs(detail)[-1]
        last = detail["own_last"]
        after = threads.Last(last["number"], raw(last["hash"])) if last["number"] else None
        message = threads.write(
            text,
            epoch,
            self.secrets(detail)[epoch.number],
            self.me,
            salt=secrets.token_bytes(32),
            after=after,
        )
        return message_shown(message_id or uuid7(), message)

    def post(self, thread: str, body: dict[str, Any]) -> Any:
        return self.ask("POST", f"/threads/{thread}/messages", body)

    def say(self, thread: str, text: str) -> dict[str, Any]:
        """Post, beginning a new epoch first where it is needed; the body that was taken."""
        if not self.detail(thread)["fresh"]:
            assert self.renew(thread).status_code == 201
        body = self.sealed(thread, text.encode())
        answer = self.post(thread, body)
        assert answer.status_code == 201, answer.content
        taken: dict[str, Any] = body
        return taken

    def read(self, thread: str) -> list[Read]:
        """Everything, verified and opened, in pages of 3."""
        detail = self.detail(thread)
        epochs, opened = self.epochs(detail), self.secrets(detail)
        people = self.people(detail)
        found: list[Read] = []
        after = 0
        while True:
            answer = self.ask("GET", f"/threads/{thread}/messages?after={after}&limit=3")
            page = answer.json()["items"]
            found += [self._opened(row, epochs, opened, people) for row in page]
            if not page:
                return found
            after = page[-1]["seq"]

    def _opened(
        self,
        row: dict[str, Any],
        epochs: list[threads.Epoch],
        opened: dict[int, bytes],
        people: dict[uuid.UUID, keys.Verifier],
    ) -> Read:
        text = None
        if row["ciphertext"]:
            epoch = epochs[row["epoch"] - 1]
            sender = uuid.UUID(row["sender"])
            message = threads.Message(
                epoch.thread,
                epoch.number,
                epoch.hash,
                sender,
                row["number"],
                raw(row["previous"]),
                raw(row["salt"]),
                raw(row["ciphertext"]),
                raw(row["signature"]),
            )
            assert message.hash == raw(row["hash"])
            text = threads.read(message, epoch, opened[epoch.number], people[sender])
        return Read(row["seq"], row["id"], row["sender"], text)
