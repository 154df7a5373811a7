"""What an e-mail or a push says: that there is something to look at, and nothing else.

Whoever sees the mailbox, the lock screen or a server's log learns neither what it is about, nor who
sent it, nor that it has to do with health. Only somebody who turned discretion off gets a sentence
about the kind of news; names and answers are in none.
"""

from __future__ import annotations

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


def email(kind: str, language: str, *, discreet: bool) -> tuple[str, str]:
    """Subject and body, with a link to sign in and look."""
    with translation.override(language):
        body = gettext("Sign in to see it:")
    return title(kind, language, discreet=discreet), f"{body}\n\n{settings.ORIGIN}/\n"


def push(notification: Notification) -> dict[str, str]:
    """What the service worker shows, and where a tap leads."""
    user = notification.recipient
    return {
        "title": title(notification.kind, user.language, discreet=user.discreet),
        "language": user.language,
        "path": PATHS.get(notification.kind, "/"),
        "tag": str(notification.pk),
    }
