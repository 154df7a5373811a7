"""What the server does with what it cannot read."""

from __future__ import annotations

import base64
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from holdfast.core.audit.models import AuditEvent
from holdfast.core.identity import erasure, kdf
from holdfast.core.identity.actions import delete_account
from holdfast.core.tenancy.models import Role
from holdfast.core.vault import actions, queries
from holdfast.core.vault.engine import items, wraps
from holdfast.core.vault.models import Grant, ItemVersion, KeyEntry, Space, Wrap
from holdfast.core.vault.schemas import VersionShape
from tests import factories
from tests.integration.core import wire
from tests.integration.core.vaults import Device, person_in_care, shown

pytestmark = pytest.mark.django_db

CANARY = "Quixotine wept under the Xylophonweg bridge"


@pytest.fixture
def device() -> Device:
    """Somebody in care, whose vault is set up."""
    return person_in_care()


def therapist_of(device: Device) -> Device:
    assert device.client is not None
    member = factories.make_member(device.client.practice, Role.CLINICIAN)
    factories.join_care_team(device.client, member)
    therapist = Device(member.user)
    assert therapist.set_up().status_code == 204
    return therapist


def opened(row: dict[str, Any], reader: Device, owner: Device) -> bytes:
    version = VersionShape.model_validate(row).engine()
    return items.open_version(version, reader.reader, reader.private, owner.private.public)


# --- ways in


def test_a_vault_is_set_up_once_and_given_back_as_it_came(device: Device) -> None:
    found = device.browser.get("/api/v1/me/vault").json()
    assert [each["kind"] for each in found["wraps"]] == ["password", "recovery"]
    assert found["keys"] == [device.entry() | {"earlier": ""}]
    again = device.set_up()
    assert (again.status_code, wire.codes(again)) == (409, {"vault-exists"})
    assert KeyEntry.objects.count() == 1


def test_an_account_without_a_vault_has_empty_lists(django_assert_num_queries: Any) -> None:
    browser = factories.browser(factories.make_user(), False)
    browser.get("/api/v1/me/vault")  # a session's first request is also noted as activity
    with django_assert_num_queries(5):  # session, account, keys, ways in, passkeys
        found = browser.get("/api/v1/me/vault").json()
    assert found == {"keys": [], "wraps": [], "passkeys": []}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        (lambda d: {"current_auth_secret": factories.auth_secret("else")}, 403),
        (lambda d: {"recovery_secret": kdf.recovery_secret(kdf.new_recovery_code())}, 403),
        (lambda d: {"keys": d.entry() | {"created": 1}}, 422),
        (lambda d: {"keys": d.entry() | {"sequence": 2}}, 422),
        (lambda d: {"wraps": [d.wrap("recovery", bytes(32))] * 2}, 422),
        (lambda d: {"wraps": [d.wrap("recovery", bytes(32))]}, 422),
        (
            lambda d: {
                "wraps": [
                    d.wrap("password", bytes(32)) | {"memory_kib": 19_456},
                    d.wrap("recovery", bytes(32)),
                ]
            },
            422,
        ),
    ],
    ids=["password", "code", "signature", "sequence", "two codes", "one way", "weak cost"],
)
def test_a_vault_that_could_not_be_opened_is_not_set_up(changes: Any, status: int) -> None:
    client = factories.make_client(factories.make_practice())
    assert client.user is not None
    device = Device(client.user, client)
    assert device.set_up(**changes(device)).status_code == status
    assert not KeyEntry.objects.exists()
    assert not Wrap.objects.exists()


def password_change(device: Device, **more: Any) -> Any:
    body = {
        "current_auth_secret": device.auth_secret,
        "new_auth_secret": factories.auth_secret("new"),
        "new_salt": kdf.new_salt(),
    }
    return wire.send(device.browser, "POST", "/api/v1/me/password", body | more)


def test_a_new_password_comes_with_its_way_in(device: Device) -> None:
    refused = password_change(device)
    assert (refused.status_code, wire.codes(refused)) == (409, {"vault-wrap-needed"})
    device.user.refresh_from_db()
    assert device.user.check_password(device.auth_secret)
    wrong = password_change(device, vault_wrap=device.wrap("recovery", bytes(32)))
    assert wrong.status_code == 422
    fresh = device.wrap("password", b"\1" * 32)
    assert password_change(device, vault_wrap=fresh).status_code == 204
    found = device.browser.get("/api/v1/me/vault").json()["wraps"]
    assert found[0] == fresh
    assert len(found) == 2


def test_a_new_recovery_code_comes_with_its_way_in(device: Device) -> None:
    body = {
        "current_auth_secret": device.auth_secret,
        "recovery_secret": kdf.recovery_secret(kdf.new_recovery_code()),
    }
    path = "/api/v1/me/recovery-code"
    assert wire.send(device.browser, "POST", path, body).status_code == 409
    fresh = device.wrap("recovery", b"\1" * 32)
    changed = wire.send(device.browser, "POST", path, body | {"vault_wrap": fresh})
    assert changed.status_code == 204
    assert device.browser.get("/api/v1/me/vault").json()["wraps"][1] == fresh


def test_recovery_leaves_the_way_in_by_code_and_a_new_one_by_password_is_made(
    device: Device,
) -> None:
    body = {
        "login": device.user.login,
        "recovery_secret": kdf.recovery_secret(device.code),
        "new_auth_secret": factories.auth_secret("new"),
        "new_salt": kdf.new_salt(),
    }
    assert wire.send(device.browser, "POST", "/api/v1/auth/recover", body).status_code == 204
    device.user.refresh_from_db()
    browser = factories.browser(device.user, False)
    found = browser.get("/api/v1/me/vault").json()["wraps"]
    assert [each["kind"] for each in found] == ["recovery"]
    renewed = {"wrap": device.wrap("password", bytes(32))}
    for secret, status in ((device.auth_secret, 403), (factories.auth_secret("new"), 204)):
        answer = wire.send(
            browser, "PUT", "/api/v1/me/vault/password", renewed | {"current_auth_secret": secret}
        )
        assert answer.status_code == status
    assert Wrap.objects.count() == 2


# --- items


def test_what_was_sealed_comes_back_and_opens(
    device: Device, django_assert_num_queries: Any
) -> None:
    first = device.seal(b"one")
    assert device.send(first).json() == {"position": 1, "conflict": False}
    second = device.seal(b"two", first)
    assert device.send(second).status_code == 201
    found = device.fetch()
    assert [opened(row, device, device) for row in found["items"]] == [b"one", b"two"]
    assert [row["superseded"] for row in found["items"]] == [True, False]
    assert [row["position"] for row in device.fetch(after=1)["items"]] == [2]
    assert device.client is not None
    with django_assert_num_queries(2):
        queries.own_versions(device.client, 0)


def test_a_long_list_comes_in_pages(
    device: Device, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(queries, "SIZE", 2)
    for words in (b"one", b"two", b"three"):
        device.send(device.seal(words))
    first = device.fetch()
    assert (len(first["items"]), first["next"]) == (2, 2)
    rest = device.fetch(after=2)
    assert (len(rest["items"]), rest["next"]) == (1, None)
    assert device.client is not None
    with django_assert_num_queries(2):
        queries.own_versions(device.client, 0)


def test_the_same_version_sent_again_changes_nothing(device: Device) -> None:
    version = device.seal(b"once")
    assert device.send(version).status_code == 201
    again = device.send(version)
    assert (again.status_code, again.json()["position"]) == (200, 1)
    assert ItemVersion.objects.count() == 1
    assert AuditEvent.objects.filter(resource="vault_item").count() == 1


def test_two_devices_that_edit_the_same_version_lose_nothing(device: Device) -> None:
    first = device.seal(b"one")
    device.send(first)
    phone, desk = device.seal(b"phone", first), device.seal(b"desk", first)
    assert device.send(phone).json()["conflict"] is False
    assert device.send(desk).json() == {"position": 3, "conflict": True}
    heads = [row for row in device.fetch()["items"] if not row["superseded"]]
    assert {opened(row, device, device) for row in heads} == {b"phone", b"desk"}
    assert device.send(device.seal(b"both", phone, desk)).json()["conflict"] is False
    heads = [row for row in device.fetch()["items"] if not row["superseded"]]
    assert [opened(row, device, device) for row in heads] == [b"both"]


def test_a_version_that_follows_nothing_here_is_refused(device: Device) -> None:
    first = device.seal(b"one")
    device.send(first)
    elsewhere = device.seal(b"else")
    stray = device.seal(b"two", elsewhere)
    assert wire.codes(device.send(stray)) == {"vault-previous-unknown"}
    header = replace(first.header, revision=3, previous=(first.hash,))
    jumped = items.seal(header, b"3", item_key=bytes(32), owner=device.private)
    assert wire.codes(device.send(jumped)) == {"vault-refused"}


def test_a_deleted_entry_takes_its_earlier_versions_with_it(device: Device) -> None:
    first = device.seal(b"one")
    device.send(first)
    last = device.seal(b"{}", first)
    assert device.send(last, forget_earlier=True).status_code == 201
    gone, kept = device.fetch()["items"]
    assert (gone["ciphertext"], gone["grants"], gone["forgotten"]) == ("", [], True)
    assert opened(kept, device, device) == b"{}"
    # What went is no part of what somebody may keep.
    assert Space.objects.get().stored_bytes == len(last.ciphertext)


def changed(text: str) -> str:
    data = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    data[len(data) // 2] ^= 1
    return base64.urlsafe_b64encode(bytes(data)).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body | {"ciphertext": changed(body["ciphertext"])},
        lambda body: body | {"signature": changed(body["signature"])},
        lambda body: body | {"item": str(uuid.uuid4())},
        lambda body: body | {"owner": str(uuid.uuid4())},
        lambda body: body | {"kind": "reflection"},
        lambda body: body | {"content_schema": 2},
        lambda body: body | {"revision": 2},
        lambda body: body | {"suite": 2},
        lambda body: body | {"grants": []},
        lambda body: body | {"grants": body["grants"] * 2},
        lambda body: (
            body
            | {"grants": [body["grants"][0] | {"sealed": changed(body["grants"][0]["sealed"])}]}
        ),
        lambda body: body | {"ciphertext": body["ciphertext"] + "="},
        lambda body: body | {"ciphertext": "A" * (4 * 1024 * 1024 // 3 + 400)},
    ],
)
def test_what_would_never_open_is_refused(device: Device, spoil: Any) -> None:
    body = spoil(shown(device.seal(b"one")))
    answer = wire.send(device.browser, "POST", device.path + "/items", body)
    assert answer.status_code == 422
    assert not ItemVersion.objects.exists()


def test_whoever_has_no_vault_can_keep_nothing() -> None:
    client = factories.make_client(factories.make_practice())
    assert client.user is not None
    device = Device(client.user, client)
    assert wire.codes(device.send(device.seal(b"one"))) == {"vault-missing"}


def test_there_is_an_end_to_the_room(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_BYTES", 1200)
    first = device.seal(b"one")
    assert device.send(first).status_code == 201
    assert device.send(device.seal(b"two")).status_code == 201
    full = device.send(device.seal(b"three"))
    assert (full.status_code, wire.codes(full)) == (413, {"vault-full"})
    assert Space.objects.get().stored_bytes == ItemVersion.objects.count() * len(first.ciphertext)


# --- readers


def test_nothing_is_granted_to_whoever_is_not_of_the_care_team(device: Device) -> None:
    assert device.client is not None
    stranger = factories.make_member(device.client.practice, Role.CLINICIAN)
    reader = Device(stranger.user)
    reader.set_up()
    answer = device.send(device.seal(b"one", readers=(reader.reader,)))
    assert wire.codes(answer) == {"vault-reader-unknown"}


# --- what the server could tell


def test_no_table_holds_a_word_of_what_was_written(device: Device) -> None:
    device.send(device.seal(CANARY.encode()))
    texts = (CANARY, "Quixotine", "Xylophonweg")
    needles = {
        form
        for text in texts
        for plain in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be"))
        for form in (plain, base64.b64encode(plain)[:-4], base64.urlsafe_b64encode(plain)[:-4])
    }
    dumped = everything()
    assert device.client is not None
    assert device.client.practice.slug.encode() in dumped, "the search finds what is there"
    assert [each for each in needles if each in dumped] == []


def everything() -> bytes:
    """Every value of every table, as bytes."""
    parts: list[bytes] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else b""
                    parts.append(raw or str(value).encode())
    return b"\0".join(parts)


@pytest.mark.django_db(transaction=True)
def test_the_database_file_holds_no_word_of_it_either(tmp_path: Path) -> None:
    client = factories.make_client(factories.make_practice())
    assert client.user is not None
    device = Device(client.user, client)
    device.set_up()
    device.send(device.seal(CANARY.encode()))
    if connection.vendor != "sqlite":
        assert CANARY.encode() not in everything()
        return
    copy = tmp_path / "copy.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    content = copy.read_bytes()
    assert client.practice.slug.encode() in content
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert CANARY.encode(encoding) not in content
    assert base64.b64encode(CANARY.encode())[:-4] not in content


def test_deleting_the_account_destroys_the_ways_in_first(device: Device) -> None:
    therapist = therapist_of(device)
    device.send(device.seal(b"one", readers=(therapist.reader,)))
    delete_account(device.user)
    assert not Wrap.objects.filter(user_id=device.user.pk).exists()
    for model in (ItemVersion, Grant, Space):
        assert not model.objects.exists()
    assert Wrap.objects.filter(user=therapist.user).count() == 2
    # Before it only a note outside the database, by which a restored backup forgets it again.
    assert erasure.stores()[:2] == ["backups", "vault-keys"]


def test_a_weak_cost_is_refused_by_the_engine_too() -> None:
    assert not wraps.Cost(65_536, 2).enough
    assert wraps.Cost().enough
