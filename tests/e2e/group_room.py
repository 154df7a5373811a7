"""A group of the demo's practice: people who signed up, with Dana, in five minutes.

`python -m tests.e2e.group_room LOGIN...` in a server's environment books it and prints its id.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e import calls
from tests.e2e.world import Seat, World
from tests.e2e.writers import WAIT

#: Of everything that comes in: streams whose frames are decoded, and bytes of sound and picture.
_COMING = """async () => {
  const found = { seen: 0, heard: 0, frames: 0, bytes: 0, sent: 0, made: [] };
  for (const connection of window.connections) {
    found.made.push(connection.connectionState);
    if (connection.connectionState !== "connected") continue;
    const report = await connection.getStats();
    report.forEach((entry) => {
      if (entry.type === "outbound-rtp") found.sent += entry.bytesSent ?? 0;
      if (entry.type !== "inbound-rtp") return;
      found.bytes += entry.bytesReceived ?? 0;
      if (entry.kind === "video" && (entry.framesDecoded ?? 0) > 5) found.seen += 1;
      if (entry.kind === "video") found.frames += entry.framesDecoded ?? 0;
      if (entry.kind === "audio" && (entry.totalAudioEnergy ?? 0) > 0) found.heard += 1;
    });
  }
  return found;
}"""

#: Whatever key the page's vault opens, the worker that opens frames gets another one.
WRONG_KEY = """
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (said, ...rest) {
    const wrong = (key) => key.map((byte) => byte ^ 1);
    const told = said?.what === "learn" ? { ...said, key: wrong(said.key) } : said;
    return post.call(this, told, ...rest);
  };
"""


def coming(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(_COMING)
    return found


def until(page: Page, enough: Callable[[dict[str, Any]], bool], seconds: float = 60.0) -> Any:
    """What comes in once it is enough; fails with what there was."""
    deadline = time.monotonic() + seconds
    while not enough(found := coming(page)):
        assert time.monotonic() < deadline, f"only {found} after {seconds} s"
        page.wait_for_timeout(200)
    return found


def all_see(others: int, *seats: Seat, seconds: float = 120.0) -> None:
    """Each sees and hears so many; fails with what every one of them has."""
    deadline = time.monotonic() + seconds
    while True:
        found = {seat.name: coming(seat.page) for seat in seats}
        if all(one["seen"] == others and one["heard"] == others for one in found.values()):
            return
        assert time.monotonic() < deadline, found
        seats[0].page.wait_for_timeout(500)


def book(demo: World, *people: Seat) -> str:
    """The group's page."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.group_room", *(seat.login for seat in people)],
        env=demo.server.environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return f"/group-room/{done.stdout.strip()}"


def enter(seat: Seat, name: str, *, button: str = "I am ready", keys: bool = True) -> None:
    """Past the door, under a name of one's choice."""
    page = seat.page
    page.get_by_label("What shall the others call you?").fill(name, timeout=WAIT)
    if keys:
        seat.does.fill("Your password", seat.password)
        seat.does.press("Open")
        expect(page.get_by_label("Your password")).to_be_hidden(timeout=WAIT)
    page.get_by_role("button", name=button).click()


def let_in(dana: Seat, seat: Seat) -> None:
    admit(dana, seat)
    expect(seat.page.get_by_test_id("group")).to_be_visible(timeout=WAIT)


def admit(dana: Seat, seat: Seat) -> None:
    """Dana's button; what comes of it is the caller's to see."""
    button = dana.page.get_by_role("button", name=re.compile(f"^Let {seat.name}.* in$"))
    button.click(timeout=WAIT)


def sealed(count: int, *seats: Seat) -> None:
    """All of them say that so many devices have the key."""
    for seat in seats:
        group = seat.page.get_by_test_id("group")
        expect(group).to_have_attribute("data-sealed", "sealed", timeout=WAIT)
        expect(group).to_have_attribute("data-sharing", str(count), timeout=WAIT)


def with_media(seat: Seat) -> Seat:
    return calls.with_media(seat)


def _book(logins: list[str]) -> None:
    import django

    django.setup()
    from holdfast.core import clock
    from holdfast.core.actor import system
    from holdfast.core.ids import uuid7
    from holdfast.core.tenancy.models import CareTeamMember, Client, Membership
    from holdfast.meet.scheduling.facade import NewAppointment, book
    from holdfast.meet.scheduling.models import AppointmentType

    people = list(Client.objects.filter(user__login__in=logins).order_by("joined_at"))
    assert len(people) == len(logins)
    practice = people[0].practice
    dana = next(
        one
        for one in Membership.objects.filter(practice=practice, role="clinician")
        if one.display_name.startswith("Dana")
    )
    for one in people:
        CareTeamMember.objects.get_or_create(
            practice=practice,
            client=one,
            membership=dana,
            defaults={"starts_on": clock.now().date()},
        )
    kind = AppointmentType.objects.create(
        practice=practice, name="Evening group", media=["video"], capacity=12
    )
    starts = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=20)
    new = NewAppointment(
        uuid7(), dana.pk, kind.pk, tuple(one.pk for one in people), starts, "video"
    )
    sys.stdout.write(str(book(practice.pk, new, by=system(practice.pk)).id))


if __name__ == "__main__":
    _book(sys.argv[1:])
