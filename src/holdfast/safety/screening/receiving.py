"""Take in what the live process reports: keep it once, as codes, and tell a human what matters."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F

from holdfast.core import clock, tickets
from holdfast.core.actor import system
from holdfast.core.consent.facade import allows
from holdfast.core.notify import facade as notify
from holdfast.core.notify.kinds import StaffKind
from holdfast.core.notify.models import Notification
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.locks import one_writer_for
from holdfast.core.tenancy.models import Client, Membership, Role
from holdfast.safety.flags import facade as flags
from holdfast.safety.screening import engine, looks, policy
from holdfast.safety.screening.models import (
    GateDecision,
    MinorStatement,
    ReferralCount,
    Screening,
)
from holdfast.safety.screening.problems import ReportRefused
from holdfast.safety.screening.reports import Report, not_ahead, read

_log = logging.getLogger(__name__)

SCREENING_CONSENT = "screening"
#: What the dialogue notes when somebody said that they are under 18: once, when it is said.
MINOR_NOTICE, MINOR_ANSWER = "minor", ("age", "under_18")
FAILED: Final = "screen-failed"
CLOSED: Final = "gate-closed"
ALARM_EVERY = timedelta(hours=1)


def secret() -> bytes:
    """What tickets and reports are sealed under; the live process is given this and no more."""
    found: bytes = settings.LIVE_SECRET
    return found


def receive(blob: str) -> flags.FlagStatus | None:
    """Take in one sealed report; the same one again is answered with what became of the first.

    Nothing is kept of somebody who has left or does not agree that a program reads what they send.
    Raises ReportRefused and Invalid.
    """
    now = clock.now()
    try:
        report = read(tickets.open_sealed(tickets.REPORT, blob, secret(), now))
    except tickets.TicketRefused:
        raise ReportRefused from None
    if report.level is None:
        _log.error("The safety screen failed", extra={"practice": str(report.practice)})
        _alarm(FAILED, report.practice, now)
    if report.gate_closed:
        _log.error("The gate is closed", extra={"practice": str(report.practice)})
        _alarm(CLOSED, report.practice, now)
    client = _client(report)
    if client is None or not allows(client, _consent_for(report.source)):
        return None
    try:
        with transaction.atomic():
            one_writer_for(client)
            known = Screening.objects.filter(pk=report.id).first()
            if known is None:
                return _keep(client, report, now)
            return _status(known) if known.client_id == client.pk else None
    except NotFound:
        return None  # left in this very moment


def _consent_for(source: str) -> str:
    return looks.CONSENT if source == looks.SOURCE else SCREENING_CONSENT


def _client(report: Report) -> Client | None:
    if report.client is None:
        return None
    return Client.objects.filter(
        practice_id=report.practice, pk=report.client, left_at=None
    ).first()


def _status(row: Screening) -> flags.FlagStatus | None:
    return flags.status_of(row.practice_id, row.flag_id) if row.flag_id else None


def _keep(client: Client, report: Report, now: datetime) -> flags.FlagStatus | None:
    """The report's rows and the flag that follows, in the caller's transaction."""
    flag = _tell(client, report, now)
    row = Screening.objects.create(
        id=report.id,
        practice_id=client.practice_id,
        client=client,
        flag_id=flag.id if flag else None,
        ticket=report.ticket,
        source=report.source,
        at=not_ahead(report.at, now),
        received_at=now,
        level=None if report.level is None else engine.LEVELS.index(report.level),
        categories=report.categories,
        temporality=report.temporality or "",
        experiencer=report.experiencer or "",
        evidence=[one.model_dump() for one in report.evidence],
        languages=report.languages,
        supported=report.supported,
        protocol=[one.model_dump() for one in report.protocol],
        referrals=report.referrals,
        notices=report.notices,
        versions=report.versions,
        text_hash=report.hash or "",
        passage_agreed=report.passage_agreed,
    )
    GateDecision.objects.bulk_create(
        GateDecision(
            practice_id=client.practice_id,
            client=client,
            screening=row,
            position=position,
            decision=one.decision,
            reasons=one.reasons,
            version="" if one.version is None else str(one.version),
            text_hash=one.hash or "",
        )
        for position, one in enumerate(report.gate)
    )
    if report.referrals:
        _count_referral(client.practice_id, now)
    if _says_minor(report):
        MinorStatement.objects.update_or_create(
            client=client,
            defaults={
                "practice_id": client.practice_id,
                "said_at": now,
                "cleared_at": None,
                "cleared_by": None,
            },
        )
    return flag


def _says_minor(report: Report) -> bool:
    answers = {(one.step, one.answer) for one in report.protocol}
    return MINOR_NOTICE in report.notices or MINOR_ANSWER in answers


def _tell(client: Client, report: Report, now: datetime) -> flags.FlagStatus | None:
    """The flag that the practice's policy asks for, raised or absorbed."""
    if report.level is None:
        return None
    found = engine.signals(
        report.level,
        [engine.Evidence(one.code, one.level, one.category) for one in report.evidence],
        tell_from=policy.in_force(client.practice_id).tell_from,
    )
    return flags.raise_signals(
        client=client,
        signals=[flags.Signal(one.code, one.level, one.reason) for one in found],
        answered_at=not_ahead(report.at, now),
        received_at=now,
        by=system(client.practice_id, "screening"),
    )


def _count_referral(practice_id: uuid.UUID, now: datetime) -> None:
    month = now.date().replace(day=1)
    ReferralCount.objects.get_or_create(practice_id=practice_id, month=month)
    rows = ReferralCount.objects.filter(practice_id=practice_id, month=month)
    rows.update(count=F("count") + 1)


def _alarm(kind: StaffKind, practice_id: uuid.UUID, now: datetime) -> None:
    """Whoever runs the practice must hear of it, once an hour at most."""
    told = Notification.objects.filter(
        practice_id=practice_id, kind=kind, created_at__gt=now - ALARM_EVERY
    )
    if told.exists():
        return
    members = Membership.objects.filter(
        practice_id=practice_id, role=Role.ADMINISTRATOR, active=True
    )
    accounts = members.values_list("user_id", flat=True)
    notify.send(practice_id=practice_id, recipients=list(accounts), kind=kind, now=now, urgent=True)
