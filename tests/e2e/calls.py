"""Two people in a visit: browsers with Chromium's test pictures for a camera, and what flows."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, Error, Locator, Page, Playwright, expect

from tests.e2e.test_sharing import demo_seat
from tests.e2e.world import FLAGS, PHONE, Seat, World
from tests.e2e.writers import WAIT
from tools.system_packages import chromium

LET_IN = re.compile("^Let Robin.* in$")

#: A rolling picture and beeps in the place of devices, said yes to, over the loopback interface.
MEDIA_FLAGS = [
    *FLAGS,
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
]

#: Keeps every connection that the page makes, so that its statistics can be read from outside.
KEEP_CONNECTIONS = """
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) {
      super(...given);
      window.connections.push(this);
    }
  };
"""

_FLOWING = """async () => {
  const open = window.connections.filter((each) => each.connectionState === "connected");
  const found = { frames: 0, audio: 0, relayed: false, made: window.connections.length };
  for (const connection of open) {
    const report = await connection.getStats();
    report.forEach((entry) => {
      const came = entry.type === "inbound-rtp" ? entry.kind : "";
      if (came === "video") found.frames += entry.framesDecoded ?? 0;
      if (came === "audio") found.audio += entry.bytesReceived ?? 0;
      if (entry.type === "candidate-pair" && entry.nominated && entry.state === "succeeded") {
        found.relayed ||= report.get(entry.localCandidateId)?.candidateType === "relay";
      }
    });
  }
  return found;
}"""

_OWN_PICTURE = """() => {
  const video = document.querySelector(".hv-self video");
  return video !== null && video.getVideoPlaybackQuality().totalVideoFrames > 72;
}"""

_MARKS = """() => Object.fromEntries(
  ["visit-admitted", "visit-first-frame"].map((name) => [
    name, performance.getEntriesByName(name).map((entry) => entry.startTime),
  ]),
)"""


@dataclass(frozen=True)
class Flowing:
    """What has come in since the connection was made: decoded frames, bytes of sound."""

    frames: int
    audio: int
    relayed: bool
    #: Connections that the page made so far.
    made: int


def launch_with_media(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=chromium(), args=MEDIA_FLAGS)


def with_media(seat: Seat) -> Seat:
    """A seat whose page lets its connections be looked at."""
    seat.context.grant_permissions(["camera", "microphone"])
    seat.context.add_init_script(KEEP_CONNECTIONS)
    return seat


def flowing(page: Page) -> Flowing:
    found: dict[str, Any] = page.evaluate(_FLOWING)
    return Flowing(**found)


def until(page: Page, enough: Callable[[Flowing], bool], seconds: float = 20.0) -> Flowing:
    """What flows once it is enough; fails with what there was."""
    deadline = time.monotonic() + seconds
    while True:
        found = flowing(page)
        if enough(found):
            return found
        assert time.monotonic() < deadline, f"only {found} after {seconds} s"
        page.wait_for_timeout(50)


def more_than(before: Flowing) -> Callable[[Flowing], bool]:
    """Frames and sound both went on since."""
    return lambda now: now.frames > before.frames + 5 and now.audio > before.audio


def some(now: Flowing) -> bool:
    return now.frames > 5 and now.audio > 0


def admitted_to_first_frame(page: Page) -> float:
    """Milliseconds from the room's opening on this page to the other side's first frame."""
    marks: dict[str, list[float]] = page.evaluate(_MARKS)
    return marks["visit-first-frame"][0] - marks["visit-admitted"][0]


def pair(demo: World) -> tuple[Seat, Seat]:
    """Robin on a phone and Dana at a desk, logged in, with media."""
    robin = with_media(demo_seat(demo, "Robin", "robin"))
    dana = with_media(demo_seat(demo, "Dana", "dana"))
    robin.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    return robin, dana


def plan(dana: Seat, robin: Seat, medium: str = "video") -> str:
    """A visit of the two in five minutes; its address."""
    _, me = robin.api("GET", "/me")
    own = next(each for each in me["memberships"] if each["client_id"] is not None)
    client = own["client_id"]
    starts = datetime.now(UTC) + timedelta(minutes=5)
    body = {"starts_at": starts.isoformat(), "status": "planned", "medium": medium}
    path = f"/practices/{own['practice']['id']}/clients/{client}/encounters"
    status, made = dana.api("POST", path, body)
    assert status == 201, made
    return f"/visits/{client}/{made['id']}"


def come(robin: Seat) -> None:
    """From the check into the waiting room."""
    robin.page.get_by_role("button", name="I am ready").click()
    expect(robin.page.get_by_test_id("waiting-room")).to_contain_text("You are in", timeout=WAIT)


def open_room(dana: Seat) -> None:
    """From the check to the list of who waits; nobody comes in by that."""
    dana.page.get_by_role("button", name="Open the room").click()
    lobby = dana.page.get_by_test_id("lobby")
    expect(lobby).to_contain_text("has been waiting since", timeout=WAIT)


def admit(dana: Seat) -> None:
    dana.page.get_by_test_id("lobby").get_by_role("button", name=LET_IN).click()


def let_in(dana: Seat) -> None:
    """From the check into the room, and Robin with her."""
    open_room(dana)
    admit(dana)


def cameras_open(*seats: Seat) -> None:
    """Each has seen their own picture for three seconds.

    Chromium's test camera gives an encoder nothing in its first seconds, whoever opens it.
    """
    for seat in seats:
        seat.page.wait_for_function(_OWN_PICTURE, timeout=WAIT)


def kill(seat: Seat) -> None:
    """The page's process ends in the middle, without a word; a new page takes its place."""
    with contextlib.suppress(Error):
        seat.page.goto("chrome://crash")
    size = seat.page.viewport_size
    seat.page.close()
    seat.page = seat.context.new_page()
    if size is not None:
        seat.page.set_viewport_size(size)


def room(seat: Seat) -> Locator:
    return seat.page.get_by_test_id("room")


def together(*seats: Seat) -> None:
    for seat in seats:
        expect(room(seat)).to_have_attribute("data-phase", "together", timeout=WAIT)
