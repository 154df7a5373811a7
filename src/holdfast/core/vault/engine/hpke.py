"""A 32-byte key sealed to one person: HPKE's base mode (RFC 9180), without associated data."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from holdfast.core.vault.engine.content import KEY_BYTES
from holdfast.core.vault.engine.errors import Damaged
from holdfast.core.vault.engine.keys import PrivateKeys, PublicKeys

#: The one-time public key, the sealed key and the tag.
SEALED_KEY_BYTES = 32 + KEY_BYTES + 16
#: X25519, HKDF-SHA256 and AES-256-GCM.
_HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal_key(key: bytes, to: PublicKeys, info: bytes) -> bytes:
    """`key` (32 bytes) for one person; `info` says to what it belongs. 80 bytes."""
    return _HPKE.encrypt(key, to.agreement_key, info=info)


def open_key(sealed: bytes, private: PrivateKeys, info: bytes) -> bytes:
    """The 32 bytes that `seal_key` sealed with the same `info`; `Damaged` for anything else."""
    try:
        key = _HPKE.decrypt(sealed, private.agreement_key, info=info)
    except (InvalidTag, ValueError):
        raise Damaged from None
    if len(key) != KEY_BYTES:
        raise Damaged
    return key
