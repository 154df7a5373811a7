"""What links may do. A capability registers each purpose of its own in `AppConfig.ready`."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from holdfast.core.problems import Problem


class LinkUnknown(Problem):
    """Made up, of another installation, or what it was about is gone."""

    code = "link-unknown"
    status = 404
    title = "This link does not lead anywhere."


class LinkExpired(Problem):
    code = "link-expired"
    status = 410
    title = "This link is too old."


class LinkChanged(Problem):
    """What the page showed is no longer so: somebody else changed it in the meantime."""

    code = "link-changed"
    status = 409
    title = "This has changed in the meantime. Look again."


@dataclass(frozen=True)
class Slot:
    """A time that may be chosen instead."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Shown:
    """What the page shows to whoever has the link: neutral, without names unless those were wished.

    `version` comes back with an action, which is refused when it is no longer the present one.
    """

    purpose: str
    state: str
    version: str
    language: str
    zone: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    with_name: str = ""
    place: str = ""
    actions: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True)
class Deed:
    """What somebody asked for on the page."""

    action: str
    version: str
    starts_at: datetime | None = None


Look = Callable[[uuid.UUID, datetime], Shown]
Act = Callable[[uuid.UUID, Deed, datetime], Shown]


@dataclass(frozen=True)
class Purpose:
    """`look` changes nothing: mail scanners open links. `act` raises LinkChanged where the version
    is not the present one, and NotPermitted for an action that the page did not offer.
    """

    code: int
    look: Look
    act: Act


_purposes: dict[int, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Called from `AppConfig.ready`. A code is never used for anything else: links live on."""
    known = _purposes.setdefault(purpose.code, purpose)
    if known != purpose:
        raise ValueError(f"two purposes of links have the code {purpose.code}")


def find(code: int) -> Purpose:
    """Raises LinkUnknown."""
    if code not in _purposes:
        raise LinkUnknown
    return _purposes[code]
