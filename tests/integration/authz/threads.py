"""An example thread for the authorisation tests; see `examples`."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Protocol

from holdfast.core import clock
from holdfast.core.identity.models import User
from holdfast.core.tenancy.models import Client
from holdfast.core.vault.schemas import written
from holdfast.meet.messages.models import Epoch, Member, Message, Thread, ThreadFile


class Example(Protocol):
    """As much of `examples.World` as a thread needs."""

    person: Client
    accounts: dict[str, User]

    def example(self, parameter: str) -> str: ...


_THREAD = "/practices/{practice_id}/threads/{thread_id}"


def _epoch(account: User, number: int) -> dict[str, Any]:
    """As far as its form goes; nobody signed it."""
    member = str(account.pk)
    signature = written(bytes(64))
    return {
        "suite": 1,
        "number": number,
        "previous": written(bytes(32)),
        "maker": member,
        "members": [member],
        "signature": signature,
        "keys": [{"member": member, "sealed": written(bytes(80)), "signature": signature}],
    }


def _bodies(account: User, message: str) -> dict[str, dict[str, Any]]:
    hash_, signature = written(bytes(32)), written(bytes(64))
    return {
        f"POST {_THREAD}/messages": {
            "id": str(uuid.uuid4()),
            "suite": 1,
            "epoch": 1,
            "epoch_hash": hash_,
            "number": 1,
            "previous": hash_,
            "salt": hash_,
            "ciphertext": written(bytes(40)),
            "signature": signature,
        },
        f"PUT {_THREAD}/read": {"seq": 1},
        f"POST {_THREAD}/epochs": _epoch(account, 2),
        f"POST {_THREAD}/files": {
            "id": str(uuid.uuid4()),
            "message": message,
            "size": 10,
            "sha256": hash_,
        },
        f"POST {_THREAD}/files/{{thread_file_id}}/pieces": {"offset": 0, "data": "AAAA"},
    }


def _thread(person: Client, *members: User) -> uuid.UUID:
    """A thread of the person and a therapist, with one message of the person's."""
    of_practice: dict[str, Any] = {"practice": person.practice}
    now = clock.now()
    made = Thread.objects.create(
        **of_practice,
        id=uuid.uuid4(),
        client=person,
        kind="client",
        last_seq=1,
        opened_at=now,
        last_at=now,
    )
    of_thread = of_practice | {"thread": made}
    Epoch.objects.create(
        **of_thread,
        number=1,
        suite=1,
        previous=bytes(32),
        maker=members[0].pk,
        members=b"".join(sorted(one.pk.bytes for one in members)),
        signature=bytes(64),
        signing=bytes(32),
        made_at=now,
    )
    for one in members:
        Member.objects.create(**of_thread, user=one, joined_epoch=1)
    Message.objects.create(
        **of_thread,
        id=uuid.uuid4(),
        seq=1,
        sender=members[0],
        epoch=1,
        suite=1,
        number=1,
        previous=bytes(32),
        salt=bytes(32),
        hash=bytes(32),
        ciphertext=bytes(40),
        signature=bytes(64),
        received_at=now,
    )
    return made.pk


def _message(world: Example) -> uuid.UUID:
    person, _ = world.person, world.example("thread_id")
    return Message.objects.get(thread__client=person).pk


def _file(world: Example) -> uuid.UUID:
    """A file of that message, of which nothing has arrived."""
    person, _ = world.person, world.example("thread_id")
    said = Message.objects.get(thread__client=person)
    made = ThreadFile.objects.create(
        id=uuid.uuid4(),
        practice=person.practice,
        thread=said.thread,
        message=said.pk,
        sender=said.sender,
        size=10,
        sha256=bytes(32),
        begun_at=clock.now(),
    )
    return made.pk


def _example(world: Example) -> uuid.UUID:
    """Of the person with the clinician of their care team."""
    account = world.person.user
    assert account is not None
    return _thread(world.person, account, world.accounts["clinician/care_team"])


def _body(name: str) -> Callable[[Any], dict[str, Any]]:
    def body(world: Example) -> dict[str, Any]:
        return _bodies(world.accounts["client/self"], world.example("message_id"))[name]

    return body


MAKERS: dict[str, Callable[[Any], Any]] = {
    "thread_id": _example,
    "message_id": _message,
    "thread_file_id": _file,
}

#: Valid bodies of operations that name a thread.
BODIES: dict[str, Callable[[Any], dict[str, Any]]] = {
    name: _body(name)
    for name in (
        f"POST {_THREAD}/messages",
        f"PUT {_THREAD}/read",
        f"POST {_THREAD}/epochs",
        f"POST {_THREAD}/files",
        f"POST {_THREAD}/files/{{thread_file_id}}/pieces",
    )
}
