"""Chosen names: how people name their account, and when two names are the same name."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError

MIN_LENGTH = 3
MAX_LENGTH = 64


def normalise(name: str) -> str:
    """The one spelling under which a name or an e-mail address is stored and looked up.

    NFKC and case folding (Unicode Technical Report 36, section 2.11.2) make "Zoë", "ZOË" and its
    decomposed form one name. Lower-casing afterwards settles the few scripts (Cherokee) whose case
    folding goes upwards, so that the result is stable.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded).lower()


def validate(name: str) -> None:
    """Refuse what would look like an e-mail address, hide characters or be too short or long."""
    if not MIN_LENGTH <= len(name) <= MAX_LENGTH or len(normalise(name)) > MAX_LENGTH:
        raise ValidationError("A name has 3 to 64 characters.", code="name-length")
    if "@" in name:
        raise ValidationError(
            "A name has no @; the e-mail address goes in its own field.", "name-at"
        )
    if name != name.strip() or not name.isprintable():
        raise ValidationError("A name has no invisible characters.", code="name-invisible")


#: What `ACCOUNT_USERNAME_VALIDATORS` names.
validators = [validate]
