"""People with private writing: by hand where that is the story, else as a device posts it."""

from __future__ import annotations

import uuid

from playwright.sync_api import expect

from holdfast.core.identity import kdf
from tests.e2e.accounts import PASSWORD, fill_registration, keep_recovery_code
from tests.e2e.world import PHONE, Seat, World
from tests.vault_wire import vault_posted

#: A machine that does other things at the same time is no fault of ours.
WAIT = 30_000
ALLAUTH = "/_allauth/browser/v1"


def register(
    world: World, name: str, login: str, *, password: str = PASSWORD, installs: bool = False
) -> Seat:
    """Somebody new without e-mail, who fills in the form on their phone."""
    seat = world.seat(name, login, viewport=PHONE, installs=installs)
    seat.go("/register")
    fill_registration(seat, password=password, unreachable=True)
    seat.does.press("Continue")
    keep_recovery_code(seat)
    expect(seat.page).to_have_url("/today", timeout=WAIT)
    return seat


def set_up(seat: Seat) -> None:
    """Begin private writing on the screen."""
    open_journal(seat)
    seat.does.fill("Your password", seat.password)
    seat.does.fill("Recovery code", seat.recovery_code)
    seat.does.press("Begin")
    expect(seat.page.get_by_text("Nothing written yet")).to_be_visible(timeout=WAIT)


def open_journal(seat: Seat) -> None:
    seat.go("/me")
    seat.does.press("Private writing", role="link")
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Private writing")


def writer(world: World, name: str, login: str, *, installs: bool = False) -> Seat:
    """Somebody whose private writing is set up and open on their phone.

    Account and keys are made here and posted; the phone opens them with the password. Registering
    and setting up on the screen are the stories of test_vault and test_canary.
    """
    seat = world.seat(name, login, viewport=PHONE, installs=installs)
    sign_up_with_keys(seat)
    open_journal(seat)
    seat.does.fill("Your password", seat.password)
    seat.does.press("Open")
    expect(seat.page.get_by_text("Nothing written yet")).to_be_visible(timeout=WAIT)
    return seat


def sign_up_with_keys(seat: Seat) -> None:
    """A new account and its keys, made here and posted."""
    seat.password, seat.recovery_code = PASSWORD, kdf.new_recovery_code()
    _sign_up(seat)
    give_keys(seat)


def _sign_up(seat: Seat) -> None:
    # The first call gives the token that every change is sent with.
    seat.context.request.get(f"{ALLAUTH}/config")
    _, config = seat.api("GET", "/config")
    practice = next(each["id"] for each in config["practices"] if each["self_registration"])
    salt = kdf.new_salt()
    body = {
        "practice_id": practice,
        "username": seat.login,
        "password": kdf.derive_auth_secret(seat.password, salt),
        "kdf_salt": salt,
        "kdf_params": kdf.PARAMS,
        "recovery_secret": kdf.recovery_secret(seat.recovery_code),
        "adult": True,
        "chosen_name": seat.name,
        "time_zone": "Europe/Berlin",
        "language": "en",
        "country": "DE",
    }
    status, answer = seat.post(f"{ALLAUTH}/auth/signup", body)
    assert status == 200, answer


def auth_secret(seat: Seat) -> str:
    """What the server knows instead of the password."""
    _, found = seat.api("POST", "/auth/kdf", {"login": seat.login})
    return kdf.derive_auth_secret(seat.password, found["salt"], found["params"])


def give_keys(seat: Seat) -> None:
    """Keys for an account that has a recovery code and none yet."""
    _, me = seat.api("GET", "/me")
    secret = auth_secret(seat)
    body = vault_posted(uuid.UUID(me["id"]), seat.password, secret, seat.recovery_code)
    status, answer = seat.api("POST", "/me/vault", body)
    assert status == 204, answer


def give_code_and_keys(seat: Seat) -> None:
    """The same for an account of the demo, which comes without a recovery code."""
    seat.recovery_code = kdf.new_recovery_code()
    body = {
        "current_auth_secret": auth_secret(seat),
        "recovery_secret": kdf.recovery_secret(seat.recovery_code),
    }
    status, answer = seat.api("POST", "/me/recovery-code", body)
    assert status == 204, answer
    give_keys(seat)
