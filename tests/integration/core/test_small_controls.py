"""Controls that hold by how the parts are chosen: noticed here if they ceased to."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.mail import BadHeaderError, EmailMessage
from django.test import Client as Browser

from holdfast.core import clock
from holdfast.core.identity import kdf
from holdfast.core.identity.actions import create_account
from holdfast.core.tenancy.models import Role
from tests import factories
from tests.integration.core import wire

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.parametrize("path", ["/", "/api/v1/config", "/api/v1/me", "/healthz"])
def test_no_request_is_echoed(path: str) -> None:
    answer = Browser().generic("TRACE", path, headers={"x-mine": "an echo"})
    assert answer.status_code in (403, 405)
    assert b"an echo" not in answer.content


@pytest.mark.parametrize("path", ["/api/v1/config", "/api/v1/me", "/api/v1/nothing"])
def test_every_answer_says_what_it_is(path: str) -> None:
    answer = Browser().get(path)
    kind = "application/json" if answer.status_code == 200 else "application/problem+json"
    assert answer["Content-Type"].split(";")[0] == kind
    assert answer["X-Content-Type-Options"] == "nosniff"
    answer.content.decode("utf-8")


def test_a_line_break_adds_no_header_to_a_mail() -> None:
    mail = EmailMessage("News\nBcc: somebody@example.org", "text", to=["ada@example.org"])
    with pytest.raises(BadHeaderError):
        mail.send()


def test_sessions_are_named_by_chance_and_anew_each_time() -> None:
    factories.make_user("ada")
    names = set()
    for _ in range(3):
        browser = Browser()
        wire.log_in(browser, "ada")
        names.add(browser.cookies["sessionid"].value)
    assert len(names) == 3
    # 32 of 36 letters and digits: 165 bits.
    assert {len(name) for name in names} == {32}
    assert all(name.isalnum() for name in names)


@pytest.mark.parametrize(
    ("used_on", "ended_on"), [((), 14.1), ((10, 20), 34.1), ((10, 20, 29.9), 30.1)]
)
def test_a_session_ends_unused_after_two_weeks_and_in_any_case_after_thirty_days(
    used_on: tuple[float, ...], ended_on: float
) -> None:
    factories.make_user("ada")
    begun = clock.now()
    browser = Browser()
    wire.log_in(browser, "ada")
    for day in used_on:
        with time_machine.travel(begun + timedelta(days=day), tick=False):
            assert wire.send(browser, "GET", "/api/v1/me").status_code == 200
    with time_machine.travel(begun + timedelta(days=ended_on), tick=False):
        assert wire.send(browser, "GET", "/api/v1/me").status_code == 401


def test_recovery_signs_nobody_in_and_goes_round_no_second_factor() -> None:
    code = kdf.new_recovery_code()
    user = create_account("ada", "old password", recovery_code=code)
    factories.give_totp(user)
    browser = Browser()
    body = {
        "login": "ada",
        "recovery_secret": kdf.recovery_secret(code),
        "new_salt": wire.salt("new"),
        "new_auth_secret": wire.secret("new"),
    }
    assert wire.send(browser, "POST", "/api/v1/auth/recover", body).status_code == 204
    assert wire.send(browser, "GET", "/api/v1/me").status_code == 401
    assert wire.log_in(browser, "ada", wire.secret("new")).status_code == 401
    assert wire.send(browser, "GET", "/api/v1/me").status_code == 401


@pytest.mark.parametrize(("periods", "status"), [(0, 200), (-3, 400), (3, 400)])
def test_a_second_factors_code_holds_for_about_thirty_seconds(periods: int, status: int) -> None:
    secret = factories.give_totp(factories.make_user("ada"))
    browser = Browser()
    wire.log_in(browser, "ada")
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))
    path = f"{wire.ALLAUTH}/auth/2fa/authenticate"
    assert wire.send(browser, "POST", path, {"code": code}).status_code == status


@pytest.mark.parametrize(
    "more",
    [
        {"login": "root"},
        {"is_staff": True},
        {"id": "01890000-0000-7000-8000-000000000000"},
        {"memberships": [{"role": "owner"}]},
        {"second_factor": True},
        {"__proto__": {"is_staff": True}},
    ],
)
def test_what_no_schema_names_changes_nothing(more: dict[str, Any]) -> None:
    user = factories.make_user("ada")
    browser = factories.browser(user, second_factor=False)
    before = wire.send(browser, "GET", "/api/v1/me").json()
    answer = wire.send(browser, "PATCH", "/api/v1/me", {"language": "de"} | more)
    assert answer.status_code in (200, 422)
    after = wire.send(browser, "GET", "/api/v1/me").json()
    assert after | {"language": ""} == before | {"language": ""}


def test_of_a_value_given_twice_or_in_another_place_one_counts() -> None:
    member = factories.make_member(factories.make_practice(), Role.ADMINISTRATOR)
    browser = factories.browser(member.user)
    people = f"/api/v1/practices/{member.practice_id}/people"
    assert wire.send(browser, "GET", f"{people}?limit=1&limit=nonsense").status_code in (200, 422)
    elsewhere = factories.make_practice(slug="elsewhere")
    answer = wire.send(browser, "GET", f"{people}?practice_id={elsewhere.pk}")
    assert answer.json() == wire.send(browser, "GET", people).json()
