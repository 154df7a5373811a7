"""What an e-mail says: that there is something to look at, and nothing else.

Whoever sees the mailbox, the lock screen or the mail server's log learns neither what it is about,
nor who sent it, nor that it has to do with health.
"""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext


def discreet(language: str) -> tuple[str, str]:
    """Subject and body in a language, with a link to sign in and look."""
    with translation.override(language):
        subject = gettext("There is something new for you")
        body = gettext("Sign in to see it:")
    return subject, f"{body}\n\n{settings.ORIGIN}/\n"
