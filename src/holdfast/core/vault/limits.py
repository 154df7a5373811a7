"""How much one person may keep."""

from __future__ import annotations

#: Bytes of ciphertext, of items and files together, that one person may keep in one practice.
MOST_BYTES = 256 * 1024 * 1024
