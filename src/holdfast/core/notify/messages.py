"""What an e-mail or a push says: that there is something to look at, and nothing else.

Whoever sees the mailbox, the lock screen or a server's log learns neither what it is about, nor who
sent it, nor that it has to do with health. Only somebody who turned discretion off gets a sentence
about the kind of news; names and answers are in none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from holdfast.core.notify.models import Notification

_DISCREET = gettext_noop("There is something new for you")

#: Kinds that say more once discretion is turned off; every other kind stays as it is.
PLAIN = {
    "prompt": gettext_noop("A check-in is waiting for you"),
    "reminder": gettext_noop("A check-in is waiting for you"),
    "flag-acknowledged": gettext_noop("Your team has seen your answers"),
    "flag-acted": gettext_noop("Your team has seen your answers"),
    "flag-closed": gettext_noop("Your team has seen your answers"),
    "flag-raised": gettext_noop("A flag needs you"),
    "flag-escalated": gettext_noop("A flag needs you"),
    "flag-assigned": gettext_noop("A flag needs you"),
    "flag-level-raised": gettext_noop("A flag needs you"),
    "flag-chain-exhausted": gettext_noop("A flag needs you"),
}

#: Where a tap on a notification leads; the start page knows where everybody belongs.
PATHS = {"prompt": "/today", "reminder": "/today"}


def title(kind: str, language: str, *, discreet: bool) -> str:
    """One sentence in the recipient's language."""
    with translation.override(language):
        return gettext(_DISCREET if discreet else PLAIN.get(kind, _DISCREET))


@dataclass(frozen=True)
class Part:
    """What goes with an e-mail: an invitation for a calendar (RFC 6047)."""

    content: bytes
    media_type: str
    name: str


@dataclass(frozen=True)
class Words:
    """What a message says. `path` is where it leads in the client; `part` goes with an e-mail."""

    title: str
    body: str
    path: str
    part: Part | None = None


Writer = Callable[[Notification], Words | None]
_writers: dict[str, Writer] = {}


#: Kinds that are no news for somebody to look at, but something for a program of theirs.
MUST_GO: set[str] = set()


def register_writer(kind: str, writer: Writer, *, must_go: bool = False) -> None:
    """Who words a kind that says more than that there is something new, such as a time. Asked when
    the message goes out; None says that there is nothing to tell any more. What `must_go` is sent
    although the app was open in the meantime. From `AppConfig.ready`.
    """
    _writers[kind] = writer
    if must_go:
        MUST_GO.add(kind)


def words(notification: Notification) -> Words | None:
    """What to say in the recipient's language; None where it is needless by now."""
    writer = _writers.get(notification.kind)
    if writer is not None:
        return writer(notification)
    user = notification.recipient
    said, body = email(notification.kind, user.language, discreet=user.discreet)
    return Words(said, body, PATHS.get(notification.kind, "/"))


def email(kind: str, language: str, *, discreet: bool) -> tuple[str, str]:
    """Subject and body, with a link to sign in and look."""
    with translation.override(language):
        body = gettext("Sign in to see it:")
    return title(kind, language, discreet=discreet), f"{body}\n\n{settings.ORIGIN}/\n"


def push(notification: Notification, said: Words) -> dict[str, str]:
    """What the service worker shows, and where a tap leads."""
    return {
        "title": said.title,
        "language": notification.recipient.language,
        "path": said.path,
        "tag": str(notification.pk),
    }


def text_message(said: Words) -> str:
    """The sentence and the address to open: as short as it can be, each part costs."""
    return f"{said.title}\n{settings.ORIGIN}{said.path}"
