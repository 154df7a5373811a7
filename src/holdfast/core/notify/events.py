"""What higher wings may want to know, through `core.events`."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class DeliveryProblemChanged:
    """A message to this account was found not to have arrived, or was found after all."""

    practice_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True)
class WishesChanged:
    """An account wishes to be told otherwise than before: other channels, other quiet hours."""

    user_id: uuid.UUID
