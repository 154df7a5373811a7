"""Ways in: the private keys, wrapped once per password, recovery code and passkey."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass, replace
from typing import Literal

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from holdfast.core.vault.engine.encoding import pack
from holdfast.core.vault.engine.errors import TooWeak, WrongKey
from holdfast.core.vault.engine.keys import KEY_BYTES, PrivateKeys

VERSION = 1
SALT_BYTES = 16
NONCE_BYTES = 12
#: Nonce, two seeds and the tag.
SEALED_BYTES = NONCE_BYTES + 2 * KEY_BYTES + 16

#: What a passkey's PRF output has, and the longest identifier of a credential (WebAuthn, 4).
PRF_BYTES = 32
MOST_CREDENTIAL_BYTES = 1023
#: What a passkey is asked to evaluate its PRF over: the same for everybody, since every passkey has
#: a PRF of its own.
PRF_INPUT = b"holdfast/v1/vault-passkey-input"

Kind = Literal["password", "recovery", "passkey"]


@dataclass(frozen=True)
class Cost:
    """Argon2id's cost (RFC 9106). `memory_kib` in KiB, the others plain counts."""

    memory_kib: int = 65_536
    passes: int = 3
    parallelism: int = 1

    @property
    def enough(self) -> bool:
        """At least 64 MiB and three passes: RFC 9106's second recommended option."""
        return self.memory_kib >= 65_536 and self.passes >= 3 and 1 <= self.parallelism <= 4


#: A recovery code is 160 random bits, a PRF's output 256: neither needs a slow function.
NO_COST = Cost(0, 0, 0)


@dataclass(frozen=True)
class Wrap:
    """The private keys of entry `sequence` of the key history, sealed for one way in.

    `credential` is the passkey's identifier, and empty for the other kinds.
    """

    user: uuid.UUID
    kind: Kind
    sequence: int
    cost: Cost
    salt: bytes
    sealed: bytes
    version: int = VERSION
    credential: bytes = b""

    @property
    def well_formed(self) -> bool:
        """Whether version, cost and credential are such as this kind may have."""
        if self.version != VERSION or len(self.credential) > MOST_CREDENTIAL_BYTES:
            return False
        if (self.kind == "passkey") != bool(self.credential):
            return False
        return self.cost.enough if self.kind == "password" else self.cost == NO_COST

    @property
    def associated(self) -> bytes:
        """What the seal is bound to, so that nobody can lower the cost or swap the person."""
        cost = self.cost
        last = (self.credential,) if self.kind == "passkey" else ()
        return pack(
            "holdfast/vault/v1/wrap",
            self.user,
            self.kind,
            self.version,
            self.sequence,
            cost.memory_kib,
            cost.passes,
            cost.parallelism,
            self.salt,
            *last,
        )


def password_key(password: str, salt: bytes, cost: Cost) -> bytes:
    """32 bytes from a password (NFKC). Raises `TooWeak`; takes 0.2 s and 64 MiB at the default."""
    if not cost.enough:
        raise TooWeak
    master = hash_secret_raw(
        unicodedata.normalize("NFKC", password).encode(),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.parallelism,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )
    return _expand(master, b"", b"holdfast/v1/vault-password")


def recovery_key(code: bytes, salt: bytes) -> bytes:
    """32 bytes from the 20 bytes of a recovery code."""
    return _expand(code, salt, b"holdfast/v1/vault-recovery")


def passkey_key(prf: bytes, salt: bytes) -> bytes:
    """32 bytes from the 32 bytes of a passkey's PRF over `PRF_INPUT`, with user verification."""
    if len(prf) != PRF_BYTES:
        raise WrongKey
    return _expand(prf, salt, b"holdfast/v1/vault-passkey")


def _expand(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(secret)


def wrap(empty: Wrap, private: PrivateKeys, key: bytes, nonce: bytes) -> Wrap:
    """`empty` (its `sealed` is not looked at) with the private keys in it.

    `nonce` is 12 fresh random bytes.
    """
    if empty.kind == "password" and not empty.cost.enough:
        raise TooWeak
    seeds = private.agreement + private.signing
    sealed = nonce + AESGCM(key).encrypt(nonce, seeds, empty.associated)
    return replace(empty, sealed=sealed)


def unwrap(wrapped: Wrap, key: bytes) -> PrivateKeys:
    """The private keys. Raises `WrongKey` for the wrong key and for any change, `TooWeak` too."""
    if wrapped.kind == "password" and not wrapped.cost.enough:
        raise TooWeak
    if not wrapped.well_formed or len(wrapped.sealed) != SEALED_BYTES:
        raise WrongKey
    nonce, ciphertext = wrapped.sealed[:NONCE_BYTES], wrapped.sealed[NONCE_BYTES:]
    try:
        seeds = AESGCM(key).decrypt(nonce, ciphertext, wrapped.associated)
    except InvalidTag:
        raise WrongKey from None
    return PrivateKeys(seeds[:KEY_BYTES], seeds[KEY_BYTES:])
