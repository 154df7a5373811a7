"""AES-256-GCM as this package writes it: a format byte, a random nonce, ciphertext and tag."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_FORMAT = b"\x02"


def encrypt(key: bytes, plaintext: bytes, associated: bytes) -> bytes:
    """`associated` says what and where the value is; it opens nowhere else."""
    nonce = os.urandom(_NONCE_BYTES)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, plaintext, associated)


def decrypt(key: bytes, blob: bytes, associated: bytes, form: bytes = _FORMAT) -> bytes:
    """Raises `cryptography.exceptions.InvalidTag` for another key, and what was moved or changed.

    ValueError for what was never written by `encrypt`.
    """
    if blob[:1] != form or len(blob) < 1 + _NONCE_BYTES + 16:
        raise ValueError("sealed value has an unknown format")
    nonce, ciphertext = blob[1 : 1 + _NONCE_BYTES], blob[1 + _NONCE_BYTES :]
    return AESGCM(key).decrypt(nonce, ciphertext, associated)
