"""Reports, and what moderation decides about them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.notify import facade as notify
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import Client, Membership, Role
from holdfast.core.vault.engine import content
from holdfast.core.vault.engine.errors import Damaged
from holdfast.meet.peers import asking, listening, talking
from holdfast.meet.peers.models import Chat, ChatMessage, PeerStanding, Report, Side

REPORTED: Final = "peer-report"
MODERATORS = (Role.ADMINISTRATOR, Role.SUPERVISOR)


@dataclass(frozen=True)
class Excerpt:
    """A message that the reporter shows, by its place and the key of this one message."""

    seq: int
    key: bytes


def report(
    client: Client,
    chat_id: uuid.UUID,
    *,
    reason: str,
    words: str,
    excerpts: list[Excerpt],
    by: Actor,
) -> Report:
    """Bring a chat before moderation; ends it. What is shown is opened here, so that nobody can
    be accused of words that they did not sign. Raises Invalid where a key opens nothing.
    """
    with transaction.atomic():
        chat, side = asking.mine_locked(client, chat_id)
        row = Report(
            practice_id=chat.practice_id,
            chat=chat.pk,
            asker_id=chat.asker_id,
            listener_id=chat.listener_id,
            by=side.role,
            reason=reason,
            at=clock.now(),
        )
        row.shown = {"words": words, "excerpts": _opened(chat, excerpts)}
        row.save(force_insert=True)
        asking.close(chat)
        record("report", "peer_chat", by=by, resource_id=chat.pk, client_id=client.pk)
        members = Membership.objects.filter(
            practice_id=chat.practice_id, role__in=MODERATORS, active=True
        )
        notify.send(
            practice_id=chat.practice_id,
            recipients=list(members.values_list("user_id", flat=True)),
            kind=REPORTED,
            subject_id=row.pk,
        )
    return row


def _opened(chat: Chat, excerpts: list[Excerpt]) -> list[dict[str, Any]]:
    """Each message shown, with the made-up name of who wrote it."""
    if not excerpts:
        return []
    epoch = talking.epoch_of(chat)
    keys = {one.seq: one.key for one in excerpts}
    rows = ChatMessage.objects.filter(practice_id=chat.practice_id, chat=chat, seq__in=keys)
    found = []
    for row in rows.select_related("side", "side__client").order_by("seq"):
        message = talking.as_engine(row, epoch)
        try:
            text = content.decrypt(keys[row.seq], message.ciphertext, message.header)
            said = text.decode()
        except (Damaged, UnicodeDecodeError):
            raise Invalid(errors=(FieldError("excerpts", "key", "It opens nothing."),)) from None
        found.append(
            {
                "by": row.side.role,
                "name": row.side.name,
                "at": row.received_at.isoformat(),
                "text": said,
            }
        )
    return found


def decide(practice_id: uuid.UUID, report_id: uuid.UUID, decision: str, *, by: Actor) -> Report:
    """What is done about it; decided anew, what was decided before is taken back."""
    with transaction.atomic():
        rows = Report.objects.select_for_update(of=("self",))
        row = rows.filter(practice_id=practice_id, pk=report_id).first()
        if row is None:
            raise NotFound
        before = row.decision
        row.decision, row.decided_at = decision, clock.now()
        row.decided_by = Membership.objects.filter(
            pk__in=by.membership_ids, practice_id=practice_id
        ).first()
        row.save(update_fields=["decision", "decided_at", "decided_by"])
        _undo(row, before)
        _do(row, by)
        detail: Mapping[str, object] = {"decision": decision, "before": before}
        record("decide", "peer_report", by=by, resource_id=row.pk, detail=dict(detail))
    return row


_Decision = Report.Decision


def _concerned(row: Report, decision: str) -> Client | None:
    """Whom a decision is about: a warning is for who was reported."""
    if decision == _Decision.SUSPEND_LISTENER:
        return row.listener
    if decision == _Decision.SUSPEND_ASKER:
        return row.asker
    if decision == _Decision.WARN:
        return row.listener if row.by == Side.Role.ASKER else row.asker
    return None


def _do(row: Report, by: Actor) -> None:
    client = _concerned(row, row.decision)
    if client is None:
        return
    now = clock.now()
    name = "warned_at" if row.decision == _Decision.WARN else "suspended_at"
    PeerStanding.objects.update_or_create(
        client=client, defaults={"practice_id": row.practice_id, name: now}
    )
    if name == "suspended_at":
        asking.close_all_of(client)
        if row.decision == _Decision.SUSPEND_LISTENER:
            listening.take_badge(client, by=by)


def _undo(row: Report, before: str) -> None:
    client = _concerned(row, before)
    if client is not None:
        name = "warned_at" if before == _Decision.WARN else "suspended_at"
        PeerStanding.objects.filter(practice_id=row.practice_id, client=client).update(
            **{name: None}
        )
