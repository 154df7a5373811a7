"""`python -m bench.practice.thread MESSAGES`: one person's thread with a therapist, in a database.

Prints the person's session and password, and the thread, as JSON. The first and last thousand
messages are sealed and signed by the engine as a device would; between them lie bytes of the same
size, for nothing opens them. All are read but the last few.
"""

from __future__ import annotations

import json
import os
import random
import sys
import uuid
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.config.settings")
django.setup()

from bench.practice import journal
from bench.practice.rows import NOW
from holdfast.core.ids import uuid7
from holdfast.core.vault.engine import items, keys, threads
from holdfast.meet.messages.models import Epoch, EpochKey, Member, Message, Thread
from tests import factories

UNREAD = 5
SEALED = 1_000
BATCH = 2_000


def fill(messages: int) -> dict[str, str]:
    """Person, therapist, their keys and what they wrote to each other in turn."""
    client = factories.make_client(factories.make_practice("Benchmark"))
    member = factories.make_member(client.practice, "clinician")
    factories.join_care_team(client, member)
    user = client.user
    assert user is not None
    private = [keys.PrivateKeys(os.urandom(32), os.urandom(32)) for _ in range(2)]
    for account, own in zip((user, member.user), private, strict=True):
        journal.give_keys(account.pk, own)
    holders = [
        items.Holder(account.pk, (own,))
        for account, own in zip((user, member.user), private, strict=True)
    ]
    thread = Thread.objects.create(
        id=uuid.uuid4(),
        practice=client.practice,
        client=client,
        kind="client",
        last_seq=messages,
        opened_at=NOW,
        last_at=NOW,
    )
    epoch, key = _epoch(thread, holders, messages)
    _write(thread, epoch, key, holders, messages)
    session = factories.browser(user, False).cookies["sessionid"].value
    return {"session": session, "password": journal.PASSWORD, "thread": str(thread.pk)}


def _epoch(
    thread: Thread, holders: list[items.Holder], messages: int
) -> tuple[threads.Epoch, bytes]:
    of_thread = {"practice_id": thread.practice_id, "thread": thread}
    epoch = threads.begin_epoch(thread.pk, [one.id for one in holders], holders[0])
    key = os.urandom(32)
    Epoch.objects.create(
        **of_thread,
        number=1,
        suite=1,
        previous=epoch.previous,
        maker=epoch.maker,
        members=b"".join(one.bytes for one in epoch.members),
        signature=epoch.signature,
        signing=holders[0].keys[0].public.signing,
        made_at=NOW,
    )
    for one in holders:
        reader = items.Reader(one.id, one.keys[0].public)
        given = threads.seal_epoch_key(epoch, key, reader, holders[0].keys[0])
        EpochKey.objects.create(
            **of_thread,
            epoch=1,
            member_id=one.id,
            sequence=1,
            sealed=given.sealed,
            signature=given.signature,
        )
        Member.objects.create(
            **of_thread, user_id=one.id, joined_epoch=1, read_seq=messages - UNREAD
        )
    return epoch, key


def _write(
    thread: Thread,
    epoch: threads.Epoch,
    key: bytes,
    holders: list[items.Holder],
    messages: int,
) -> None:
    chance = random.Random(1)
    last: dict[uuid.UUID, threads.Last] = {}
    rows: list[Message] = []
    for seq in range(1, messages + 1):
        author = holders[seq % 2]
        message_id = uuid7()
        if SEALED < seq <= messages - SEALED:
            made = _made_up(epoch, author, last[author.id])
        else:
            made = threads.write(
                _said(message_id, seq, chance),
                epoch,
                key,
                author,
                salt=os.urandom(32),
                after=last.get(author.id),
            )
        last[author.id] = threads.Last(made.number, made.hash)
        rows.append(_row(thread, seq, message_id, made, messages))
        if len(rows) == BATCH or seq == messages:
            Message.objects.bulk_create(rows)
            rows = []


def _said(message_id: uuid.UUID, seq: int, chance: random.Random) -> bytes:
    content = {
        "version": 1,
        "id": str(message_id),
        "text": f"Message {seq}. " + " ".join(chance.choices(journal.WORDS, k=12)),
        "written_at": NOW.isoformat(),
        "files": [],
    }
    return json.dumps(content).encode()


def _made_up(epoch: threads.Epoch, author: items.Holder, before: threads.Last) -> threads.Message:
    return threads.Message(
        epoch.thread,
        epoch.number,
        epoch.hash,
        author.id,
        before.number + 1,
        before.hash,
        os.urandom(32),
        os.urandom(272),
        os.urandom(64),
    )


def _row(
    thread: Thread, seq: int, message_id: uuid.UUID, made: threads.Message, messages: int
) -> Message:
    return Message(
        id=message_id,
        practice_id=thread.practice_id,
        thread=thread,
        seq=seq,
        sender_id=made.author,
        epoch=made.epoch,
        suite=1,
        number=made.number,
        previous=made.previous,
        salt=made.salt,
        hash=made.hash,
        ciphertext=made.ciphertext,
        signature=made.signature,
        received_at=NOW - timedelta(minutes=messages - seq),
    )


if __name__ == "__main__":
    json.dump(fill(int(sys.argv[1])), sys.stdout)
