"""The vault's objects as JSON. Bytes are base64url without padding; see vault-format.md."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field
from pydantic_core import CoreSchema, core_schema

from holdfast.core.vault.engine import earlier, items, keys, wraps
from holdfast.core.vault.models import ItemVersion, KeyEntry, Wrap

#: Of one version; a long entry has some tens of thousands of characters.
MOST_CIPHERTEXT = 1024 * 1024 + 16 * 17


@dataclass(frozen=True)
class Base64:
    """Bytes of a length between two, as canonical base64url without padding."""

    least: int
    most: int

    def read(self, value: Any) -> bytes:
        """ValueError for anything else, another spelling of the same bytes included."""
        if isinstance(value, bytes):
            return value
        if not isinstance(value, str) or len(value) > self.most * 4 // 3 + 3:
            raise ValueError("not base64url of the right length")
        data = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
        if not self.least <= len(data) <= self.most or written(data) != value:
            raise ValueError("not base64url of the right length")
        return data

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(written),
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"}


def written(data: bytes) -> str:
    """Unpadded base64url."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


Key = Annotated[bytes, Base64(keys.KEY_BYTES, keys.KEY_BYTES)]
Hash = Annotated[bytes, Base64(keys.HASH_BYTES, keys.HASH_BYTES)]
Signature = Annotated[bytes, Base64(keys.SIGNATURE_BYTES, keys.SIGNATURE_BYTES)]
Continuity = Annotated[bytes, Base64(0, keys.SIGNATURE_BYTES)]
Salt = Annotated[bytes, Base64(wraps.SALT_BYTES, wraps.SALT_BYTES)]
SealedKeys = Annotated[bytes, Base64(wraps.SEALED_BYTES, wraps.SEALED_BYTES)]
SealedItemKey = Annotated[bytes, Base64(items.SEALED_KEY_BYTES, items.SEALED_KEY_BYTES)]
Credential = Annotated[bytes, Base64(0, wraps.MOST_CREDENTIAL_BYTES)]
EarlierKeys = Annotated[bytes, Base64(0, earlier.SEALED_BYTES)]
ReplacedKeys = Annotated[bytes, Base64(earlier.SEALED_BYTES, earlier.SEALED_BYTES)]
Ciphertext = Annotated[bytes, Base64(0, MOST_CIPHERTEXT)]

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Instant = Annotated[int, Field(ge=0, le=2**40)]


class KeyEntryShape(Schema):
    """One entry of the history of public keys."""

    sequence: Count
    agreement: Key
    signing: Key
    created: Instant
    previous: Hash
    signature: Signature
    continuity: Continuity

    def engine(self, user: uuid.UUID) -> keys.KeyEntry:
        public = keys.PublicKeys(self.agreement, self.signing)
        return keys.KeyEntry(
            user,
            self.sequence,
            public,
            self.created,
            self.previous,
            self.signature,
            self.continuity,
        )


class WrapShape(Schema):
    """One way in. Only a password's has costs, only a passkey's a credential."""

    kind: Literal["password", "recovery", "passkey"]
    version: Literal[1]
    sequence: Count
    memory_kib: Count
    passes: Count
    parallelism: Count
    salt: Salt
    sealed: SealedKeys
    credential: Credential = b""

    def engine(self, user: uuid.UUID) -> wraps.Wrap:
        cost = wraps.Cost(self.memory_kib, self.passes, self.parallelism)
        return wraps.Wrap(
            user,
            self.kind,
            self.sequence,
            cost,
            self.salt,
            self.sealed,
            self.version,
            self.credential,
        )


class GrantShape(Schema):
    reader: uuid.UUID
    sealed: SealedItemKey
    signature: Signature


class VersionShape(Schema):
    """One version of an item."""

    suite: Literal[1]
    item: uuid.UUID
    owner: uuid.UUID
    kind: Annotated[str, Field(pattern="^[a-z][a-z-]{0,30}$")]
    content_schema: Count
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)]
    previous: Annotated[list[Hash], Field(max_length=16)]
    ciphertext: Ciphertext
    signature: Signature
    grants: Annotated[list[GrantShape], Field(max_length=32)]

    def engine(self) -> items.Version:
        header = items.Header(
            self.item,
            self.owner,
            self.kind,
            self.content_schema,
            self.revision,
            tuple(self.previous),
            self.suite,
        )
        grants = tuple(items.Grant(g.reader, g.sealed, g.signature) for g in self.grants)
        return items.Version(header, self.ciphertext, self.signature, grants)


class VersionIn(VersionShape):
    forget_earlier: bool = False


class VersionOut(VersionShape):
    position: int
    superseded: bool
    forgotten: bool


class KeptOut(Schema):
    position: int
    conflict: bool


class VersionsOut(Schema):
    items: list[VersionOut]
    next: int | None


class OwnKeyEntryShape(KeyEntryShape):
    """To its owner alone: `earlier` are the keys that it replaced, sealed to its own."""

    earlier: EarlierKeys = b""


class PasskeyShape(Schema):
    """A passkey of the account; it opens the vault where a way in names its credential."""

    id: int
    name: str
    credential: Credential


class VaultOut(Schema):
    """No keys and ways in where the account has no vault yet."""

    keys: list[OwnKeyEntryShape]
    wraps: list[WrapShape]
    passkeys: list[PasskeyShape]


def version_out(row: ItemVersion) -> dict[str, Any]:
    """A stored version with the grants that were fetched for it."""
    previous, size = bytes(row.previous), keys.HASH_BYTES
    return {
        "suite": row.suite,
        "item": row.item,
        "owner": row.owner_id,
        "kind": row.kind,
        "content_schema": row.content_schema,
        "revision": row.revision,
        "previous": [previous[at : at + size] for at in range(0, len(previous), size)],
        "ciphertext": bytes(row.ciphertext),
        "signature": bytes(row.signature),
        "grants": [
            {
                "reader": grant.reader_id,
                "sealed": bytes(grant.sealed),
                "signature": bytes(grant.signature),
            }
            for grant in row.grants.all()
        ],
        "position": row.position,
        "superseded": row.superseded,
        "forgotten": row.forgotten,
    }


def entry_out(row: KeyEntry) -> dict[str, Any]:
    names = ("sequence", "agreement", "signing", "created", "previous", "signature", "continuity")
    return _values(row, names)


def own_entry_out(row: KeyEntry) -> dict[str, Any]:
    return entry_out(row) | _values(row, ("earlier",))


def wrap_out(row: Wrap) -> dict[str, Any]:
    names = ("kind", "version", "sequence", "memory_kib", "passes", "parallelism", "salt")
    return _values(row, (*names, "sealed", "credential"))


def _values(row: KeyEntry | Wrap, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, bytes | memoryview) else value
