"""`python -m bench.practice.journal ENTRIES`: one person with a journal, in an empty database.

Prints their session and password as JSON. Entries are sealed by the engine, one a day.
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

from bench.practice.rows import NOW
from holdfast.core.tenancy.models import Client
from holdfast.core.vault.engine import items, keys, wraps
from holdfast.core.vault.models import Grant, ItemVersion, KeyEntry, Space, Wrap
from tests import factories

PASSWORD = "a quiet harbour at night"
#: Drawn from for the text; that they make no sense is all the same to a cipher.
WORDS = ("rain", "work", "again", "slept", "late", "called", "laughed", "quiet", "evening", "river")
TAGS = ("sleep", "work", "family", "walk", "body", "worry")


def fill(entries: int) -> dict[str, str]:
    """The person's account, keys and entries."""
    client = factories.make_client(factories.make_practice("Benchmark"))
    user = client.user
    assert user is not None
    private = keys.PrivateKeys(os.urandom(32), os.urandom(32))
    give_keys(user.pk, private)
    chance = random.Random(1)
    for first in range(0, entries, 500):
        _write(client, private, range(first, min(first + 500, entries)), entries, chance)
    Space.objects.create(practice_id=client.practice_id, client=client, position=entries)
    session = factories.browser(user, False).cookies["sessionid"].value
    return {"session": session, "password": PASSWORD}


def give_keys(user: uuid.UUID, private: keys.PrivateKeys) -> None:
    """Public keys of an account, and their way in by `PASSWORD`."""
    entry = keys.first_entry(user, private, int(NOW.timestamp()))
    KeyEntry.objects.create(
        user_id=user,
        sequence=1,
        agreement=entry.keys.agreement,
        signing=entry.keys.signing,
        created=entry.created,
        previous=entry.previous,
        signature=entry.signature,
        continuity=entry.continuity,
    )
    cost = wraps.Cost()
    empty = wraps.Wrap(user, "password", 1, cost, os.urandom(16), b"")
    key = wraps.password_key(PASSWORD, empty.salt, cost)
    done = wraps.wrap(empty, private, key, os.urandom(12))
    Wrap.objects.create(
        user_id=user,
        kind="password",
        version=done.version,
        sequence=1,
        memory_kib=cost.memory_kib,
        passes=cost.passes,
        parallelism=cost.parallelism,
        salt=done.salt,
        sealed=done.sealed,
        made_at=NOW,
    )


def _write(
    client: Client, private: keys.PrivateKeys, numbers: range, of: int, chance: random.Random
) -> None:
    user = client.user_id
    assert user is not None
    versions, grants = [], []
    of_client = {"practice_id": client.practice_id, "client": client}
    for number in numbers:
        at = (NOW - timedelta(days=of - number)).isoformat().replace("+00:00", "Z")
        text = f"Entry {number}. " + " ".join(chance.choices(WORDS, k=chance.randint(40, 400)))
        content = {
            "text": text,
            "tags": chance.sample(TAGS, 2),
            "mood": chance.randint(1, 5),
            "begun_at": at,
            "written_at": at,
        }
        sealed = items.seal(
            items.Header(uuid.uuid4(), user, "journal", 2, 1),
            json.dumps(content).encode(),
            item_key=os.urandom(32),
            owner=private,
        )
        row = ItemVersion(
            **of_client,
            owner_id=user,
            position=number + 1,
            item=sealed.header.item,
            suite=1,
            kind="journal",
            content_schema=2,
            revision=1,
            hash=sealed.hash,
            ciphertext=sealed.ciphertext,
            signature=sealed.signature,
            received_at=NOW,
        )
        versions.append(row)
        grants += [
            Grant(
                **of_client,
                version=row,
                reader_id=user,
                sealed=one.sealed,
                signature=one.signature,
            )
            for one in sealed.grants
        ]
    ItemVersion.objects.bulk_create(versions)
    Grant.objects.bulk_create(grants)


if __name__ == "__main__":
    json.dump(fill(int(sys.argv[1])), sys.stdout)
