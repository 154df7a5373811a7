"""Did it arrive? What apps and channels tell of it, and what is said to have gone wrong."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from holdfast.core import events
from holdfast.core.notify import standing
from holdfast.core.notify.engine import Try, Verdict, judge
from holdfast.core.notify.events import DeliveryProblemChanged
from holdfast.core.notify.models import DeliveryAttempt, Notification

_Outcome, _Problem = DeliveryAttempt.Outcome, Notification.Problem
#: Why a channel was not tried although it should have been: it took the last message for dead.
DEAD = frozenset({"address-dead", "phone-dead"})
BATCH = 500
SHOWN = 50


@dataclass(frozen=True)
class Problem:
    """A message that did not reach an account. `reason`: not-delivered or client-silent."""

    at: datetime
    kind: str
    subject_id: uuid.UUID | None
    reason: Literal["not-delivered", "client-silent"]


def settle(*, practice_id: uuid.UUID, subject_ids: Collection[uuid.UUID], now: datetime) -> None:
    """What these subjects were about is done: nothing more is sent of it, and a problem that was
    noticed is taken back. At most five SQL statements.
    """
    about = Notification.objects.filter(practice_id=practice_id, subject_id__in=subject_ids)
    with transaction.atomic():
        DeliveryAttempt.objects.filter(
            practice_id=practice_id, notification__in=about, outcome=_Outcome.WAITING
        ).update(
            outcome=_Outcome.SKIPPED,
            reason="no-longer-needed",
            next_attempt_at=None,
            finished_at=now,
        )
        _take_back(about)
        about.filter(judged_at=None).update(judged_at=now)


def seen(user_id: uuid.UUID, now: datetime, at: datetime | None = None) -> None:
    """An app of this account was open: at `at` (a device that was offline tells later), else now.

    What was waiting for it by then has reached it, and a problem that was noticed in the meantime
    is taken back. At most three SQL statements.
    """
    opened = min(at, now) if at is not None else now
    own = Notification.objects.filter(recipient_id=user_id)
    with transaction.atomic():
        found = own.filter(seen_at=None, created_at__lte=opened).update(seen_at=opened)
        if found and at is not None:
            _take_back(own.filter(seen_at=opened, expires_at__gte=opened))


def _take_back(notifications: QuerySet[Notification]) -> None:
    """These did arrive after all."""
    wrong = notifications.exclude(problem="")
    told = set(wrong.values_list("practice_id", "recipient_id"))
    if told:
        wrong.update(problem="")
        _publish(told)


def _publish(accounts: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> None:
    by_practice: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for practice_id, user_id in accounts:
        by_practice[practice_id].append(user_id)
        events.publish(DeliveryProblemChanged(practice_id, user_id))
    for practice_id, user_ids in by_practice.items():
        standing.keep(practice_id, user_ids)


def judge_expired(now: datetime) -> int:
    """Judge what has expired and was not judged yet; returns how many."""
    due = Notification.objects.filter(judged_at=None, expires_at__lte=now).order_by("expires_at")
    return judge_these(list(due[:BATCH].values_list("pk", flat=True)), now)


def judge_these(notification_ids: Collection[uuid.UUID], now: datetime) -> int:
    """Write down of each whether it arrived, as far as is known by now. Four SQL statements."""
    rows = Notification.objects.filter(pk__in=notification_ids, judged_at=None)
    verdicts: dict[Verdict, list[Notification]] = defaultdict(list)
    for one in rows.prefetch_related("attempts"):
        verdict = judge(
            tries=[each for row in one.attempts.all() if (each := _try(row)) is not None],
            seen_at=one.seen_at,
            expires_at=one.expires_at,
            now=now,
        )
        verdicts[verdict].append(one)
    with transaction.atomic():
        for verdict, found in verdicts.items():
            if verdict != "open":
                problem = "" if verdict == "arrived" else verdict
                rows.filter(pk__in=[one.pk for one in found]).update(problem=problem, judged_at=now)
        wrong = verdicts["not-delivered"] + verdicts["client-silent"]
        _publish({(one.practice_id, one.recipient_id) for one in wrong})
    return sum(len(found) for verdict, found in verdicts.items() if verdict != "open")


def _try(attempt: DeliveryAttempt) -> Try | None:
    """What an attempt says; nothing for the app itself and for one that was tried again."""
    if attempt.channel == DeliveryAttempt.Channel.IN_APP:
        return None
    if attempt.outcome in {_Outcome.WAITING, _Outcome.CLAIMED}:
        return Try("pending")
    if attempt.outcome == _Outcome.SENT:
        return Try("sent")
    if attempt.outcome == _Outcome.SKIPPED:
        return Try("failed" if attempt.reason in DEAD else "skipped")
    return Try("failed") if attempt.next_attempt_at is None else None


def problems_of(practice_id: uuid.UUID, subject_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Which of these subjects reached nobody in time, and how: `not-delivered` (no channel took
    it) or `client-silent` (a channel did, and no app of the person asked for news). A subject of
    which one message arrived, or one is still open, is absent. One SQL statement.
    """
    rows = Notification.objects.filter(
        practice_id=practice_id, subject_id__in=subject_ids
    ).values_list("subject_id", "problem")
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    for subject_id, problem in rows:
        if subject_id is not None:
            found[subject_id].add(problem)
    # Where a channel took any of the messages, the silence is the client's.
    return {
        subject: _Problem.CLIENT_SILENT
        if _Problem.CLIENT_SILENT in each
        else _Problem.NOT_DELIVERED
        for subject, each in found.items()
        if "" not in each
    }


def problems_by_account(practice_id: uuid.UUID, since: datetime) -> dict[uuid.UUID, int]:
    """How many messages since then did not reach each account. One SQL statement."""
    rows = _since(practice_id, since).values("recipient_id").annotate(count=Count("id"))
    return {row["recipient_id"]: row["count"] for row in rows}


def recent_problems(practice_id: uuid.UUID, user_id: uuid.UUID, since: datetime) -> list[Problem]:
    """What did not reach one account since then, newest first, at most 50. One SQL statement."""
    rows = _since(practice_id, since).filter(recipient_id=user_id).order_by("-judged_at", "-id")
    return [
        Problem(
            one.judged_at or one.created_at,
            one.kind,
            one.subject_id,
            "client-silent" if one.problem == _Problem.CLIENT_SILENT else "not-delivered",
        )
        for one in rows[:SHOWN]
    ]


def _since(practice_id: uuid.UUID, since: datetime) -> QuerySet[Notification]:
    # Spelt as the partial index is, so that both databases use it.
    return Notification.objects.filter(
        ~Q(problem=""), practice_id=practice_id, judged_at__gte=since
    )
