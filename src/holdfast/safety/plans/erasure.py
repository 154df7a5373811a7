"""Forget what was proposed for a person's safety plan; the plan goes with their vault."""

from __future__ import annotations

from django.db.models import QuerySet

from holdfast.core.identity.erasure import Subject
from holdfast.safety.plans.models import Proposal


def _drop(rows: QuerySet[Proposal]) -> None:
    """Overwrite, then delete; safe to run twice."""
    rows.update(ciphertext=b"", author_sealed=b"", person_sealed=b"")
    rows.delete()


def forget(subject: Subject) -> None:
    """The person leaves."""
    if subject.practice_id is None or subject.client_id is None:
        return
    _drop(Proposal.objects.filter(practice_id=subject.practice_id, client_id=subject.client_id))


def forget_of_author(subject: Subject) -> None:
    """An author leaves: their keys go, and without them nobody can tell that it was theirs."""
    _drop(Proposal.objects.filter(author_id=subject.user_id))
