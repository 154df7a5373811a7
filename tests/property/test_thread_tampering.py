"""Threads: the published vectors hold, and whatever is changed, swapped or held back is noticed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from holdfast.core.vault.engine import errors, items, keys, threads
from tests.property.test_vault_tampering import flipped
from tests.unit.test_vault_vectors import VECTORS, person, raw
from tests.vectors.drawing import private_keys

THREAD: dict[str, Any] = VECTORS["thread"]
ID = uuid.UUID(THREAD["id"])


def holder(name: str) -> items.Holder:
    reader, private = person(name)
    return items.Holder(reader.id, (private,))


ME, THEM = holder("owner"), holder("reader")
PEOPLE: dict[uuid.UUID, keys.Verifier] = {each.id: each.keys[0].public for each in (ME, THEM)}


def epoch_of(shown: dict[str, Any]) -> threads.Epoch:
    members = tuple(uuid.UUID(each) for each in shown["members"])
    maker, signature = uuid.UUID(shown["maker"]), raw(shown["signature"])
    return threads.Epoch(ID, shown["number"], raw(shown["previous"]), maker, members, signature)


EPOCHS = [epoch_of(each) for each in THREAD["epochs"]]
KEYS = {each["number"]: raw(each["key"]) for each in THREAD["epochs"]}


def message_of(shown: dict[str, Any]) -> threads.Message:
    return threads.Message(
        ID,
        shown["epoch"],
        EPOCHS[shown["epoch"] - 1].hash,
        uuid.UUID(shown["author"]),
        shown["number"],
        raw(shown["previous"]),
        raw(shown["salt"]),
        raw(shown["ciphertext"]),
        raw(shown["signature"]),
    )


MESSAGES = [message_of(each) for each in THREAD["messages"]]


def read(message: threads.Message, epoch: threads.Epoch | None = None) -> bytes:
    place = epoch or EPOCHS[0]
    return threads.read(message, place, KEYS[place.number], PEOPLE[ME.id])


def given_to(number: int, name: str) -> threads.EpochKey:
    me = holder(name)
    shown = next(
        each for each in THREAD["epochs"][number - 1]["keys"] if each["member"] == str(me.id)
    )
    return threads.EpochKey(me.id, raw(shown["sealed"]), raw(shown["signature"]))


def test_the_published_thread_opens_to_its_members_and_is_made_again() -> None:
    assert threads.verify_epochs(ID, EPOCHS, PEOPLE) == EPOCHS[1]
    assert [each.hash for each in EPOCHS] == [raw(each["hash"]) for each in THREAD["epochs"]]
    for name in ("owner", "reader"):
        mine = threads.open_epoch_key(EPOCHS[0], given_to(1, name), holder(name), PEOPLE[ME.id])
        assert mine == KEYS[1]
    last: dict[uuid.UUID, threads.Message] = {}
    for shown, message in zip(THREAD["messages"], MESSAGES, strict=True):
        epoch, author = EPOCHS[message.epoch - 1], ME if message.author == ME.id else THEM
        opened = threads.read(message, epoch, KEYS[epoch.number], PEOPLE[author.id])
        assert opened.decode() == shown["text"]
        assert message.hash == raw(shown["hash"])
        again = threads.write(
            opened, epoch, KEYS[epoch.number], author,
            salt=message.salt, after=last.get(author.id),
        )  # fmt: skip
        assert again == message
        last[author.id] = message


def test_who_left_has_no_key_of_what_comes_after_and_writes_nothing_there() -> None:
    with pytest.raises(errors.NotGranted):
        threads.open_epoch_key(EPOCHS[1], given_to(2, "reader"), ME, PEOPLE[THEM.id])
    with pytest.raises(errors.Damaged):
        threads.read(MESSAGES[3], EPOCHS[1], KEYS[1], PEOPLE[THEM.id])
    with pytest.raises(errors.NotGranted):
        threads.write(b"still here", EPOCHS[1], KEYS[2], ME, salt=bytes(32))


def every_changed_byte(mask: int) -> Iterator[tuple[str, threads.Message]]:
    """Each byte of each stored field of a message, changed alone."""
    message = MESSAGES[2]
    for name in ("thread", "author"):
        for at in range(16):
            value = uuid.UUID(bytes=flipped(getattr(message, name).bytes, at, mask))
            changes: dict[str, Any] = {name: value}
            yield name, replace(message, **changes)
    for name in ("suite", "epoch", "number"):
        for at in range(8):
            number = int.from_bytes(flipped(getattr(message, name).to_bytes(8), at, mask))
            changes = {name: number}
            yield name, replace(message, **changes)
    for name in ("epoch_hash", "previous", "salt", "ciphertext", "signature"):
        data = getattr(message, name)
        for at in range(len(data)):
            changes = {name: flipped(data, at, mask)}
            yield name, replace(message, **changes)


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_any_changed_byte_of_a_message_is_one_clear_error(mask: int) -> None:
    assert read(MESSAGES[2]).decode() == THREAD["messages"][2]["text"]
    fields = set()
    for field, changed in every_changed_byte(mask):
        fields.add(field)
        with pytest.raises(errors.Damaged, match="changed or damaged"):
            read(changed)
    assert len(fields) == 10


@pytest.mark.parametrize("field", ["sealed", "signature"])
def test_any_changed_byte_of_a_members_key_is_one_clear_error(field: str) -> None:
    given = given_to(1, "reader")
    data = getattr(given, field)
    for at in range(len(data)):
        changes: dict[str, Any] = {field: flipped(data, at, 0x41)}
        with pytest.raises(errors.Damaged):
            threads.open_epoch_key(EPOCHS[0], replace(given, **changes), THEM, PEOPLE[ME.id])
    for wrong in (given_to(1, "owner"), replace(given_to(1, "owner"), member=THEM.id)):
        with pytest.raises(errors.Damaged):
            threads.open_epoch_key(EPOCHS[0], wrong, THEM, PEOPLE[ME.id])


def changed_epochs() -> dict[str, list[threads.Epoch]]:
    first, second = EPOCHS
    stranger = items.Holder(uuid.UUID(int=5), (private_keys("stranger"),))
    joined = threads.begin_epoch(ID, [stranger.id, THEM.id], stranger, after=first)
    back = threads.begin_epoch(ID, [ME.id, THEM.id], ME, after=second)
    return {
        "none": [],
        "the first held back": [second],
        "one twice": [first, first],
        "another thread": [replace(first, thread=uuid.UUID(int=1))],
        "a member added": [replace(first, members=(uuid.UUID(int=1), *first.members))],
        "a member dropped": [replace(first, members=(ME.id,))],
        "members in another order": [replace(first, members=first.members[::-1])],
        "another maker": [replace(first, maker=THEM.id)],
        "another number": [replace(first, number=2)],
        "another suite": [replace(first, suite=2)],
        "another epoch before": [first, replace(second, previous=bytes([1]) * 32)],
        "a changed signature": [replace(first, signature=flipped(first.signature, 0, 1))],
        "somebody lets themself in": [first, joined],
        "who left comes back by themself": [first, second, back],
    }


@pytest.mark.parametrize("what", changed_epochs())
def test_a_history_of_members_that_does_not_follow_is_noticed(what: str) -> None:
    stranger = {uuid.UUID(int=5): private_keys("stranger").public}
    with pytest.raises(errors.Damaged):
        threads.verify_epochs(ID, changed_epochs()[what], PEOPLE | stranger)


def test_a_message_that_was_held_back_is_noticed() -> None:
    mine = [each for each in MESSAGES if each.author == ME.id]
    last = threads.follow(None, mine)
    assert last == threads.Last(2, mine[1].hash)
    again = threads.write(b"other words", EPOCHS[0], KEYS[1], ME, salt=bytes(32))
    for seen, shown in ((None, mine[1:]), (last, mine[1:]), (None, [again, mine[1]])):
        with pytest.raises(errors.RolledBack):
            threads.follow(seen, shown)
