"""A browser session: somebody registers, writes, reflects, shares; a therapist reads and writes."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import expect

from tests.canary.needles import Needle, marker
from tests.e2e.accounts import fill_registration, keep_recovery_code
from tests.e2e.test_journal import PROMPT
from tests.e2e.test_journal import write as fill_page
from tests.e2e.test_sharing import (
    Care,
    begin_writing,
    demo_seat,
    make_key,
    open_person,
    open_share,
    reader,
    texts,
    who_can_read,
)
from tests.e2e.test_vault import WAIT, device, entry, open_journal, sign_in, unlock
from tests.e2e.world import PHONE, Seat, World


@dataclass(frozen=True)
class Secrets:
    """What the server must never see."""

    canary: str
    password: str

    @classmethod
    def new(cls) -> Secrets:
        return cls(marker(), f"quiet {marker()} lantern")

    @property
    def entry(self) -> str:
        return f"Under the bridge {self.canary} I wept, and nobody knows"

    @property
    def reflection(self) -> str:
        return f"What helped was {self.canary}, and the walk home"

    @property
    def summary(self) -> str:
        return f"I want to talk about {self.canary} with you"

    @property
    def therapists_own(self) -> str:
        return f"For supervision, not for the record: {self.canary}"

    @property
    def draft(self) -> str:
        return f"Not finished: {self.canary}"


def live(world: World, secrets: Secrets) -> list[Needle]:
    """Play it all; returns what to look for afterwards."""
    ines = world.seat("Ines", "ines-canary", viewport=PHONE)
    ines.go("/register")
    fill_registration(ines, password=secrets.password, unreachable=True)
    ines.does.press("Continue")
    keep_recovery_code(ines)
    expect(ines.page).to_have_url("/today", timeout=WAIT)
    _, me = ines.api("GET", "/me")
    membership = me["memberships"][0]
    record = f"/practices/{membership['practice']['id']}/clients/{membership['client_id']}"
    dana, ada = demo_seat(world, "Dana", "dana"), demo_seat(world, "Ada", "ada")
    care = Care(world, ines, dana, ada, record)
    care.put_on_team("Dana", primary=True)
    _write(ines, secrets)
    _share(care, secrets)
    _read_on_another_device(world, ines, secrets)
    return [
        Needle.of("the phrase", secrets.canary),
        Needle.of("the password", secrets.password),
        Needle.of("the recovery code", ines.recovery_code),
        Needle.of("the recovery code, unbroken", ines.recovery_code.replace("-", "")),
    ]


def _write(ines: Seat, secrets: Secrets) -> None:
    begin_writing(ines)
    fill_page(ines, secrets.entry, tags=f"{secrets.canary}, walk", mood="2")
    ines.does.press("Save")
    expect(entry(ines, secrets.entry)).to_be_visible()
    fill_page(ines, secrets.reflection, prompt=PROMPT)
    ines.does.press("Save")
    expect(entry(ines, secrets.reflection)).to_be_visible()
    ines.page.get_by_label("Search your writing").fill(secrets.canary)
    expect(ines.page.get_by_test_id("entry")).to_have_count(2)
    ines.page.get_by_label("Search your writing").fill("")
    expect(ines.page.get_by_test_id("waiting")).to_have_count(0, timeout=WAIT)


def _share(care: Care, secrets: Secrets) -> None:
    ines, dana = care.ines, care.dana
    make_key(care, dana)
    open_journal(ines)
    open_share(ines, secrets.entry)
    dialog = ines.page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Dana").check()
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("radio", name="In my own shorter words").check()
    ines.does.fill("What you want to share", secrets.summary)
    dialog.get_by_role("button", name="See what they will see").click()
    dialog.get_by_role("button", name="Share with Dana").click()
    expect(dialog.get_by_role("heading", name="Shared with Dana")).to_be_visible(timeout=WAIT)
    who_can_read(ines)
    own = reader(ines, "Dana")
    own.get_by_role("button", name="Share all new entries with Dana").click()
    ines.page.get_by_role("dialog").get_by_role("button", name="Share from now on").click()
    expect(own.get_by_test_id("standing-share")).to_contain_text("All new entries", timeout=WAIT)
    open_journal(ines)
    fill_page(ines, f"{secrets.reflection} again")
    ines.does.press("Save")
    shown = entry(ines, f"{secrets.reflection} again")
    expect(shown.get_by_test_id("shared-with")).to_have_text("Shared with Dana", timeout=WAIT)
    open_person(care, dana)
    expect(texts(dana)).to_have_count(2, timeout=WAIT)
    assert secrets.canary in dana.page.content()
    own = dana.page.get_by_test_id("own-notes")
    own.get_by_role("button", name="New note for me alone").click()
    own.get_by_label("For you alone").fill(secrets.therapists_own)
    expect(own.get_by_test_id("own-kept")).to_have_text("Sealed and saved.", timeout=WAIT)


def _read_on_another_device(world: World, ines: Seat, secrets: Secrets) -> None:
    """The password is typed once more, and a draft is left unfinished."""
    desk = device(world, ines, "Ines at her desk")
    sign_in(desk)
    open_journal(desk)
    unlock(desk)
    expect(entry(desk, secrets.entry)).to_be_visible(timeout=WAIT)
    desk.does.press("Write")
    desk.does.fill("Your words", secrets.draft)
    expect(desk.page.get_by_test_id("kept")).to_have_text("Kept on this device.")
