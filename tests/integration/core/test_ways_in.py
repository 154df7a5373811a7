"""Passkeys that open the vault, new keys in the place of old ones, and a cost that rises."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from holdfast.core import events
from holdfast.core.audit.models import AuditEvent
from holdfast.core.identity import cost, kdf
from holdfast.core.identity.models import User
from holdfast.core.identity.passkeys import holds_prf
from holdfast.core.vault import new_keys, ways_in
from holdfast.core.vault.engine import earlier, items, keys, wraps
from holdfast.core.vault.events import KeysChanged
from holdfast.core.vault.models import KeyEntry, Wrap
from holdfast.core.vault.schemas import VersionShape, written
from tests import factories
from tests.integration.core import wire
from tests.integration.core.passkeys import credential_json, make_passkey
from tests.integration.core.vaults import Device, person_in_care

PASSKEYS = "/api/v1/me/vault/passkeys"


@pytest.fixture
def device() -> Device:
    """Somebody in care, whose vault is set up."""
    return person_in_care()


def passkey_wrap(device: Device, credential: bytes, **more: Any) -> dict[str, Any]:
    key = wraps.passkey_key(bytes(32), bytes(16))
    return device.wrap("passkey", key, credential=credential) | more


def add(device: Device, wrap: dict[str, Any], secret: str | None = None) -> Any:
    body = {"current_auth_secret": secret or device.auth_secret, "wrap": wrap}
    return wire.send(device.browser, "PUT", PASSKEYS, body)


def kinds(device: Device) -> list[str]:
    found = device.browser.get("/api/v1/me/vault").json()["wraps"]
    return [each["kind"] for each in found]


# --- passkeys


@pytest.mark.django_db
def test_a_passkey_of_ones_own_becomes_one_more_way_in(device: Device) -> None:
    row = make_passkey(device.user, b"phone")
    wrap = passkey_wrap(device, b"phone")
    assert add(device, wrap).status_code == 204
    assert add(device, wrap).status_code == 204, "made anew it replaces itself"
    found = device.browser.get("/api/v1/me/vault").json()
    assert found["wraps"][0] == wrap
    assert [each["kind"] for each in found["wraps"]] == ["passkey", "password", "recovery"]
    named = {"id": row.pk, "name": "my phone", "credential": written(b"phone")}
    assert found["passkeys"] == [named]


@pytest.mark.django_db
def test_what_is_no_passkey_of_the_account_opens_nothing(device: Device) -> None:
    make_passkey(factories.make_user(), b"of another")
    for credential in (b"never made", b"of another"):
        answer = add(device, passkey_wrap(device, credential))
        assert (answer.status_code, wire.codes(answer)) == (409, {"vault-passkey-unknown"})
    make_passkey(device.user, b"phone")
    assert (
        add(device, passkey_wrap(device, b"phone"), secret=wire.secret("else")).status_code == 403
    )
    for wrong in (
        passkey_wrap(device, b"phone", memory_kib=65_536),
        passkey_wrap(device, b"phone", sequence=2),
        device.wrap("recovery", bytes(32)),
        device.wrap("password", bytes(32)),
        passkey_wrap(device, b""),
    ):
        assert add(device, wrong).status_code == 422
    assert kinds(device) == ["password", "recovery"]


@pytest.mark.django_db
def test_a_passkey_is_never_the_only_way_in(device: Device) -> None:
    make_passkey(device.user, b"phone")
    wrap = passkey_wrap(device, b"phone")
    Wrap.objects.filter(user=device.user, kind="password").delete()
    assert wire.codes(add(device, wrap)) == {"vault-wrap-needed"}
    bare = Device(factories.make_user())
    make_passkey(bare.user, b"desk")
    assert wire.codes(add(bare, passkey_wrap(bare, b"desk"))) == {"vault-missing"}


@pytest.mark.django_db
def test_a_passkey_that_goes_takes_its_way_in_with_it(device: Device) -> None:
    phone, desk = make_passkey(device.user, b"phone"), make_passkey(device.user, b"desk")
    for name in (b"phone", b"desk"):
        add(device, passkey_wrap(device, name))
    proof = {"current_auth_secret": device.auth_secret}
    assert wire.send(device.browser, "DELETE", f"{PASSKEYS}/{desk.pk}", proof).status_code == 204
    assert wire.send(device.browser, "DELETE", f"{PASSKEYS}/{desk.pk}", proof).status_code == 404
    wrong = {"current_auth_secret": wire.secret("else")}
    assert wire.send(device.browser, "DELETE", f"{PASSKEYS}/{phone.pk}", wrong).status_code == 403
    assert kinds(device) == ["passkey", "password", "recovery"]
    path = f"{wire.ALLAUTH}/account/authenticators/webauthn"
    again = {"password": device.auth_secret}
    wire.send(device.browser, "POST", f"{wire.ALLAUTH}/auth/reauthenticate", again)
    gone = wire.send(device.browser, "DELETE", path, {"authenticators": [phone.pk]})
    assert gone.status_code == 200
    assert kinds(device) == ["password", "recovery"]
    assert AuditEvent.objects.filter(action="remove-passkey").count() == 2


@pytest.mark.django_db
def test_the_output_of_a_prf_is_refused_and_not_logged(
    device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    again = {"password": device.auth_secret}
    wire.send(device.browser, "POST", f"{wire.ALLAUTH}/auth/reauthenticate", again)
    leaked = "WuzzleFlimp" * 4
    path = f"{wire.ALLAUTH}/account/authenticators/webauthn"
    for results in (
        {"prf": {"enabled": True, "results": {"first": leaked}}},
        {"hmacGetSecret": {"output1": leaked}},
    ):
        body = {"name": "phone", "credential": credential_json(b"phone", **results)}
        for each in (path, f"{wire.ALLAUTH}/auth/webauthn/login"):
            answer = wire.send(device.browser, "POST", each, body)
            assert (answer.status_code, wire.codes(answer)) == (422, {"prf-refused"})
            assert leaked not in answer.content.decode()
    assert leaked not in caplog.text
    assert device.browser.get("/api/v1/me/vault").json()["passkeys"] == []


@pytest.mark.any_database
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[1]",
        b'{"credential": 1}',
        b'{"credential": {"clientExtensionResults": []}}',
        b'{"credential": {"clientExtensionResults": {"prf": {"enabled": true}}}}',
        b'{"credential": {"clientExtensionResults": {"prf": true, "credProps": {"rk": true}}}}',
    ],
)
def test_what_holds_no_output_passes(body: bytes) -> None:
    assert not holds_prf(body)


# --- new keys in the place of old ones


def change_of(device: Device, **more: Any) -> tuple[dict[str, Any], keys.PrivateKeys]:
    """What the device posts for a change of keys, and the new keys."""
    fresh = keys.PrivateKeys(secrets.token_bytes(32), secrets.token_bytes(32))
    rows = KeyEntry.objects.filter(user=device.user)
    last = ways_in.entry_of(list(rows)[-1])
    entry = keys.next_entry(last, device.private, fresh, last.created + 60)
    new = replace(device, private=fresh)
    wrapped = [
        new.wrap(kind, bytes(32), sequence=entry.sequence) for kind in ("password", "recovery")
    ]
    body = {
        "current_auth_secret": device.auth_secret,
        "recovery_secret": kdf.recovery_secret(kdf.new_recovery_code()),
        "keys": {
            "sequence": entry.sequence,
            "agreement": written(entry.keys.agreement),
            "signing": written(entry.keys.signing),
            "created": entry.created,
            "previous": written(entry.previous),
            "signature": written(entry.signature),
            "continuity": written(entry.continuity),
        },
        "earlier": written(earlier.seal(entry, device.private)),
        "wraps": wrapped,
    }
    return body | more, fresh


def change(device: Device, body: dict[str, Any]) -> Any:
    return wire.send(device.browser, "POST", "/api/v1/me/vault/keys", body)


@pytest.mark.django_db
def test_new_keys_replace_every_way_in_and_read_all_history(
    device: Device, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[KeysChanged] = []
    events.subscribe(KeysChanged, told.append)
    make_passkey(device.user, b"phone")
    add(device, passkey_wrap(device, b"phone"))
    written_before = device.seal(b"from before")
    device.send(written_before)
    elsewhere = factories.browser(device.user, False)
    assert elsewhere.get("/api/v1/me").status_code == 200
    body, fresh = change_of(device)
    with django_capture_on_commit_callbacks(execute=True):
        assert change(device, body).status_code == 204
    assert [(each.user_id, each.sequence) for each in told] == [(device.user.pk, 2)]
    assert elsewhere.get("/api/v1/me").status_code == 401
    found = device.browser.get("/api/v1/me/vault").json()
    assert [each["kind"] for each in found["wraps"]] == ["password", "recovery"]
    assert {each["sequence"] for each in found["wraps"]} == {2}
    device.user.refresh_from_db()
    assert device.user.check_recovery_secret(body["recovery_secret"])
    assert not device.user.check_recovery_secret(kdf.recovery_secret(device.code))
    history = [ways_in.entry_of(row) for row in KeyEntry.objects.filter(user=device.user)]
    keys.verify_history(device.user.pk, history)
    sealed = kdf.from_b64url(found["keys"][1]["earlier"], earlier.SEALED_BYTES)
    newest, old = earlier.open_all(history, [b"", sealed], fresh)
    assert (newest, old) == (fresh, device.private)
    version = VersionShape.model_validate(device.fetch()["items"][0]).engine()
    assert items.open_version(version, device.reader, old, history[0].keys) == b"from before"
    assert AuditEvent.objects.get(action="change-keys").detail["sequence"] == 2
    later = replace(device, private=fresh)
    later.browser = device.browser
    assert later.send(later.seal(b"from after")).status_code == 201
    stale = device.send(device.seal(b"by the old key"))
    assert (stale.status_code, wire.codes(stale)) == (409, {"vault-keys-changed"})


@pytest.mark.django_db
def test_a_passkey_that_was_asked_stays_a_way_in(device: Device) -> None:
    make_passkey(device.user, b"phone")
    body, fresh = change_of(device)
    new = replace(device, private=fresh)
    ways = body["wraps"]
    way = new.wrap("passkey", bytes(32), credential=b"phone", sequence=2)
    body["wraps"] = [*ways, way, way]
    assert change(device, body).status_code == 422
    unknown = new.wrap("passkey", bytes(32), credential=b"else", sequence=2)
    body["wraps"] = [*ways, unknown]
    assert wire.codes(change(device, body)) == {"vault-passkey-unknown"}
    body["wraps"] = [*ways, way]
    assert change(device, body).status_code == 204
    assert kinds(device) == ["passkey", "password", "recovery"]


@pytest.mark.django_db
def test_keys_that_do_not_follow_are_refused_and_nothing_changes(device: Device) -> None:
    body, _ = change_of(device)
    stranger = keys.PrivateKeys(bytes(32), bytes(32))
    forged, _ = change_of(replace(device, private=stranger))
    same = change_of(device)[0]
    same["keys"] = device.entry()
    before = everything_of(device)
    for wrong, code in (
        (forged, "vault-refused"),
        (same, "vault-keys-changed"),
        (body | {"keys": body["keys"] | {"created": 1}}, "vault-refused"),
        (body | {"keys": body["keys"] | {"sequence": 3}}, "vault-keys-changed"),
        (body | {"wraps": body["wraps"][:1] * 2}, "vault-refused"),
        (body | {"wraps": [each | {"sequence": 1} for each in body["wraps"]]}, "vault-refused"),
        (body | {"earlier": ""}, "invalid"),
        (body | {"current_auth_secret": wire.secret("else")}, "wrong-secret"),
    ):
        assert code in wire.codes(change(device, wrong))
        assert everything_of(device) == before
    assert change(device, body).status_code == 204
    assert wire.codes(change(device, body)) == {"vault-keys-changed"}


def everything_of(device: Device) -> Any:
    user = User.objects.get(pk=device.user.pk)
    return (
        list(Wrap.objects.filter(user=user).order_by("pk").values()),
        list(KeyEntry.objects.filter(user=user).values()),
        user.recovery_hash,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["append", "put", "end_sessions", "record"])
def test_a_change_that_is_cut_off_leaves_the_old_keys_in_force(
    device: Device, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    body, _ = change_of(device)
    before = everything_of(device)

    def cut(*_: Any, **__: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(ways_in if step in {"append", "put"} else new_keys, step, cut)
        with pytest.raises(ConnectionError):
            change(device, body)
    assert everything_of(device) == before
    assert device.send(device.seal(b"still here")).status_code == 201
    assert change(device, body).status_code == 204, "and it can be done again"


# --- a cost that rises

HIGHER: kdf.KdfParams = {
    "algorithm": "argon2id",
    "memory_kib": 98_304,
    "passes": 3,
    "parallelism": 1,
}


def look_up(name: str) -> Any:
    answer = wire.send(Browser(), "POST", "/api/v1/auth/kdf", {"login": name})
    return answer.json()["params"]


def raised(device: Device, **more: Any) -> dict[str, Any]:
    return {
        "current_auth_secret": device.auth_secret,
        "new_auth_secret": wire.secret("raised"),
        "new_salt": wire.salt("raised"),
        "new_params": HIGHER,
    } | more


@pytest.mark.django_db
def test_an_account_is_raised_with_its_way_in_and_stays_signed_in_everywhere(
    device: Device, settings: Any
) -> None:
    path = "/api/v1/me/password/cost"
    assert wire.send(device.browser, "POST", path, raised(device)).status_code == 422
    settings.KDF_PARAMS = dict(HIGHER)
    assert device.browser.get("/api/v1/config").json()["kdf"] == HIGHER
    assert look_up(device.user.login) == kdf.PARAMS, "until its owner logs in"
    elsewhere = factories.browser(device.user, False)
    assert elsewhere.get("/api/v1/me").status_code == 200
    assert wire.codes(wire.send(device.browser, "POST", path, raised(device))) == {
        "vault-wrap-needed"
    }
    way = device.wrap("password", b"\1" * 32, wraps.Cost(98_304))
    body = raised(device, vault_wrap=way)
    assert wire.send(device.browser, "POST", path, body).status_code == 204
    for browser in (device.browser, elsewhere):
        assert browser.get("/api/v1/me").status_code == 200
    assert look_up(device.user.login) == HIGHER
    device.user.refresh_from_db()
    assert device.user.check_password(wire.secret("raised"))
    assert way in device.browser.get("/api/v1/me/vault").json()["wraps"]
    once_more = raised(device, current_auth_secret=wire.secret("raised"), vault_wrap=way)
    assert wire.codes(wire.send(device.browser, "POST", path, once_more)) == {"cost-not-raised"}


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["cost", "password"])
def test_nobody_is_talked_down(device: Device, settings: Any, way: str) -> None:
    settings.KDF_PARAMS = dict(HIGHER)
    path = "/api/v1/me/password" + ("/cost" if way == "cost" else "")
    for weak in (
        HIGHER | {"memory_kib": 19_456},
        HIGHER | {"passes": 2},
        HIGHER | {"memory_kib": 131_072},
        HIGHER | {"algorithm": "scrypt"},
    ):
        body = raised(device, new_params=weak, vault_wrap=device.wrap("password", bytes(32)))
        assert wire.send(device.browser, "POST", path, body).status_code == 422
    device.user.refresh_from_db()
    assert device.user.kdf_params == kdf.PARAMS


@pytest.mark.django_db
def test_names_that_nobody_has_rise_with_the_accounts(settings: Any) -> None:
    settings.KDF_PARAMS = dict(HIGHER)
    for number in range(4):
        factories.make_user(kdf_params=dict(kdf.PARAMS if number else HIGHER))
    nobody = [cost.stand_in(f"nobody-{number}") for number in range(200)]
    assert nobody == [cost.stand_in(f"nobody-{number}") for number in range(200)]
    share = nobody.count(HIGHER) / len(nobody)
    assert 0.15 < share < 0.35
    User.objects.update(kdf_params=dict(HIGHER))
    cache.clear()
    assert cost.stand_in("nobody-1") == HIGHER
