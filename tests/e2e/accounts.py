"""How people come in: by invitation or by themselves, with a second factor, and again later."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.totp import Authenticator
from tests.e2e.world import Seat

PASSWORD = "quiet harbour lantern"


def fill_registration(
    seat: Seat, *, adult: bool = True, unreachable: bool = False, password: str = PASSWORD
) -> None:
    """The registration form that is on the screen, up to its last button."""
    seat.password = password
    seat.does.fill("What may we call you?", seat.name)
    seat.does.fill("Log-in name", seat.login)
    seat.does.fill("Password", password)
    if unreachable:
        notice = seat.page.get_by_test_id("unreachable")
        expect(notice).to_contain_text("your team cannot call or write to you")
        seat.does.tick("I understand, and go on without")
    if adult:
        seat.does.tick("I am 18 or older")


def keep_recovery_code(seat: Seat) -> None:
    """Read the code that is shown once, and prove that it was kept."""
    shown = seat.page.get_by_test_id("recovery-code")
    expect(shown).to_be_visible()
    seat.does.screen("recovery code")
    seat.recovery_code = (shown.text_content() or "").strip()
    assert len(seat.recovery_code.replace("-", "").replace(" ", "")) == 32
    seat.does.fill("The last four characters of your code", seat.recovery_code[-4:])
    seat.does.press("Create my account")


def accept_invitation(seat: Seat, link: str) -> None:
    """Open a one-time link and become a member; ends on the security screen."""
    seat.go(link)
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Start here")
    assert "#" not in seat.page.url, "the token stays in the address"
    seat.does.screen("invitation")
    fill_registration(seat)
    seat.does.press("Continue")
    keep_recovery_code(seat)
    expect(seat.page).to_have_url("/security")
    expect(seat.page.get_by_test_id("second-factor-needed")).to_be_visible()


def enrol_authenticator(seat: Seat) -> None:
    """Set up an authenticator app on the security screen."""
    seat.does.press("Set up an app")
    secret = seat.page.get_by_test_id("totp-secret").text_content()
    assert secret is not None
    seat.authenticator = Authenticator(secret.strip())
    seat.does.screen("authenticator app")
    seat.does.fill("Code shown in the app", seat.authenticator.code())
    seat.does.press("Turn on")
    expect(seat.page.get_by_test_id("second-factor-needed")).to_be_hidden()
    expect(seat.page.get_by_text("Set up on")).to_be_visible()


def log_in(seat: Seat) -> None:
    """Name, password and, for those who have one, the second factor."""
    seat.go("/login")
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Log in")
    seat.does.screen("log in")
    seat.does.fill("Log-in name or e-mail", seat.login)
    seat.does.fill("Password", seat.password)
    seat.does.press("Log in")
    heading = seat.page.get_by_role("heading", level=1)
    if seat.authenticator is None:
        expect(seat.page).to_have_url("/today")
    else:
        expect(heading).to_have_text("Second step")
        seat.does.screen("second step")
        seat.does.fill("Code", seat.authenticator.code())
        seat.does.press("Continue")
        expect(heading).not_to_have_text("Second step")
    expect(seat.page.get_by_role("navigation", name="Main")).to_be_visible()
    # The first screen takes the focus to its heading: who tabs before is led back.
    expect(heading).to_be_focused()


def log_out(seat: Seat) -> None:
    seat.go("/security")
    seat.does.press("Log out")
    expect(seat.page).to_have_url("/")
