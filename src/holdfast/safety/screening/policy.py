"""A practice's written policy: what its care teams are told of texts without being asked, and when.

Where a practice has written none, the default holds: from `concern` on, and never the words.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.tenancy.models import Membership, Practice
from holdfast.safety.engine import clinicians_yaml
from holdfast.safety.screening import engine
from holdfast.safety.screening.models import Policy

LANGUAGES = ("en", "es", "de", "ar")


@dataclass(frozen=True)
class InForce:
    """What holds now. `version` is 0, `since` and `by` are empty, where it is the default."""

    version: int
    tell_from: str
    words: str
    jurisdiction: str | None
    note: str
    since: datetime | None
    by: str | None


DEFAULT = InForce(0, "concern", Policy.Words.ASKED, None, "", None, None)


def in_force(practice_id: uuid.UUID) -> InForce:
    """The newest version, or the default. One statement."""
    row = (
        Policy.objects.filter(practice_id=practice_id)
        .select_related("by")
        .order_by("-version")
        .first()
    )
    if row is None:
        return DEFAULT
    return InForce(
        version=row.version,
        tell_from=engine.LEVELS[row.tell_from],
        words=row.words,
        jurisdiction=row.jurisdiction or None,
        note=row.note,
        since=row.at,
        by=row.by.display_name if row.by else None,
    )


def write(
    practice: Practice,
    *,
    tell_from: str,
    words: str,
    jurisdiction: str | None,
    note: str,
    by: Actor,
) -> InForce:
    """Make a new version; the same again makes none."""
    with transaction.atomic():
        Practice.objects.select_for_update().get(pk=practice.pk)
        now = in_force(practice.pk)
        wanted = (tell_from, words, jurisdiction, note)
        if now.version and wanted == (now.tell_from, now.words, now.jurisdiction, now.note):
            return now
        row = Policy.objects.create(
            practice=practice,
            version=now.version + 1,
            tell_from=engine.LEVELS.index(tell_from),
            words=words,
            jurisdiction=jurisdiction or "",
            note=note,
            by=Membership.objects.filter(pk__in=by.membership_ids, practice=practice).first(),
            at=clock.now(),
        )
        detail = {"version": row.version, "tell_from": tell_from, "words": words}
        record("write", "companion_policy", by=by, resource_id=row.pk, detail=detail)
    return in_force(practice.pk)


@dataclass(frozen=True)
class _Words:
    """The sentences of one language; those of `tell` and `words` are chosen by the policy."""

    first: str
    tell: dict[str, str]
    what: str
    words: dict[str, str]
    hours: str


def sentences(found: InForce, language: str) -> list[str]:
    """The policy in words, in a language or in English. No statement."""
    said = _words(language.partition("-")[0])
    return [said.first, said.tell[found.tell_from], said.what, said.words[found.words], said.hours]


@cache
def _words(language: str) -> _Words:
    known = language if language in LANGUAGES else "en"
    folder = files("holdfast.safety.screening") / "content" / "words"
    read = clinicians_yaml.load((folder / f"{known}.yaml").read_text(encoding="utf-8"))
    names = ("first", "tell", "what", "words", "hours")
    return _Words(**{name: read[name] for name in names})
