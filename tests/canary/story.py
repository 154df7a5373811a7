"""A session in the browser: somebody registers, writes, talks, shares; a therapist reads."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from playwright.sync_api import expect

from tests.canary.needles import Needle, marker
from tests.e2e.test_companion import begin, log, say
from tests.e2e.test_journal import PROMPT
from tests.e2e.test_journal import write as fill_page
from tests.e2e.test_sharing import (
    Care,
    demo_seat,
    make_key,
    open_person,
    open_share,
    reader,
    texts,
    who_can_read,
)
from tests.e2e.test_vault import device, entry, sign_in, unlock
from tests.e2e.world import Seat, World
from tests.e2e.writers import WAIT, open_journal, register, set_up
from tests.fake_model import FakeModel, whole

RESTATED = "You worry about the exam next week."


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

    @property
    def worry(self) -> str:
        return f"I worry about {self.canary} and the exam next week"

    @property
    def crisis(self) -> str:
        return f"After {self.canary} I want to kill myself tonight"


@dataclass(frozen=True)
class Told:
    """What to look for afterwards, and since when nobody may hold it any more.

    `talked`: when the last words to the companion had been answered, in monotonic seconds.
    """

    needles: list[Needle]
    talked: float = field(compare=False)


def live(world: World, secrets: Secrets) -> Told:
    """Play it all."""
    ines = register(world, "Ines", "ines-canary", password=secrets.password)
    _, me = ines.api("GET", "/me")
    membership = me["memberships"][0]
    record = f"/practices/{membership['practice']['id']}/clients/{membership['client_id']}"
    dana, ada = demo_seat(world, "Dana", "dana"), demo_seat(world, "Ada", "ada")
    care = Care(world, ines, dana, ada, record)
    care.put_on_team("Dana", primary=True)
    _write(ines, secrets)
    with FakeModel(script=whole(RESTATED)).serving() as model:
        _talk(care, secrets, model)
    talked = time.monotonic()
    _share(care, secrets)
    _read_on_another_device(world, ines, secrets)
    needles = [
        Needle.of("the phrase", secrets.canary),
        Needle.of("the password", secrets.password),
        Needle.of("the recovery code", ines.recovery_code),
        Needle.of("the recovery code, unbroken", ines.recovery_code.replace("-", "")),
    ]
    return Told(needles, talked)


def _write(ines: Seat, secrets: Secrets) -> None:
    set_up(ines)
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


def _talk(care: Care, secrets: Secrets, model: FakeModel) -> None:
    """A conversation that the practice's language model has a part in, and one sign of danger."""
    ines, practice = care.ines, care.record.split("/clients/")[0]
    endpoint = {"on": True, "url": model.url, "name": "tiny", "key": ""}
    assert care.ada.api("PUT", f"{practice}/companion/model", endpoint)[0] == 200
    assert ines.api("POST", f"{care.record}/consents", {"purpose": "model_endpoint"})[0] == 201
    begin(ines)
    say(ines, "Take me to worry")
    say(ines, secrets.worry)
    expect(log(ines)).to_contain_text(RESTATED, timeout=WAIT)
    assert secrets.canary in model.told
    say(ines, secrets.crisis)
    expect(ines.page.get_by_test_id("talk-log")).to_contain_text(secrets.crisis)


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
