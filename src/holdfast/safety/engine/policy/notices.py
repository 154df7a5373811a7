"""Which notices a conversation is owed, and when they were last given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from holdfast.safety.engine.policy.packs import Pack


@dataclass(frozen=True, slots=True)
class Given:
    """When somebody was last here, and when which notice was last given. No words."""

    last_at: datetime | None = None
    disclosed_at: datetime | None = None
    watched: bool | None = None  # what was last said of monitoring
    language: str | None = None
    minor_at: datetime | None = None  # when they said that they are under 18

    @property
    def minor(self) -> bool:
        """Whether they said so, and nobody who knows better has cleared it."""
        return self.minor_at is not None

    def out(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "last_at": self.last_at.isoformat() if self.last_at else None,
            "disclosed_at": self.disclosed_at.isoformat() if self.disclosed_at else None,
            "watched": self.watched,
            "language": self.language,
            "minor_at": self.minor_at.isoformat() if self.minor_at else None,
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Given:
        """From JSON. KeyError, TypeError or ValueError when it is none of ours."""
        return cls(
            _moment(data["last_at"]),
            _moment(data["disclosed_at"]),
            None if data["watched"] is None else bool(data["watched"]),
            None if data["language"] is None else str(data["language"])[:12],
            _moment(data["minor_at"]) if "minor_at" in data else _long_ago(data["minor"]),
        )


def due(
    pack: Pack, given: Given, *, now: datetime, monitored: bool, language: str
) -> tuple[tuple[str, ...], Given]:
    """(codes of the notices to give now, what has been given after them)."""
    codes: list[str] = []
    first, last = given.disclosed_at, given.last_at
    if first is None:
        codes += ["disclosure_start", "screened"] if pack.disclosure.start else ["screened"]
    elif last is not None and now - last >= timedelta(days=pack.disclosure.after_days):
        codes.append("disclosure_again")
    elif now - first >= timedelta(hours=pack.disclosure.every_hours):
        # Somebody who was away for the night begins a new conversation, and is told so plainly.
        pause = last is None or now - last >= timedelta(hours=pack.disclosure.every_hours)
        codes.append("disclosure_again" if pause else "disclosure_hours")
    disclosed = now if codes else given.disclosed_at
    if codes or given.watched is not monitored:
        codes.append("monitored" if monitored else "not_monitored")
    if given.language not in {None, language}:
        codes.append("language_changed")
    shown = replace(
        given, last_at=now, disclosed_at=disclosed, watched=monitored, language=language
    )
    return tuple(codes), shown


def _long_ago(minor: object) -> datetime | None:
    """Of a conversation from before the moment was kept."""
    return datetime.fromtimestamp(0, UTC) if minor else None


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment
