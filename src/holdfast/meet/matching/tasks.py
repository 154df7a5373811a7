"""What the worker does: free times kept true, enquiries that nobody answered, people who wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from holdfast.core.notify import facade as notify
from holdfast.core.problems import Problem
from holdfast.meet.matching import keeping, listing, queries
from holdfast.meet.matching.models import DirectoryRevision, Enquiry, Waiting
from holdfast.meet.matching.seeking import FITS_NOW, LAPSES_AFTER, NOT_ACCEPTED

BATCH = 100
#: Nobody is told more often than this that somebody fits.
TELL_AGAIN_AFTER = timedelta(days=7)


def keep_profiles(now: datetime) -> None:
    keeping.keep_due(now)


def let_lapse(now: datetime) -> None:
    """End enquiries that nobody answered in time, and tell the person."""
    late = Enquiry.objects.filter(status=Enquiry.Status.SENT, sent_at__lt=now - LAPSES_AFTER)
    for enquiry_id in list(late.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            rows = late.select_for_update(of=("self",)).select_related("client")
            enquiry = rows.filter(pk=enquiry_id).first()
            if enquiry is None:
                continue
            enquiry.status, enquiry.answered_at = Enquiry.Status.LAPSED, now
            enquiry.save(update_fields=["status", "answered_at"])
            if enquiry.client.user_id is not None:
                notify.send(
                    practice_id=enquiry.practice_id,
                    recipients=[enquiry.client.user_id],
                    kind=NOT_ACCEPTED,
                    subject_id=enquiry.pk,
                    now=now,
                )


def tell_waiting(now: datetime) -> None:
    """Tell people who wait that somebody fits, where the directory changed since the last look."""
    revision = DirectoryRevision.objects.filter(practice_id=OuterRef("practice_id"))
    rows = Waiting.objects.annotate(revision=Subquery(revision.values("revision")[:1])).filter(
        Q(told_at=None) | Q(told_at__lt=now - TELL_AGAIN_AFTER),
        ended_at=None,
        told_revision__lt=F("revision"),
    )
    for waiting in rows.select_related("client").order_by("since")[:BATCH]:
        _look(waiting, now)


def _look(waiting: Waiting, now: datetime) -> None:
    client = waiting.client
    with transaction.atomic():
        waiting.told_revision = listing.revision_of(waiting.practice_id)
        try:
            wishes = queries.ready_wishes(client, now)
            fits = bool(listing.directory(waiting.practice_id).keeps_limits(wishes, now).any())
        except Problem:  # a questionnaire has grown old, or a human comes first
            fits = False
        if fits and client.user_id is not None:
            waiting.told_at = now
            notify.send(
                practice_id=waiting.practice_id,
                recipients=[client.user_id],
                kind=FITS_NOW,
                subject_id=waiting.pk,
                now=now,
            )
        waiting.save(update_fields=["told_revision", "told_at"])
