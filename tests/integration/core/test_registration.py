"""How people come in: open registration, invitations, and what is refused at the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client as Browser

from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.audit.models import AuditEvent
from holdfast.core.consent.models import Consent
from holdfast.core.identity.models import User
from holdfast.core.tenancy import invitations
from holdfast.core.tenancy.models import Client, Membership, Practice, Role
from tests import factories
from tests.integration.core import wire

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice() -> Practice:
    return factories.make_practice()


def _token(practice: Practice, role: str = Role.CLINICIAN, **options: Any) -> str:
    issued = invitations.invite(practice, role, by=system(practice.pk), **options)
    return issued.link.partition("#")[2]


def test_someone_without_email_registers_and_is_signed_in(practice: Practice) -> None:
    browser = Browser()
    answer = wire.sign_up(browser, "ada", practice_id=str(practice.pk))
    assert answer.status_code == 200, answer.content
    me = wire.send(browser, "GET", "/api/v1/me").json()
    assert me["login"] == "ada"
    assert me["email"] is None
    assert me["second_factor"] is False
    assert [m["role"] for m in me["memberships"]] == ["client"]
    person = Client.objects.get(pk=me["memberships"][0]["client_id"])
    assert person.display_name == "Ada"
    assert person.reachable is False
    assert person.adult_confirmed_at is not None
    assert Consent.objects.get(client=person).purpose == "care_team"
    actions = set(AuditEvent.objects.filter(client_id=person.pk).values_list("action", flat=True))
    assert {"register", "give"} <= actions
    assert len(mail.outbox) == 0


def test_a_phone_or_an_address_makes_someone_reachable(practice: Practice) -> None:
    wire.sign_up(Browser(), "ada", practice_id=str(practice.pk), phone="+49 30 1")
    wire.sign_up(Browser(), "bob", practice_id=str(practice.pk), email="bob@example.org")
    assert set(Client.objects.values_list("reachable", flat=True)) == {True}


def test_the_verification_mail_names_neither_person_nor_health(practice: Practice) -> None:
    wire.sign_up(Browser(), "zebra", practice_id=str(practice.pk), email="z@example.org")
    message = mail.outbox[0]
    text = f"{message.subject} {message.body}".lower()
    assert "/verify-email#" in text
    for word in ("zebra", "health", "therap", "holdfast practice", practice.name.lower()):
        assert word not in text


def test_the_link_in_the_mail_verifies_the_address(practice: Practice) -> None:
    wire.sign_up(Browser(), "ada", practice_id=str(practice.pk), email="ada@example.org")
    key = unquote(str(mail.outbox[0].body).partition("#")[2].split()[0])
    answer = wire.send(Browser(), "POST", f"{wire.ALLAUTH}/auth/email/verify", {"key": key})
    assert answer.status_code == 401  # allauth's "verified, and nobody is signed in"
    assert EmailAddress.objects.get().verified


def test_a_mail_server_that_is_away_stops_no_registration(
    practice: Practice, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = wire.sign_up(Browser(), "ada", practice_id=str(practice.pk), email="a@example.org")
    assert answer.status_code == 200
    assert Membership.objects.get().user.login == "ada"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"adult": None}, "adult-required"),
        ({"adult": False}, "adult-required"),
        ({"adult": "true"}, "adult-required"),
        ({"password": "correct horse battery staple"}, "secret-form"),
        ({"password": wire.salt("only 16 bytes")}, "secret-form"),
        ({"kdf_salt": wire.secret("32 bytes")}, "salt-form"),
        ({"kdf_params": {"algorithm": "argon2id", "memory_kib": 8}}, "kdf-params"),
        ({"recovery_secret": "ABCD-EFGH"}, "secret-form"),
        ({"time_zone": "Berlin"}, "time-zone-unknown"),
        ({"language": "xx"}, "language-unknown"),
        ({"country": "Germany"}, "invalid"),
        ({"username": "ada@example.org"}, "name-at"),
        ({"username": "a\u200bda"}, "name-invisible"),
        ({"username": "a" * 65}, "max_length"),
        ({"practice_id": None}, "registration-closed"),
        ({"invitation_token": "no such token"}, "invitation-invalid"),
    ],
)
def test_it_refuses(practice: Practice, changes: dict[str, Any], code: str) -> None:
    values = {"practice_id": str(practice.pk)} | changes
    name = values.pop("username", "ada")
    answer = wire.sign_up(Browser(), name, **values)
    assert answer.status_code == 400
    assert code in wire.codes(answer)
    assert not User.objects.exists()


@pytest.mark.parametrize("other", ["ADA", "Ada", "ａｄａ"])
def test_one_name_in_two_spellings_is_one_name(practice: Practice, other: str) -> None:
    wire.sign_up(Browser(), "ada", practice_id=str(practice.pk))
    answer = wire.sign_up(Browser(), other, practice_id=str(practice.pk))
    assert "username_taken" in wire.codes(answer)
    assert wire.log_in(Browser(), other, factories.auth_secret("ada")).status_code == 200


def test_an_address_that_is_taken_is_not_told(practice: Practice) -> None:
    wire.sign_up(Browser(), "ada", practice_id=str(practice.pk), email="ada@example.org")
    answer = wire.sign_up(Browser(), "eve", practice_id=str(practice.pk), email="ada@example.org")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "fields",
    [{"self_registration": False}, {"status": "preparing"}],
    ids=["by invitation only", "not live yet"],
)
def test_a_closed_practice_takes_nobody(fields: dict[str, Any]) -> None:
    practice = factories.make_practice(**fields)
    answer = wire.sign_up(Browser(), "ada", practice_id=str(practice.pk))
    assert "registration-closed" in wire.codes(answer)
    assert not User.objects.exists()


def test_an_invited_clinician_gets_that_role_and_needs_a_second_factor(practice: Practice) -> None:
    browser = Browser()
    answer = wire.sign_up(browser, "dana", invitation_token=_token(practice))
    assert answer.status_code == 200, answer.content
    membership = Membership.objects.get()
    assert (membership.role, membership.display_name) == (Role.CLINICIAN, "Dana")
    assert not Client.objects.exists()
    refused = wire.send(browser, "GET", f"/api/v1/practices/{practice.pk}/people")
    assert (refused.status_code, refused.json()["code"]) == (403, "second-factor-required")


def test_an_invitation_holds_once(practice: Practice) -> None:
    token = _token(practice)
    assert wire.sign_up(Browser(), "dana", invitation_token=token).status_code == 200
    again = wire.sign_up(Browser(), "eve", invitation_token=token)
    assert "invitation-invalid" in wire.codes(again)


def test_an_invitation_expires(practice: Practice) -> None:
    token = _token(practice)
    with time_machine.travel(clock.now() + invitations.VALID_FOR + timedelta(seconds=1)):
        answer = wire.sign_up(Browser(), "dana", invitation_token=token)
    assert "invitation-invalid" in wire.codes(answer)


def test_a_client_cannot_enter_a_practice_that_is_not_live() -> None:
    practice = factories.make_practice(status="preparing")
    answer = wire.sign_up(Browser(), "ada", invitation_token=_token(practice, Role.CLIENT))
    assert "practice-not-live" in wire.codes(answer)


def test_an_invitation_gives_an_account_to_a_record_that_had_none(practice: Practice) -> None:
    person = factories.make_client(practice, account=False, contact={"phone": "1", "email": ""})
    answer = wire.sign_up(
        Browser(), "ada", invitation_token=_token(practice, Role.CLIENT, client=person)
    )
    assert answer.status_code == 200, answer.content
    person.refresh_from_db()
    assert person.user is not None
    assert person.user.login == "ada"
    assert person.contact["phone"] == "1"
    assert person.reachable is True


def test_looking_up_a_link_names_practice_and_role(practice: Practice) -> None:
    path = "/api/v1/invitations/look-up"
    found = wire.send(Browser(), "POST", path, {"token": _token(practice)}).json()
    assert found["practice"] == {"id": str(practice.pk), "name": practice.name}
    assert found["role"] == "clinician"
    missing = wire.send(Browser(), "POST", path, {"token": "x"})
    assert (missing.status_code, missing.json()["code"]) == (404, "invitation-invalid")


def test_someone_with_an_account_joins_another_practice(practice: Practice) -> None:
    user = factories.make_user("ada")
    browser = factories.browser(user, second_factor=False)
    body = {"token": _token(practice, Role.CLIENT), "chosen_name": "Ada", "country": "DE"}
    refused = wire.send(browser, "POST", "/api/v1/invitations/accept", body)
    assert refused.json()["code"] == "adult-required"
    joined = wire.send(browser, "POST", "/api/v1/invitations/accept", body | {"adult": True})
    assert joined.status_code == 200, joined.content
    assert joined.json()["memberships"][0]["practice"]["id"] == str(practice.pk)
