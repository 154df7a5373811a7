"""A person's device, as far as the server can tell: seals with the engine and posts the result."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

import django.test

from holdfast.core.identity import kdf
from holdfast.core.identity.models import User
from holdfast.core.tenancy.models import Client
from holdfast.core.vault.engine import items, keys, wraps
from holdfast.core.vault.schemas import written
from tests import factories
from tests.integration.core import wire
from tests.vault_wire import entry_posted, new_keys, wrap_posted


@dataclass
class Device:
    """One account at one browser, with its keys in hand."""

    user: User
    client: Client | None = None
    code: str = field(default_factory=kdf.new_recovery_code)
    private: keys.PrivateKeys = field(default_factory=new_keys)

    def __post_init__(self) -> None:
        staff = self.client is None
        self.browser: django.test.Client = factories.browser(self.user, staff)
        self.user.set_recovery_secret(kdf.recovery_secret(self.code))
        self.user.save()

    @property
    def path(self) -> str:
        assert self.client is not None
        return f"/api/v1/practices/{self.client.practice_id}/clients/{self.client.pk}/vault"

    @property
    def reader(self) -> items.Reader:
        return items.Reader(self.user.pk, self.private.public)

    @property
    def auth_secret(self) -> str:
        return factories.auth_secret(self.user.login)

    def wrap(
        self,
        kind: wraps.Kind,
        key: bytes,
        cost: wraps.Cost | None = None,
        *,
        credential: bytes = b"",
        sequence: int = 1,
    ) -> dict[str, Any]:
        """A way in, as it is posted."""
        chosen = cost or (wraps.Cost() if kind == "password" else wraps.NO_COST)
        salt = secrets.token_bytes(16)
        empty = wraps.Wrap(self.user.pk, kind, sequence, chosen, salt, b"", credential=credential)
        return wrap_posted(empty, self.private, key, credential=credential)

    def entry(self) -> dict[str, Any]:
        return entry_posted(keys.first_entry(self.user.pk, self.private, 1_790_000_000))

    def set_up(self, **changes: Any) -> Any:
        body = {
            "current_auth_secret": self.auth_secret,
            "recovery_secret": kdf.recovery_secret(self.code),
            "keys": self.entry(),
            "wraps": [self.wrap("password", bytes(32)), self.wrap("recovery", bytes(32))],
        }
        return wire.send(self.browser, "POST", "/api/v1/me/vault", body | changes)

    def seal(
        self,
        words: bytes,
        *follows: items.Version,
        readers: tuple[items.Reader, ...] = (),
    ) -> items.Version:
        """A version of a new item, or the one that follows others."""
        item = follows[0].header.item if follows else uuid.uuid4()
        revision = 1 + max((each.header.revision for each in follows), default=0)
        previous = tuple(sorted(each.hash for each in follows))
        header = items.Header(item, self.user.pk, "journal", 1, revision, previous)
        return items.seal(
            header, words, item_key=secrets.token_bytes(32), owner=self.private, readers=readers
        )

    def send(self, version: items.Version, **changes: Any) -> Any:
        return wire.send(self.browser, "POST", self.path + "/items", shown(version) | changes)

    def fetch(self, after: int = 0) -> Any:
        return self.browser.get(f"{self.path}/items?after={after}").json()


def shown(version: items.Version) -> dict[str, Any]:
    """A version as it is posted."""
    header = version.header
    return {
        "suite": header.suite,
        "item": str(header.item),
        "owner": str(header.owner),
        "kind": header.kind,
        "content_schema": header.schema,
        "revision": header.revision,
        "previous": [written(each) for each in header.previous],
        "ciphertext": written(version.ciphertext),
        "signature": written(version.signature),
        "grants": [
            {
                "reader": str(grant.reader),
                "sealed": written(grant.sealed),
                "signature": written(grant.signature),
            }
            for grant in version.grants
        ],
    }


def person_in_care() -> Device:
    """Somebody in care, whose vault is set up."""
    client = factories.make_client(factories.make_practice())
    assert client.user is not None
    device = Device(client.user, client)
    assert device.set_up().status_code == 204
    return device
