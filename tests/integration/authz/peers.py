"""Examples around peer support for the authorisation tests; see `examples`."""

from __future__ import annotations

import uuid
from typing import Any

from holdfast.core import clock
from holdfast.core.tenancy.models import Client
from holdfast.core.vault.schemas import written
from holdfast.meet.peers.models import Chat, Listener, Report, Side
from tests import factories
from tests.integration.meet.peering import ring


def chat(person: Client) -> uuid.UUID:
    """An open one that the person asked for."""
    now = clock.now()
    of_practice: dict[str, Any] = {"practice": person.practice}
    other = factories.make_client(person.practice)
    made = Chat.objects.create(
        **of_practice,
        id=uuid.uuid4(),
        asker=person,
        listener=other,
        status=Chat.Status.OPEN,
        topic="worry",
        language="en",
        asked_at=now,
        opened_at=now,
        epoch_signature=bytes(64),
    )
    for role, client in ((Side.Role.ASKER, person), (Side.Role.LISTENER, other)):
        side = Side(
            **of_practice,
            id=uuid.uuid4(),
            chat=made,
            client=client,
            role=role,
            agreement=bytes(32),
            signing=bytes(32),
            ring=ring(uuid.uuid4(), uuid.uuid4()),
            key=bytes(80),
            key_signature=bytes(64),
        )
        side.name = "Quiet Harbour"
        side.save(force_insert=True)
    return made.pk


def listener(person: Client) -> uuid.UUID:
    """The person, in training."""
    found, _ = Listener.objects.get_or_create(
        client=person, defaults={"practice": person.practice, "applied_at": clock.now()}
    )
    return found.pk


def report(person: Client) -> uuid.UUID:
    """One that the person made, not decided."""
    return Report.objects.create(
        practice=person.practice,
        chat=uuid.uuid4(),
        asker=person,
        by=Side.Role.ASKER,
        reason="other",
        at=clock.now(),
    ).pk


_CHAT = "/practices/{practice_id}/clients/{client_id}/peer-chats/{peer_chat_id}"
_PRACTICE = "/practices/{practice_id}"


def _side() -> dict[str, Any]:
    return {
        "alias": str(uuid.uuid4()),
        "name": "Quiet Harbour",
        "agreement": written(bytes(32)),
        "signing": written(bytes(32)),
        "ring": ring(uuid.uuid4(), uuid.uuid4()),
    }


def _key() -> dict[str, Any]:
    return {
        "member": str(uuid.uuid4()),
        "sealed": written(bytes(80)),
        "signature": written(bytes(64)),
    }


BODIES: dict[str, dict[str, Any]] = {
    f"POST {_CHAT}/messages": {
        "id": str(uuid.uuid4()),
        "number": 1,
        "previous": written(bytes(32)),
        "salt": written(bytes(32)),
        "ciphertext": written(bytes(40)),
        "signature": written(bytes(64)),
    },
    f"POST {_CHAT}/accept": _side() | {"signature": written(bytes(64)), "keys": [_key(), _key()]},
    f"POST {_CHAT}/reports": {"reason": "other", "words": "", "excerpts": []},
    f"PUT {_CHAT}/hand-over": {"agrees": False, "words": ""},
    f"POST {_PRACTICE}/listeners/{{listener_id}}/badge": {"given": False},
    f"POST {_PRACTICE}/peer-reports/{{peer_report_id}}/decision": {"decision": "no-action"},
}
