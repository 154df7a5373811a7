"""What the published vectors are made of: bytes from one seed, and HPKE's sender (RFC 9180).

The sender is written out here from the RFC's text, so that the vectors depend on no library's
randomness, and what the engine opens was sealed by another implementation.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from holdfast.core.vault.engine import keys

SEED = b"holdfast vault vectors 1"

_KEM = b"KEM" + (0x20).to_bytes(2)
_HPKE = b"HPKE" + (0x20).to_bytes(2) + (1).to_bytes(2) + (2).to_bytes(2)


def drawn(name: str, length: int) -> bytes:
    """Bytes that look random and are the same each time."""
    return hashlib.shake_256(SEED + b"|" + name.encode()).digest(length)


def _extract(suite: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    labelled = b"HPKE-v1" + suite + label + material
    return hmac.digest(salt or bytes(32), labelled, hashlib.sha256)


def _expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2) + b"HPKE-v1" + suite + label + info
    block = hmac.digest(key, labelled + b"\1", hashlib.sha256)
    assert length <= len(block)
    return block[:length]


def hpke_seal(one_time: bytes, recipient: bytes, info: bytes, plaintext: bytes) -> bytes:
    """RFC 9180, base mode, sections 4.1 and 5.1: the encapsulated key and the ciphertext."""
    private = X25519PrivateKey.from_private_bytes(one_time)
    enc = private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(recipient))
    secret = _expand(
        _KEM, _extract(_KEM, b"", b"eae_prk", shared), b"shared_secret", enc + recipient, 32
    )
    context = (
        b"\0" + _extract(_HPKE, b"", b"psk_id_hash", b"") + _extract(_HPKE, b"", b"info_hash", info)
    )
    schedule = _extract(_HPKE, secret, b"secret", b"")
    key = _expand(_HPKE, schedule, b"key", context, 32)
    nonce = _expand(_HPKE, schedule, b"base_nonce", context, 12)
    return enc + AESGCM(key).encrypt(nonce, plaintext, b"")


def private_keys(name: str) -> keys.PrivateKeys:
    return keys.PrivateKeys(drawn(f"{name} agreement", 32), drawn(f"{name} signing", 32))
