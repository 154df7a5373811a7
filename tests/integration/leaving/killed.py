# ruff: noqa: E402, T201 (a program of its own)
"""`python -m tests.integration.leaving.killed`: kill a deletion at each of its steps.

For each step a person is made and leaves, in a process that is killed (SIGKILL) when the step has
done its work and its transaction has not ended; and once more after the last step. Another process
goes on as the worker does. Prints one line per kill: when, the step, whether it was killed, whether
steps were left, and what was left of the person in the end.
"""

from __future__ import annotations

import os
import signal
import uuid

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.config.settings")
django.setup()

from django.db import connection, connections
from django.db.backends.signals import connection_created

from holdfast.core.identity import actions, erasure
from holdfast.core.identity.models import ErasureStep, User
from holdfast.core.leaving.models import Departure
from holdfast.core.tenancy.models import Client
from holdfast.meet.encounters.models import Encounter
from holdfast.sense.measures.models import LifeEvent
from tests.integration.leaving.scene import Scene, make_scene


def _without_waiting_for_the_disk(connection: object, **_: object) -> None:
    """A killed process loses nothing that the system holds; only a power cut would."""
    if connection.vendor == "sqlite":  # type: ignore[attr-defined]
        connection.cursor().execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]


def leave_until(scene: Scene, store: str, when: str) -> None:
    """Delete the account and die at one step."""
    kept = erasure._stores[store]

    def erase(subject: erasure.Subject) -> None:
        kept.erase(subject)
        os.kill(os.getpid(), signal.SIGKILL)

    if when == "within":
        erasure.register(store, erase, position=kept.position, per_client=kept.per_client,
                         independent=kept.independent, keeps=kept.keeps)  # fmt: skip
    else:

        def die(user_id: uuid.UUID | None) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        erasure._note_finished = die
    actions.delete_account(scene.user)


def left_of(scene: Scene) -> str:
    """What is not as it should be in the end, by name."""
    client = Client.objects.filter(pk=scene.client.pk).first()
    departure = Departure.objects.filter(user_id=scene.user.pk, finished_at__isnull=False)
    wrong = {
        "account": User.objects.filter(pk=scene.user.pk).exists(),
        "name": client is None or client.display_name != "",
        "person": client is None or client.user_id is not None,
        "events": LifeEvent.objects.filter(client_id=scene.client.pk).exists(),
        "meetings": Encounter.objects.filter(client_id=scene.client.pk).count() != 1,
        "steps": ErasureStep.objects.filter(user_id=scene.user.pk, done_at=None).exists(),
        "unfinished": not departure.exists(),
    }
    return ",".join(name for name, is_wrong in wrong.items() if is_wrong) or "nothing"


def main() -> None:
    connection_created.connect(_without_waiting_for_the_disk)
    stores = erasure.stores()
    for when, store in [*(("within", one) for one in stores), ("after", stores[-1])]:
        scene = make_scene()
        # Neither database allows a connection to be carried into another process.
        connections.close_all()
        if connection.vendor == "postgresql":
            connection.close_pool()  # type: ignore[attr-defined]
        child = os.fork()
        if child == 0:
            leave_until(scene, store, when)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        left = ErasureStep.objects.filter(user_id=scene.user.pk, done_at=None).exists()
        erasure.run_pending()
        print(when, store, killed, left, left_of(scene), sep="\t")


if __name__ == "__main__":
    main()
