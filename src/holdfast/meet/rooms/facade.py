"""What other capabilities may tell the rooms."""

from __future__ import annotations

from holdfast.meet.rooms.groups import Helpers, Names, register_helpers, register_names

__all__ = ["Helpers", "Names", "register_helpers", "register_names"]
