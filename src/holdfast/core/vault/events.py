"""What the vault tells others."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class KeysChanged:
    """An account's public keys were replaced; `sequence` is the new entry of their history."""

    user_id: uuid.UUID
    sequence: int
