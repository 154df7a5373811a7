"""Signing in and out, recovering, changing and deleting an account."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client as Browser

from holdfast.cli.demo import build
from holdfast.core import clock
from holdfast.core.audit.models import AuditEvent
from holdfast.core.identity import demo, erasure, kdf
from holdfast.core.identity.actions import create_account
from holdfast.core.identity.models import ErasureStep, User
from holdfast.core.identity.tasks import retry_erasures
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import Client, Membership, Practice, Role
from tests import factories
from tests.factories import totp_code
from tests.integration.core import wire

pytestmark = pytest.mark.django_db
#: Addresses are counted as names are, which runs on both.
alike = pytest.mark.any_database


@pytest.fixture
def practice() -> Practice:
    return factories.make_practice()


def _kdf(browser: Browser, name: str, **headers: str) -> Any:
    return browser.generic(
        "POST",
        "/api/v1/auth/kdf",
        b'{"login": "%s"}' % name.encode(),
        content_type="application/json",
        headers=headers,
    )


# --- salt look-up


def test_the_lookup_gives_an_accounts_own_salt_by_name_and_by_address() -> None:
    user = factories.make_user("ada", email="ada@example.org")
    for name in ("ada", "ADA", "ada@example.org", "Ada@Example.org"):
        assert _kdf(Browser(), name).json() == {"salt": user.kdf_salt, "params": user.kdf_params}


def test_an_unknown_name_is_answered_alike_and_always_the_same() -> None:
    factories.make_user("ada")
    known, unknown = _kdf(Browser(), "ada"), _kdf(Browser(), "nobody")
    assert unknown.status_code == known.status_code == 200
    assert unknown.json().keys() == known.json().keys()
    assert unknown.json()["params"] == known.json()["params"]
    assert len(unknown.json()["salt"]) == len(known.json()["salt"])
    assert _kdf(Browser(), "NOBODY").json() == unknown.json()
    assert _kdf(Browser(), "nobody2").json() != unknown.json()


def test_known_and_unknown_names_cost_the_same_statements(
    django_assert_num_queries: Any,
) -> None:
    from holdfast.core.identity.lookups import key_derivation

    factories.make_user("ada")
    for name in ("ada", "nobody", "ada@example.org"):
        with django_assert_num_queries(2):
            key_derivation(name)


def test_the_lookup_is_limited_per_name() -> None:
    answers = [_kdf(Browser(), "ada") for _ in range(21)]
    assert [a.status_code for a in answers] == [200] * 20 + [429]
    assert answers[-1].json()["code"] == "rate-limited"
    assert _kdf(Browser(), "bob").status_code == 200


@alike
def test_the_lookup_is_limited_per_address() -> None:
    answers = [_kdf(Browser(), f"name{n}") for n in range(61)]
    assert [a.status_code for a in answers][-2:] == [200, 429]


@alike
def test_a_forwarded_address_is_believed_only_behind_a_trusted_proxy(settings: Any) -> None:
    for n in range(61):
        last = _kdf(Browser(), f"name{n}", x_forwarded_for=f"192.0.2.{n}")
    assert last.status_code == 429
    cache.clear()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for n in range(61):
        last = _kdf(Browser(), f"name{n}", x_forwarded_for=f"203.0.113.9, 192.0.2.{n}")
    assert last.status_code == 200


# --- signing in


def test_signing_in_takes_the_derived_secret_only() -> None:
    factories.make_user("ada")
    assert wire.log_in(Browser(), "ada").status_code == 200
    wrong = wire.log_in(Browser(), "ada", wire.secret("wrong"))
    assert wrong.status_code == 400
    assert wire.codes(wrong) == {"username_password_mismatch"}


def test_ten_wrong_secrets_close_an_account_to_more_guesses() -> None:
    factories.make_user("ada")
    for _ in range(10):
        wire.log_in(Browser(), "ada", wire.secret("wrong"))
    assert wire.codes(wire.log_in(Browser(), "ada")) == {"too_many_login_attempts"}


def test_a_second_factor_is_asked_for_where_there_is_one() -> None:
    user = factories.make_user("ada")
    secret = factories.give_totp(user)
    browser = Browser()
    answer = wire.log_in(browser, "ada")
    assert answer.status_code == 401
    flows = {flow["id"]: flow for flow in answer.json()["data"]["flows"]}
    assert flows["mfa_authenticate"]["is_pending"]
    path = f"{wire.ALLAUTH}/auth/2fa/authenticate"
    wrong = wire.send(browser, "POST", path, {"code": "000000"})
    assert wire.codes(wrong) == {"incorrect_code"}
    right = wire.send(browser, "POST", path, {"code": totp_code(secret)})
    assert right.status_code == 200
    assert wire.send(browser, "GET", "/api/v1/me").json()["session_second_factor"] is True


@pytest.mark.django_db(transaction=True)  # allauth tells of it after the commit
def test_enrolling_an_authenticator_app_counts_for_this_session(practice: Practice) -> None:
    member = factories.make_member(practice, Role.CLINICIAN)
    browser = Browser()
    wire.log_in(browser, member.user.login)
    _reauthenticate(browser, member.user.login)
    path = f"{wire.ALLAUTH}/account/authenticators/totp"
    secret = wire.send(browser, "GET", path).json()["meta"]["secret"]
    people = f"/api/v1/practices/{practice.pk}/people"
    assert wire.send(browser, "GET", people).json()["code"] == "second-factor-required"
    added = wire.send(browser, "POST", path, {"code": totp_code(secret)})
    assert added.status_code == 200, added.content
    assert wire.send(browser, "GET", people).status_code == 200
    me = wire.send(browser, "GET", "/api/v1/me").json()
    assert (me["second_factor"], me["session_second_factor"]) == (True, True)


def _reauthenticate(browser: Browser, name: str) -> None:
    """allauth asks for the secret again before second factors change."""
    body = {"password": factories.auth_secret(name)}
    answer = wire.send(browser, "POST", f"{wire.ALLAUTH}/auth/reauthenticate", body)
    assert answer.status_code == 200, answer.content


def test_second_factors_change_only_right_after_the_secret_was_given_again() -> None:
    factories.make_user("ada")
    browser = Browser()
    wire.log_in(browser, "ada")
    path = f"{wire.ALLAUTH}/account/authenticators/totp"
    secret = wire.send(browser, "GET", path).json()["meta"]["secret"]
    refused = wire.send(browser, "POST", path, {"code": totp_code(secret)})
    assert refused.status_code == 401
    assert not Authenticator.objects.exists()


def test_totp_secrets_are_not_stored_in_the_clear() -> None:
    user = factories.make_user()
    secret = factories.give_totp(user)
    assert secret not in str(Authenticator.objects.get(user=user).data)


def test_second_factor_codes_work_once() -> None:
    user = factories.make_user("ada")
    secret = factories.give_totp(user)
    browser = Browser()
    wire.log_in(browser, "ada")
    authenticate = f"{wire.ALLAUTH}/auth/2fa/authenticate"
    wire.send(browser, "POST", authenticate, {"code": totp_code(secret)})
    _reauthenticate(browser, "ada")
    made = wire.send(browser, "POST", f"{wire.ALLAUTH}/account/authenticators/recovery-codes")
    code = made.json()["data"]["unused_codes"][0]
    for expected in (200, 400):
        other = Browser()
        wire.log_in(other, "ada")
        assert wire.send(other, "POST", authenticate, {"code": code}).status_code == expected


def test_no_html_form_is_served_and_no_way_to_part_secret_and_salt() -> None:
    user = factories.make_user()
    browser = factories.browser(user, second_factor=False)
    for path in ("login", "signup", "password/reset", "password/change", "2fa", "email"):
        answer = browser.get(f"/accounts/{path}/")
        assert answer.status_code == 404
        assert b"<form" not in answer.content
    for path in ("auth/password/request", "auth/password/reset", "account/password/change"):
        body = {"new_password": wire.secret("x"), "email": "a@example.org"}
        assert wire.send(browser, "POST", f"{wire.ALLAUTH}/{path}", body).status_code == 404


def test_an_unsafe_request_without_the_sites_token_is_refused() -> None:
    user = factories.make_user()
    browser = factories.sign_in(Browser(enforce_csrf_checks=True), user, second_factor=False)
    refused = wire.send(browser, "PATCH", "/api/v1/me", {"discreet": False})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf-failed")
    public = wire.send(
        Browser(enforce_csrf_checks=True), "POST", "/api/v1/auth/kdf", {"login": "a"}
    )
    assert public.status_code == 403
    browser.get("/api/v1/config")
    token = browser.cookies["csrftoken"].value
    allowed = browser.generic(
        "PATCH",
        "/api/v1/me",
        b'{"discreet": false}',
        content_type="application/json",
        headers={"x-csrftoken": token},
    )
    assert allowed.status_code == 200


# --- sessions


def test_sessions_are_listed_and_ended_everywhere() -> None:
    user = factories.make_user("ada")
    here, there = Browser(), Browser()
    wire.log_in(here, "ada")
    wire.log_in(there, "ada")
    path = f"{wire.ALLAUTH}/auth/sessions"
    listed = wire.send(here, "GET", path).json()["data"]
    assert len(listed) == 2
    assert sum(s["is_current"] for s in listed) == 1
    others = [s["id"] for s in listed if not s["is_current"]]
    wire.send(here, "DELETE", path, {"sessions": others})
    assert wire.send(there, "GET", "/api/v1/me").status_code == 401
    assert wire.send(here, "GET", "/api/v1/me").status_code == 200
    assert UserSession.objects.filter(user=user).count() == 1


def test_a_signed_in_request_writes_nothing_within_five_minutes(
    django_assert_num_queries: Any,
) -> None:
    browser = factories.browser(factories.make_user(), second_factor=False)
    browser.get("/api/v1/me")
    with django_assert_num_queries(5):  # session, account, memberships, records, factors
        browser.get("/api/v1/me")


# --- recovery, change


def test_a_recovery_code_sets_a_new_secret_and_signs_out_everywhere() -> None:
    code = kdf.new_recovery_code()
    user = create_account("ada", "old password", recovery_code=code)
    browser = factories.browser(user, second_factor=False)
    body = {
        "login": "Ada",
        "recovery_secret": kdf.recovery_secret(code),
        "new_salt": wire.salt("new"),
        "new_auth_secret": wire.secret("new"),
    }
    assert wire.send(Browser(), "POST", "/api/v1/auth/recover", body).status_code == 204
    assert wire.send(browser, "GET", "/api/v1/me").status_code == 401
    assert _kdf(Browser(), "ada").json()["salt"] == wire.salt("new")
    assert wire.log_in(Browser(), "ada", wire.secret("new")).status_code == 200


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_a_wrong_recovery_code_and_an_unknown_name_are_refused_alike(name: str) -> None:
    create_account("ada", "old password", recovery_code=kdf.new_recovery_code())
    body = {
        "login": name,
        "recovery_secret": wire.secret("guess"),
        "new_salt": wire.salt("new"),
        "new_auth_secret": wire.secret("new"),
    }
    answers = [wire.send(Browser(), "POST", "/api/v1/auth/recover", body) for _ in range(6)]
    assert [a.status_code for a in answers] == [403] * 5 + [429]
    assert answers[0].json()["code"] == "recovery-refused"


def test_changing_the_password_changes_secret_and_salt_together() -> None:
    user = factories.make_user("ada")
    here = factories.browser(user, second_factor=False)
    there = factories.browser(user, second_factor=False)
    body = {
        "current_auth_secret": factories.auth_secret("ada"),
        "new_auth_secret": wire.secret("new"),
        "new_salt": wire.salt("new"),
    }
    assert wire.send(here, "POST", "/api/v1/me/password", body).status_code == 204
    user.refresh_from_db()
    assert user.kdf_salt == wire.salt("new")
    assert user.check_password(wire.secret("new"))
    assert wire.send(here, "GET", "/api/v1/me").status_code == 200
    assert wire.send(there, "GET", "/api/v1/me").status_code == 401
    again = wire.send(here, "POST", "/api/v1/me/password", body)
    assert (again.status_code, again.json()["code"]) == (403, "wrong-secret")


@pytest.mark.parametrize("field", ["current_auth_secret", "new_auth_secret", "new_salt"])
def test_a_password_in_place_of_a_secret_is_refused_and_not_echoed(field: str) -> None:
    user = factories.make_user("ada")
    body = {
        "current_auth_secret": factories.auth_secret("ada"),
        "new_auth_secret": wire.secret("new"),
        "new_salt": wire.salt("new"),
    } | {field: "hunter2 is my password"}
    browser = factories.browser(user, second_factor=False)
    answer = wire.send(browser, "POST", "/api/v1/me/password", body)
    assert answer.status_code == 422
    assert b"hunter2" not in answer.content
    assert field in {e["field"] for e in answer.json()["errors"]}


def test_a_new_recovery_code_replaces_the_old() -> None:
    user = factories.make_user("ada")
    browser = factories.browser(user, second_factor=False)
    body = {
        "current_auth_secret": factories.auth_secret("ada"),
        "recovery_secret": wire.secret("code"),
    }
    assert wire.send(browser, "POST", "/api/v1/me/recovery-code", body).status_code == 204
    user.refresh_from_db()
    assert user.check_recovery_secret(wire.secret("code"))


def test_settings_of_ones_own_account() -> None:
    browser = factories.browser(factories.make_user(), second_factor=False)
    body = {"language": "ar", "time_zone": "Asia/Riyadh", "discreet": False}
    changed = wire.send(browser, "PATCH", "/api/v1/me", body).json()
    assert {key: changed[key] for key in body} == body
    wrong = wire.send(browser, "PATCH", "/api/v1/me", {"time_zone": "Mars/Olympus"})
    assert wrong.status_code == 422


# --- deletion


def _delete(browser: Browser, name: str) -> Any:
    body = {"current_auth_secret": factories.auth_secret(name)}
    return wire.send(browser, "DELETE", "/api/v1/me", body)


def test_deleting_an_account_clears_every_store_and_records_each(practice: Practice) -> None:
    user = factories.make_user("ada")
    person = factories.make_client(practice, user=user)
    browser = factories.browser(user)
    assert _delete(browser, "ada").status_code == 204
    assert not User.objects.filter(pk=user.pk).exists()
    assert not Client.objects.filter(pk=person.pk).exists()
    assert not Membership.objects.filter(user_id=user.pk).exists()
    steps = ErasureStep.objects.filter(user_id=user.pk)
    assert set(steps.values_list("store", flat=True)) == set(erasure.stores())
    assert not steps.filter(done_at=None).exists()
    erased = AuditEvent.objects.filter(action="erase").values_list("resource", flat=True)
    assert set(erased) == set(erasure.stores())
    assert browser.get("/api/v1/me").status_code == 401
    assert wire.log_in(Browser(), "ada").status_code == 400


def test_a_store_that_fails_is_tried_again_and_holds_back_what_names_it(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [True]

    def erase(_: erasure.Subject) -> None:
        if broken[0]:
            raise DatabaseError

    monkeypatch.setattr(erasure, "_stores", dict(erasure._stores))
    erasure.register("far-away", erase, position=60)
    user = factories.make_user("ada")
    person = factories.make_client(practice, user=user)
    assert _delete(factories.browser(user, False), "ada").status_code == 204
    person.refresh_from_db()
    assert person.display_name == ""
    assert wire.log_in(Browser(), "ada").status_code == 400
    broken[0] = False
    assert retry_erasures(clock.now() + erasure.FIRST_WAIT) == 0
    assert not Client.objects.filter(pk=person.pk).exists()
    assert ErasureStep.objects.get(store="far-away").attempts == 2


def test_of_staff_a_nameless_stub_stays(practice: Practice) -> None:
    member = factories.make_member(practice, Role.CLINICIAN, login="dana", email="d@example.org")
    assert _delete(factories.browser(member.user), "dana").status_code == 204
    member.refresh_from_db()
    member.user.refresh_from_db()
    assert (member.active, member.user.is_active, member.user.email) == (False, False, "")
    assert member.user.login == f"deleted-{member.user.pk}"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CLINICIAN])
def test_staff_on_whom_a_live_practice_rests_hand_over_before_they_go(
    practice: Practice, role: Role
) -> None:
    factories.make_client(practice)
    members = {
        one: factories.make_member(practice, one, login=f"their-{one}")
        for one in (Role.ADMINISTRATOR, Role.CLINICIAN)
    }
    for member in members.values():
        factories.give_totp(member.user)
    factories.set_on_call(practice, members[Role.CLINICIAN])
    browser = factories.browser(members[role].user)
    refused = _delete(browser, f"their-{role}")
    assert refused.status_code == 409
    assert refused.json()["code"] in {"last-administrator", "still-needed"}
    other = factories.make_member(practice, role)
    factories.give_totp(other.user)
    if role == Role.CLINICIAN:
        factories.set_on_call(practice, members[role], other)
    assert _delete(browser, f"their-{role}").status_code == 204
    members[role].refresh_from_db()
    assert members[role].active is False


def test_a_wrong_secret_deletes_nothing() -> None:
    user = factories.make_user("ada")
    browser = factories.browser(user, second_factor=False)
    assert _delete(browser, "not ada").json()["code"] == "wrong-secret"
    assert User.objects.get(pk=user.pk).is_active


# --- demo


def test_demo_log_ins_exist_in_a_demo_only(settings: Any, practice: Practice) -> None:
    assert Browser().get("/api/v1/demo/accounts").status_code == 404
    settings.DEMO = True
    assert Browser().get("/api/v1/demo/accounts").json() == []
    practice.delete()
    shown = factories.make_practice(kind=Practice.Kind.DEMO)
    member = factories.make_member(shown, Role.CLINICIAN, login="dana")
    secret = factories.give_totp(member.user)
    visitor = factories.make_member(shown, Role.CLINICIAN, login="a-visitor")
    factories.give_totp(visitor.user)
    listed = Browser().get("/api/v1/demo/accounts").json()
    assert [row["login"] for row in listed] == ["dana"]
    assert listed[0]["totp_code"] == totp_code(secret)


def test_the_demo_lists_the_accounts_that_it_makes_and_no_visitors() -> None:
    assert {login for _, login, _ in build.STAFF} | {"robin"} == demo.LOGINS


def test_notifications_of_a_deleted_account_go_with_it(practice: Practice) -> None:
    user = factories.make_user("ada")
    factories.make_client(practice, user=user)
    Notification.objects.create(
        practice=practice, recipient=user, kind="flag-seen", created_at=clock.now()
    )
    _delete(factories.browser(user, False), "ada")
    assert not Notification.objects.exists()
