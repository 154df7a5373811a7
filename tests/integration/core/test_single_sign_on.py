"""Signing in at an identity provider: who is linked to what, and what is believed of the provider.

The provider is a fake of ours (`tests.fake_provider`), at the wire; the server talks to it by HTTP.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client as Browser

from holdfast.config.single_sign_on import IdentityProvider
from holdfast.core.actor import system
from holdfast.core.audit.models import AuditEvent
from holdfast.core.identity.models import User
from holdfast.core.tenancy import invitations
from holdfast.core.tenancy.models import Practice, Role
from tests import factories
from tests.fake_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider
from tests.integration.core import wire

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive_on_postgres]
ALLAUTH, API = wire.ALLAUTH, wire.API


def described(fake: FakeProvider, **changes: Any) -> IdentityProvider:
    given: dict[str, Any] = {
        "id": "uni",
        "name": "University of Testing",
        "issuer": fake.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    return IdentityProvider(**(given | changes))


@pytest.fixture(scope="module")
def one_fake() -> Iterator[FakeProvider]:
    with FakeProvider().serving() as fake:
        yield fake


@pytest.fixture
def fake(one_fake: FakeProvider, settings: Any) -> FakeProvider:
    one_fake.subject, one_fake.claims, one_fake.changes = "subject-1", {}, {}
    one_fake.signing_key = one_fake.key
    one_fake.requests.clear()
    settings.IDENTITY_PROVIDERS = (described(one_fake),)
    return one_fake


@pytest.fixture
def practice() -> Practice:
    return factories.make_practice()


def begin(browser: Browser, **body: Any) -> Any:
    return wire.send(browser, "POST", f"{API}/auth/provider", {"provider": "uni", **body})


def to_provider(url: str) -> str:
    """The browser goes to the provider, and is sent back: the path it comes back to."""
    back = urlsplit(requests.get(url, allow_redirects=False, timeout=5).headers["Location"])
    return f"{back.path}?{back.query}"


def arrive(browser: Browser, **body: Any) -> Any:
    """The whole way there and back; the answer of the last step leads to the client."""
    return browser.get(to_provider(begin(browser, **body).json()["url"]))


def error_of(answer: Any) -> str:
    assert answer.status_code == 302
    where = urlsplit(answer["Location"])
    assert where.path == "/signed-in"
    return str(parse_qs(where.query).get("error", [""])[0])


def join(browser: Browser, practice: Practice, name: str = "ada", **changes: Any) -> Any:
    details = wire.registration(name, **{"practice_id": str(practice.pk)} | changes)
    for secret in ("password", "kdf_salt", "kdf_params", "recovery_secret"):
        del details[secret]
    return wire.send(browser, "POST", f"{ALLAUTH}/auth/provider/signup", details)


def me(browser: Browser) -> Any:
    return wire.send(browser, "GET", f"{API}/me")


def joined(practice: Practice, **changes: Any) -> Browser:
    browser = Browser()
    arrive(browser)
    answer = join(browser, practice, **changes)
    assert answer.status_code == 200, answer.content
    return browser


def set_passphrase(browser: Browser, seed: str, code: str = "code") -> Any:
    body = {
        "new_auth_secret": wire.secret(seed),
        "new_salt": wire.salt(seed),
        "recovery_secret": wire.secret(code),
    }
    return wire.send(browser, "POST", f"{API}/me/passphrase", body)


# --- who is linked -----------------------------------------------------------------------------


def test_without_a_file_nobody_is_offered_a_provider(settings: Any) -> None:
    assert settings.IDENTITY_PROVIDERS == ()
    assert wire.send(Browser(), "GET", f"{API}/config").json()["providers"] == []
    assert begin(Browser()).status_code == 404
    assert Browser().get("/accounts/oidc/uni/login/callback/?code=1&state=2").status_code == 404


def test_someone_new_is_asked_what_everybody_is_who_joins(
    fake: FakeProvider, practice: Practice
) -> None:
    browser = Browser()
    assert error_of(arrive(browser)) == ""
    session = wire.send(browser, "GET", f"{ALLAUTH}/auth/session")
    pending = [flow["id"] for flow in session.json()["data"]["flows"] if flow.get("is_pending")]
    assert (session.status_code, pending) == (401, ["provider_signup"])
    assert wire.codes(join(browser, practice, adult=False)) == {"adult-required"}
    assert User.objects.count() == 0
    assert join(browser, practice).status_code == 200
    found = me(browser).json()
    assert (found["has_password"], found["has_secret"]) == (False, False)
    assert [each["role"] for each in found["memberships"]] == ["client"]
    # The session ends with the browser, as everybody's.
    assert browser.cookies["sessionid"]["max-age"] == ""


def test_the_same_subject_comes_back_to_the_same_account(
    fake: FakeProvider, practice: Practice
) -> None:
    first = me(joined(practice)).json()["id"]
    second = Browser()
    arrive(second)
    assert me(second).json()["id"] == first
    fake.subject = "subject-2"
    other = Browser()
    arrive(other)
    assert me(other).status_code == 401
    assert User.objects.count() == 1


def test_nothing_of_the_provider_is_kept_but_a_keyed_hash(
    fake: FakeProvider, practice: Practice
) -> None:
    fake.claims = {"email": "ada@uni.example", "email_verified": True, "name": "Ada Lovelace"}
    joined(practice)
    link = SocialAccount.objects.get()
    assert len(link.uid) == 64
    assert "subject-1" not in link.uid
    assert link.extra_data == {}
    assert SocialToken.objects.count() == 0
    assert User.objects.get().email == ""
    assert EmailAddress.objects.count() == 0
    asked = next(each for what, each in fake.requests if what == "authorize")
    assert asked["scope"] == "openid"


def test_a_verified_address_at_the_provider_opens_nobodys_account(
    fake: FakeProvider, practice: Practice
) -> None:
    victim = factories.make_user("victim", email="victim@example.org")
    fake.claims = {"email": "victim@example.org", "email_verified": True}
    browser = Browser()
    arrive(browser)
    assert me(browser).status_code == 401
    join(browser, practice, name="mallory", email="victim@example.org")
    assert not SocialAccount.objects.filter(user=victim).exists()
    answer = me(browser)
    assert answer.status_code == 401 or answer.json()["id"] != str(victim.pk)


def test_another_issuer_with_the_same_subject_is_somebody_else(
    fake: FakeProvider, practice: Practice, settings: Any
) -> None:
    joined(practice)
    with FakeProvider().serving() as other:
        settings.IDENTITY_PROVIDERS = (described(other),)
        browser = Browser()
        assert error_of(arrive(browser)) == ""
        assert me(browser).status_code == 401


def test_an_account_with_a_password_is_linked_by_its_owner_alone(
    fake: FakeProvider, practice: Practice
) -> None:
    browser = Browser()
    wire.sign_up(browser, "ada", practice_id=str(practice.pk))
    assert wire.codes(begin(browser, process="connect")) == {"invalid"}
    assert begin(Browser(), process="connect").status_code == 401
    answer = arrive(browser, process="connect", current_auth_secret=factories.auth_secret("ada"))
    assert error_of(answer) == ""
    assert wire.send(browser, "GET", f"{API}/me/providers").json() == [
        {"id": "uni", "name": "University of Testing", "linked": True}
    ]
    assert AuditEvent.objects.filter(action="link-provider").count() == 1
    other = Browser()
    arrive(other)
    assert me(other).json()["has_password"] is True
    body = {"current_auth_secret": factories.auth_secret("ada")}
    assert wire.send(browser, "DELETE", f"{API}/me/providers/uni", body).status_code == 204
    last = Browser()
    arrive(last)
    assert me(last).status_code == 401


def test_a_provider_already_linked_to_somebody_stays_with_them(
    fake: FakeProvider, practice: Practice
) -> None:
    joined(practice, name="ada")
    browser = Browser()
    wire.sign_up(browser, "bob", practice_id=str(practice.pk))
    secret = factories.auth_secret("bob")
    answer = arrive(browser, process="connect", current_auth_secret=secret)
    assert error_of(answer) == "connected_other"
    assert SocialAccount.objects.get().user.login == "ada"


# --- what is believed --------------------------------------------------------------------------


def refused(fake: FakeProvider) -> str:
    browser = Browser()
    error = error_of(arrive(browser))
    session = wire.send(browser, "GET", f"{ALLAUTH}/auth/session").json()
    assert not any(flow.get("is_pending") for flow in session["data"]["flows"])
    return error


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another-client"]},
        {"azp": "another-client"},
        {"nonce": "of another attempt"},
        {"nonce": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"sub": ""},
        {"sub": None},
    ],
    ids=lambda changes: "-".join(f"{name}" for name in changes),
)
def test_a_token_that_does_not_hold_is_refused(fake: FakeProvider, changes: dict[str, Any]) -> None:
    fake.changes = changes
    assert refused(fake) == "unknown"


def test_a_token_signed_by_another_key_is_refused(fake: FakeProvider) -> None:
    fake.signing_key = ec.generate_private_key(ec.SECP256R1())
    assert refused(fake) == "unknown"


def test_a_description_of_another_issuer_is_refused(fake: FakeProvider, settings: Any) -> None:
    settings.IDENTITY_PROVIDERS = (described(fake, issuer=f"{fake.issuer}/"),)
    assert wire.codes(begin(Browser())) == {"provider-away"}


def test_a_state_serves_once_and_only_where_it_began(
    fake: FakeProvider, practice: Practice
) -> None:
    browser = Browser()
    back = to_provider(begin(browser).json()["url"])
    assert error_of(Browser().get(back)) == "unknown"
    assert error_of(browser.get(back)) == ""
    # The same again, and the same state with a code that the provider has not seen used.
    assert error_of(browser.get(back)) == "unknown"
    state = parse_qs(urlsplit(back).query)["state"][0]
    fresh = parse_qs(urlsplit(to_provider(begin(Browser()).json()["url"])).query)["code"][0]
    mixed = f"{urlsplit(back).path}?{urlencode({'code': fresh, 'state': state})}"
    assert error_of(browser.get(mixed)) == "unknown"


def test_one_providers_state_does_not_serve_anothers_answer(
    fake: FakeProvider, settings: Any
) -> None:
    settings.IDENTITY_PROVIDERS = (described(fake), described(fake, id="other"))
    browser = Browser()
    back = to_provider(begin(browser).json()["url"])
    assert error_of(browser.get(back.replace("/uni/", "/other/"))) == "unknown"


def test_a_code_of_another_attempt_is_refused(fake: FakeProvider) -> None:
    mine, theirs = Browser(), Browser()
    own = to_provider(begin(mine).json()["url"])
    code = parse_qs(urlsplit(to_provider(begin(theirs).json()["url"])).query)["code"][0]
    state = parse_qs(urlsplit(own).query)["state"][0]
    mixed = f"{urlsplit(own).path}?{urlencode({'code': code, 'state': state})}"
    assert error_of(mine.get(mixed)) == "unknown"


def test_cancelling_and_a_provider_that_is_away_are_told(fake: FakeProvider, settings: Any) -> None:
    fake.subject = None
    assert refused(fake) == "cancelled"
    settings.IDENTITY_PROVIDERS = (described(fake, issuer="http://127.0.0.1:9"),)
    answer = begin(Browser())
    assert (answer.status_code, wire.codes(answer)) == (424, {"provider-away"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "auth/provider/token"),
        ("POST", "auth/provider/redirect"),
        ("GET", "account/providers"),
        ("GET", "auth/provider/signup"),
    ],
)
def test_allauths_own_ways_to_a_provider_are_closed(
    fake: FakeProvider, method: str, path: str
) -> None:
    browser = Browser()
    arrive(browser)
    assert wire.send(browser, method, f"{ALLAUTH}/{path}", {}).status_code in {404, 405}


# --- staff -------------------------------------------------------------------------------------


def clinician(practice: Practice) -> Browser:
    issued = invitations.invite(practice, Role.CLINICIAN, by=system(practice.pk))
    browser = Browser()
    arrive(browser)
    token = issued.link.partition("#")[2]
    answer = join(browser, practice, practice_id=None, invitation_token=token, country=None)
    assert answer.status_code == 200, answer.content
    return browser


def reach(browser: Browser, practice: Practice) -> Any:
    return wire.send(browser, "GET", f"{API}/practices/{practice.pk}/caseload")


def test_staff_need_their_second_factor_with_us(
    fake: FakeProvider, practice: Practice, settings: Any
) -> None:
    fake.claims = {"amr": ["pwd", "mfa"], "acr": "gold"}
    browser = clinician(practice)
    assert wire.codes(reach(browser, practice)) == {"second-factor-required"}
    # The operator chose to believe it: from the next sign-in on.
    settings.IDENTITY_PROVIDERS = (described(fake, trusted_second_factor=frozenset({"mfa"})),)
    again = Browser()
    arrive(again)
    assert wire.codes(reach(again, practice)) != {"second-factor-required"}
    fake.claims = {"amr": ["pwd"]}
    weaker = Browser()
    arrive(weaker)
    assert wire.codes(reach(weaker, practice)) == {"second-factor-required"}


def test_whoever_has_a_second_factor_here_is_asked_for_it(
    fake: FakeProvider, practice: Practice
) -> None:
    clinician(practice)
    TOTP.activate(User.objects.get(), generate_totp_secret())
    browser = Browser()
    arrive(browser)
    assert me(browser).status_code == 401
    flows = wire.send(browser, "GET", f"{ALLAUTH}/auth/session").json()["data"]["flows"]
    assert [each["id"] for each in flows if each.get("is_pending")] == ["mfa_authenticate"]


def test_an_open_screen_is_not_enough_to_add_a_way_in(
    fake: FakeProvider, practice: Practice
) -> None:
    fake.claims = {"auth_time": int(time.time()) - 3600}
    browser = joined(practice)
    path = f"{ALLAUTH}/account/authenticators/webauthn"
    assert wire.send(browser, "GET", path).status_code == 401
    assert wire.codes(set_passphrase(browser, "phrase")) == {"sign-in-again"}
    assert wire.codes(wire.send(browser, "DELETE", f"{API}/me", {})) == {"sign-in-again"}
    fake.claims = {}
    arrive(browser, again=True)
    asked = fake.requests[-2][1]
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    assert wire.send(browser, "GET", path).status_code == 200
    assert set_passphrase(browser, "phrase").status_code == 204


# --- the passphrase ----------------------------------------------------------------------------


def test_a_passphrase_proves_and_signs_nobody_in(fake: FakeProvider, practice: Practice) -> None:
    browser = joined(practice)
    before = wire.send(Browser(), "POST", f"{API}/auth/kdf", {"login": "ada"}).json()
    assert before == wire.send(Browser(), "POST", f"{API}/auth/kdf", {"login": "ada"}).json()
    assert set_passphrase(browser, "phrase").status_code == 204
    assert me(browser).json()["has_secret"] is True
    told = wire.send(Browser(), "POST", f"{API}/auth/kdf", {"login": "ada"}).json()
    assert told["salt"] == wire.salt("phrase") != before["salt"]
    refused = wire.log_in(Browser(), "ada", wire.secret("phrase"))
    assert (refused.status_code, wire.codes(refused)) == (400, {"username_password_mismatch"})
    path = f"{ALLAUTH}/auth/reauthenticate"
    wrong, right = ({"password": wire.secret(each)} for each in ("other", "phrase"))
    assert wire.send(browser, "POST", path, wrong).status_code == 400
    assert wire.send(browser, "POST", path, right).status_code == 200
    body = {
        "current_auth_secret": wire.secret("phrase"),
        "new_auth_secret": wire.secret("new"),
        "new_salt": wire.salt("new"),
    }
    assert wire.send(browser, "POST", f"{API}/me/password", body).status_code == 204
    assert wire.log_in(Browser(), "ada", wire.secret("new")).status_code == 400


def test_a_lost_passphrase_is_replaced_with_the_recovery_code(
    fake: FakeProvider, practice: Practice
) -> None:
    browser = joined(practice)
    set_passphrase(browser, "phrase")
    elsewhere = Browser()
    arrive(elsewhere)
    assert wire.codes(set_passphrase(browser, "next", "wrong")) == {"recovery-refused"}
    assert set_passphrase(browser, "next").status_code == 204
    assert User.objects.get().check_password(wire.secret("next"))
    assert me(browser).status_code == 200
    assert me(elsewhere).status_code == 401


def test_an_account_with_a_password_has_no_passphrase(practice: Practice) -> None:
    browser = Browser()
    wire.sign_up(browser, "ada", practice_id=str(practice.pk))
    assert wire.codes(set_passphrase(browser, "phrase", "recovery|ada")) == {"not-permitted"}


def test_the_only_way_in_stays(fake: FakeProvider, practice: Practice) -> None:
    browser = joined(practice)
    answer = wire.send(browser, "DELETE", f"{API}/me/providers/uni", {})
    assert (answer.status_code, wire.codes(answer)) == (409, {"last-way-in"})


def test_a_deleted_account_leaves_no_link_and_its_subject_begins_anew(
    fake: FakeProvider, practice: Practice
) -> None:
    browser = joined(practice)
    assert wire.send(browser, "DELETE", f"{API}/me", {}).status_code == 204
    assert SocialAccount.objects.count() == 0
    anew = Browser()
    arrive(anew)
    assert me(anew).status_code == 401
    assert join(anew, practice).status_code == 200
