"""An item's content under its own key: padded to a size class, then in chunks (STREAM)."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from holdfast.core.vault.engine.errors import Damaged

KEY_BYTES = 32
CHUNK_BYTES = 65_536
TAG_BYTES = 16
SMALLEST_CLASS = 512
_LENGTH_BYTES = 8


def size_class(length: int) -> int:
    """The padded size of content of `length` bytes, its own length included.

    Powers of two from 512 bytes up to one chunk, whole chunks above: what a size tells is little.
    """
    needed = length + _LENGTH_BYTES
    if needed > CHUNK_BYTES:
        return -(-needed // CHUNK_BYTES) * CHUNK_BYTES
    return max(SMALLEST_CLASS, 1 << (needed - 1).bit_length())


def pad(content: bytes) -> bytes:
    """Length (8 bytes, big-endian), content, zeros."""
    return (len(content).to_bytes(_LENGTH_BYTES) + content).ljust(size_class(len(content)), b"\0")


def unpad(padded: bytes) -> bytes:
    """The content; `Damaged` where the padding is not exactly what `pad` makes."""
    length = int.from_bytes(padded[:_LENGTH_BYTES])
    content = padded[_LENGTH_BYTES : _LENGTH_BYTES + length]
    if length > len(padded) or pad(content) != padded:
        raise Damaged
    return content


def _nonce(index: int, last: bool) -> bytes:
    # The key is used for one content alone, so a counter can repeat nothing.
    return index.to_bytes(11) + (b"\1" if last else b"\0")


def encrypt(key: bytes, content: bytes, associated: bytes) -> bytes:
    """Ciphertext of the padded content, chunk after chunk, each with its 16-byte tag.

    `key` must be fresh: never encrypt twice with the same.
    """
    cipher, padded = AESGCM(key), pad(content)
    starts = range(0, len(padded), CHUNK_BYTES)
    return b"".join(
        cipher.encrypt(
            _nonce(index, start == starts[-1]), padded[start : start + CHUNK_BYTES], associated
        )
        for index, start in enumerate(starts)
    )


def decrypt(key: bytes, ciphertext: bytes, associated: bytes) -> bytes:
    """The content. Raises `Damaged` for any changed, missing, moved or added chunk."""
    step = CHUNK_BYTES + TAG_BYTES
    starts = range(0, len(ciphertext), step)
    if not starts:
        raise Damaged
    cipher = AESGCM(key)
    try:
        padded = b"".join(
            cipher.decrypt(
                _nonce(index, start == starts[-1]), ciphertext[start : start + step], associated
            )
            for index, start in enumerate(starts)
        )
    except InvalidTag:
        raise Damaged from None
    return unpad(padded)
