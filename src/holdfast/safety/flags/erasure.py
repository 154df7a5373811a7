"""Forget a person's flags, when they delete their account."""

from __future__ import annotations

from holdfast.core.identity.erasure import Subject
from holdfast.safety.flags.models import Flag


def forget(subject: Subject) -> None:
    """Delete the flags with their signals and history; safe to run twice.

    The audit trail keeps that they were raised and closed, as codes without answers.
    """
    if subject.practice_id is None or subject.client_id is None:
        return
    Flag.objects.filter(practice_id=subject.practice_id, client_id=subject.client_id).delete()
