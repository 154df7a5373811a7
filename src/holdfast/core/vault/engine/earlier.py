"""Keys that were replaced, sealed to the keys that follow them: all history stays readable."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from holdfast.core.vault.engine.encoding import pack
from holdfast.core.vault.engine.errors import Damaged
from holdfast.core.vault.engine.keys import KEY_BYTES, KeyEntry, PrivateKeys

#: The one-time public key, two seeds and the tag.
SEALED_BYTES = 32 + 2 * KEY_BYTES + 16
_HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def info(entry: KeyEntry) -> bytes:
    """HPKE's `info`: the entry that replaces the keys, and the key they are sealed to."""
    label = "holdfast/vault/v1/earlier-keys"
    return pack(label, entry.user, entry.sequence, entry.hash, entry.keys.agreement)


def seal(entry: KeyEntry, old: PrivateKeys) -> bytes:
    """The keys that `entry` replaces, sealed to the keys of `entry`: 112 bytes."""
    seeds = old.agreement + old.signing
    return _HPKE.encrypt(seeds, entry.keys.agreement_key, info=info(entry))


def open_all(
    history: Sequence[KeyEntry], sealed: Sequence[bytes], newest: PrivateKeys
) -> list[PrivateKeys]:
    """All keys that a person has had, newest first.

    `history` was verified and ends with the entry of `newest`; `sealed` has one element for every
    entry, empty for the first. Each pair of seeds must give the public keys of its own entry, so
    whoever seals other seeds in their place is noticed. Raises `Damaged`.
    """
    if not history or len(history) != len(sealed) or newest.public != history[-1].keys:
        raise Damaged
    found = [newest]
    for number in range(len(history) - 1, 0, -1):
        old = _open(history[number], sealed[number], found[-1])
        if old.public != history[number - 1].keys:
            raise Damaged
        found.append(old)
    return found


def _open(entry: KeyEntry, sealed: bytes, private: PrivateKeys) -> PrivateKeys:
    if len(sealed) != SEALED_BYTES:
        raise Damaged
    try:
        seeds = _HPKE.decrypt(sealed, private.agreement_key, info=info(entry))
    except (InvalidTag, ValueError):
        raise Damaged from None
    return PrivateKeys(seeds[:KEY_BYTES], seeds[KEY_BYTES:])
