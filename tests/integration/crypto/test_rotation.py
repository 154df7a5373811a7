"""Keys renewed in steps: killed after any of them, gone on with, and nothing lost."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.db import IntegrityError, connection, transaction

from holdfast.core.audit.models import AuditEvent
from holdfast.core.crypto import keys, master_key, records, rotation
from holdfast.core.crypto.models import Key, MasterKeyName, Rotation
from holdfast.core.identity.auth_secret import stand_in_salt
from holdfast.core.identity.models import User
from holdfast.core.tenancy.models import Client, Practice
from tests import factories

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process ends here."""


def forget() -> None:
    """As another process sees it: nothing is remembered."""
    keys.forget()
    records.forget()


@pytest.fixture
def held(tmp_path: Path, settings: Any) -> Iterator[master_key.Source]:
    """The installation's master key in a file of its own, where a rotation may write."""
    path = tmp_path / "keys" / "master.key"
    master_key.create_file(path, settings.MASTER_KEY_SOURCE.secrets())
    settings.MASTER_KEY_SOURCE = master_key.Source("file", path)
    forget()
    yield settings.MASTER_KEY_SOURCE
    # What follows has the installation's own master key again, and a database without ours.
    forget()


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> list[Client]:
    monkeypatch.setattr(rotation, "BATCH", 2)
    practices = [factories.make_practice(), factories.make_practice()]
    made = [
        factories.make_client(practice, display_name=f"Person {number}")
        for practice in practices
        for number in range(3)
    ]
    factories.give_totp(factories.make_user("ada", email="ada@example.org"))
    return made


def everything_opens(people: list[Client]) -> bool:
    forget()
    names = {row.pk: row.display_name for row in Client.objects.all()}
    assert names == {one.pk: one.display_name for one in people}
    assert User.objects.get(login="ada").email == "ada@example.org"
    assert len(decrypt(Authenticator.objects.get().data["secret"])) == 32
    return True


def steps_of(run: Any) -> list[rotation.Step]:
    seen: list[rotation.Step] = []
    run(seen.append)
    return seen


RUNS = {"master": rotation.rotate_master, "practices": rotation.rotate_practices}


@pytest.mark.parametrize("what", RUNS)
def test_killed_after_any_step_it_is_gone_on_with(
    what: str, people: list[Client], held: master_key.Source
) -> None:
    run = RUNS[what]
    number = 0
    while True:
        number += 1
        left = [number]

        def report(step: rotation.Step, left: list[int] = left) -> None:
            left[0] -= 1
            if not left[0]:
                raise Killed

        before = state(held)
        try:
            run(report)
        except Killed:
            assert everything_opens(people)
            assert rotation.status().unfinished == [what]
            run()
        else:
            break
        after = state(held)
        assert everything_opens(people)
        assert after.isdisjoint(before), "an old key is there still"
        found = rotation.status()
        assert (found.unfinished, found.older_keys, found.waiting) == ([], 0, 0)
        assert len(held.secrets()) == 1
    assert number > 5, "killed after every step"
    assert AuditEvent.objects.filter(action="rotate", resource="keys").exists()


def state(held: master_key.Source) -> set[Any]:
    """What a rotation of the master key or of the practices' keys leaves nothing of."""
    if Rotation.objects.order_by("-pk").first() is None:
        return set()
    last = Rotation.objects.order_by("-pk")[0]
    if last.what == "master":
        return {one.name for one in held.keepers()} | {
            bytes(wrapped) for wrapped in Key.objects.values_list("wrapped", flat=True)
        }
    return set(Key.objects.filter(purpose="practice").values_list("pk", flat=True))


def test_a_master_key_that_was_replaced_opens_nothing_any_more(
    people: list[Client], held: master_key.Source
) -> None:
    old = held.secrets()
    salt = stand_in_salt("nobody")
    rotation.rotate_master()
    forget()
    assert stand_in_salt("nobody") == salt, "who watches salts learns nothing of a rotation"
    assert set(old).isdisjoint(held.secrets())
    held.drop(held.keepers()[0].name)
    held.add(old[0])
    forget()
    found = rotation.status()
    assert not found.openable
    assert "docs/how-to/keys.md" in found.fault
    with pytest.raises(master_key.MasterKeyFault):
        _ = [one.login for one in User.objects.all()]


def test_a_running_server_finds_a_new_master_key_by_itself(
    people: list[Client], held: master_key.Source
) -> None:
    # Not forgotten: this process has read the file and wraps a practice's first key after it.
    assert Client.objects.get(pk=people[0].pk).display_name
    rotation.rotate_master()
    practice = factories.make_practice()
    later = factories.make_client(practice, display_name="Person 9")
    assert Key.objects.get(practice_id=practice.pk).master_id == held.keepers()[0].name
    assert everything_opens([*people, later])


def test_a_running_server_reads_on_with_the_wraps_it_has_in_its_hands(
    people: list[Client], held: master_key.Source
) -> None:
    before = list(Client.objects.all())
    forget()
    rotation.rotate_practices()
    forget()
    assert {one.display_name for one in before} == {one.display_name for one in people}


def test_nothing_can_be_wrapped_under_what_was_replaced(
    people: list[Client], held: master_key.Source
) -> None:
    practice: Practice = people[0].practice
    old = Key.objects.get(practice_id=practice.pk)
    old_master = old.master_id
    rotation.rotate_master()
    rotation.rotate_practices()
    late = Client(practice=practice, joined_at=people[0].joined_at, record_key=b"\x02late")
    late.record_key_under_id = old.pk
    with pytest.raises(IntegrityError):
        insert_now(late)
    assert not MasterKeyName.objects.filter(pk=old_master).exists()


def insert_now(row: Client) -> None:
    """Foreign keys are looked at when a transaction ends; here, at once."""
    with transaction.atomic():
        row.save()
        connection.check_constraints()


def test_from_the_environment_a_rotation_asks_for_the_new_key_first(
    people: list[Client], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = settings.MASTER_KEY_SOURCE.secrets()[0]
    old, new = base64.b64encode(own).decode(), base64.b64encode(b"n" * 32).decode()
    monkeypatch.setenv("HOLDFAST_MASTER_KEY", old)
    settings.MASTER_KEY_SOURCE = master_key.source(Path("unused"))
    forget()
    with pytest.raises(master_key.MasterKeyFault, match="Give the new one there"):
        rotation.rotate_master()
    monkeypatch.setenv("HOLDFAST_MASTER_KEY", new)
    with pytest.raises(master_key.MasterKeyFault, match="does not hold it"):
        rotation.rotate_master()
    monkeypatch.setenv("HOLDFAST_MASTER_KEY_PREVIOUS", old)
    rotation.rotate_master()
    monkeypatch.delenv("HOLDFAST_MASTER_KEY_PREVIOUS")
    assert everything_opens(people)
    forget()


def test_two_places_for_the_master_key_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_MASTER_KEY", "x")
    monkeypatch.setenv("HOLDFAST_MASTER_KEY_FILE", "y")
    with pytest.raises(master_key.MasterKeyFault, match="Set one of"):
        master_key.source(Path("unused"))


KMS = """
import base64, json, os, sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
held = json.loads(os.environ["HELD"])
asked = json.loads(sys.stdin.readline())
if asked["operation"] == "identify":
    print(json.dumps({"key": max(held)}))
else:
    key = AESGCM(base64.b64decode(held[asked["key"]]))
    context = base64.b64decode(asked["context"])
    if asked["operation"] == "wrap":
        nonce = os.urandom(12)
        blob = nonce + key.encrypt(nonce, base64.b64decode(asked["plaintext"]), context)
        print(json.dumps({"ciphertext": base64.b64encode(blob).decode()}))
    else:
        blob = base64.b64decode(asked["ciphertext"])
        plain = key.decrypt(blob[:12], blob[12:], context)
        print(json.dumps({"plaintext": base64.b64encode(plain).decode()}))
"""


def test_a_kms_wraps_and_never_tells_its_key(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "kms.py"
    program.write_text(KMS, encoding="utf-8")
    first, second = "QUFB" * 10 + "QUE=", "QkJC" * 10 + "QkI="
    monkeypatch.setenv("HELD", json.dumps({"key-1": first}))
    monkeypatch.setenv("HOLDFAST_MASTER_KEY_COMMAND", f"{sys.executable} {program}")
    # Keys of its own: those of the installation are under a master key that the KMS has not.
    Key.objects.all().delete()
    settings.MASTER_KEY_SOURCE = master_key.source(Path("unused"))
    forget()
    try:
        keys.make_missing()
        person = factories.make_client(factories.make_practice(), display_name="Ada")
        forget()
        assert Client.objects.get().display_name == "Ada"
        assert set(Key.objects.values_list("master_id", flat=True)) == {"key-1"}
        assert settings.MASTER_KEY_SOURCE.secrets() == []
        monkeypatch.setenv("HELD", json.dumps({"key-1": first, "key-2": second}))
        rotation.rotate_master()
        monkeypatch.setenv("HELD", json.dumps({"key-2": second}))
        forget()
        assert Client.objects.get().display_name == person.display_name
        monkeypatch.setenv("HELD", "{}")
        forget()
        with pytest.raises(master_key.MasterKeyFault, match="Is the KMS reachable") as fault:
            _ = Client.objects.get().display_name
        assert "plaintext" not in str(fault.value)
    finally:
        forget()
