"""An appointment's time in words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats


def said(at: datetime, zone: str) -> str:
    """Such as "Tue 24 Nov, 10:00", by the clock on the wall and in the active language."""
    wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return f"{formats.date_format(wall, 'D j M')}, {wall:%H:%M}"
