"""Groups in real browsers: five through a real Janus, and four from device to device."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.e2e import calls, group_room
from tests.e2e.server import free_port
from tests.e2e.test_sharing import demo_seat
from tests.e2e.world import PHONE, Seat, World, Worlds
from tests.e2e.writers import WAIT, give_code_and_keys, sign_up_with_keys

pytestmark = pytest.mark.exhaustive
NAMES = ("Ash", "Birch", "Cedar", "Elm")


@pytest.fixture(scope="module")
def media(playwright: Playwright) -> Iterator[Browser]:
    started = calls.launch_with_media(playwright)
    yield started
    started.close()


def make_demo(worlds: Worlds, media: Browser, **environment: str) -> World:
    topics = {"HOLDFAST_TOPICS_PORT": str(free_port())}
    world = worlds.demo(environment=topics | environment)
    world.browser = media
    return world


def members(demo: World, count: int) -> tuple[Seat, list[Seat]]:
    """Dana at a desk, and people on their phones, all with keys."""
    dana = group_room.with_media(demo_seat(demo, "Dana", "dana"))
    give_code_and_keys(dana)
    people = []
    for name in NAMES[:count]:
        seat = group_room.with_media(demo.seat(name, name.lower(), viewport=PHONE))
        sign_up_with_keys(seat)
        people.append(seat)
    return dana, people


def all_in(dana: Seat, people: list[Seat], page: str, *, keys: bool = True, most: int = 4) -> None:
    """All wait, and the first so many of them are let in."""
    for seat in people:
        seat.go(page)
        group_room.enter(seat, f"{seat.name} tree", keys=keys)
    dana.go(page)
    group_room.enter(dana, "Dana", button="Open the room", keys=keys)
    for seat in people:
        # Nobody comes in by themself.
        expect(seat.page.get_by_test_id("waiting-room")).to_be_visible(timeout=WAIT)
    for seat in people[:most]:
        group_room.let_in(dana, seat)


def test_five_see_each_other_through_the_media_server_and_a_wrong_key_sees_nobody(
    worlds: Worlds, media: Browser
) -> None:
    demo = make_demo(worlds, media, HOLDFAST_SFU="1")
    dana, people = members(demo, 4)
    page = group_room.book(demo, *people)
    all_in(dana, people, page)
    everybody = [dana, *people]
    group_room.sealed(5, *everybody)
    group_room.all_see(4, *everybody)
    # The names that they chose, and no others.
    tiles = people[0].page.get_by_test_id("tile")
    expect(tiles).to_have_count(4)
    expect(tiles.filter(has_text="Birch tree")).to_have_count(1)
    expect(dana.page.get_by_test_id("guests")).to_contain_text("(here: Ash tree)")

    # One of them has another key: they see nobody and nobody sees them; the others go on.
    elm, others = people[3], everybody[:4]
    elm.context.add_init_script(group_room.WRONG_KEY)
    elm.page.reload()
    group_room.sealed(5, *everybody)
    group_room.until(elm.page, lambda now: now["bytes"] > 200_000)
    before = [group_room.coming(seat.page)["frames"] for seat in others]
    for seat, frames in zip(others, before, strict=True):
        group_room.until(seat.page, lambda now, frames=frames: now["frames"] > frames + 30)  # type: ignore[misc]
    found = group_room.coming(elm.page)
    assert (found["seen"], found["frames"], found["heard"]) == (0, 0, 0), found

    # Taken out: over for them, and the others have a key that they have not.
    dana.page.get_by_role("button", name="Take Elm out").click()
    dana.page.get_by_role("dialog").get_by_role("button", name="Take out").click()
    expect(elm.page.get_by_test_id("group-over")).to_be_visible(timeout=WAIT)
    group_room.sealed(4, *others)

    # The server and the media server go and come back: so does everybody.
    demo.server.stop()
    demo.server.start("--demo")
    group_room.all_see(3, *others)
    group_room.sealed(4, *others)

    # Sound only: no pictures come.
    ash = people[0].page
    ash.get_by_role("button", name="Sound only").click()
    expect(ash.get_by_role("button", name="Sound only")).to_have_attribute("aria-pressed", "true")
    expect(dana.page.get_by_test_id("tile").filter(has_text="Ash")).to_contain_text(
        "Camera off", timeout=WAIT
    )

    dana.page.get_by_role("button", name="Finish the group").click()
    dana.page.get_by_role("dialog").get_by_role("button", name="Yes, it is over").click()
    for seat in people[:3]:
        expect(seat.page.get_by_test_id("group-over")).to_contain_text(
            "The group is over", timeout=WAIT
        )


def test_whoever_has_no_keys_is_named_as_the_reason_why_the_server_could_see(
    worlds: Worlds, media: Browser
) -> None:
    demo = make_demo(worlds, media, HOLDFAST_SFU="1")
    dana = group_room.with_media(demo_seat(demo, "Dana", "dana"))
    robin = group_room.with_media(demo_seat(demo, "Robin", "robin"))
    page = group_room.book(demo, robin)
    all_in(dana, [robin], page, keys=False)
    for seat in (dana, robin):
        group_room.until(seat.page, lambda now: now["seen"] == 1)
        guard = seat.page.get_by_test_id("guard")
        expect(guard).to_contain_text("Not end-to-end encrypted", timeout=WAIT)


def test_four_see_each_other_without_a_media_server_and_a_fifth_is_refused_plainly(
    worlds: Worlds, media: Browser
) -> None:
    demo = make_demo(worlds, media, HOLDFAST_SFU="0")
    dana, people = members(demo, 4)
    page = group_room.book(demo, *people)
    all_in(dana, people, page, most=3)
    four = [dana, *people[:3]]
    group_room.all_see(3, *four)
    for seat in four:
        expect(seat.page.get_by_test_id("guard")).to_contain_text("straight from device to device")
        expect(seat.page.get_by_test_id("tile").filter(has_text="tree").first).to_be_visible()
    fifth = people[3]
    group_room.admit(dana, fifth)
    expect(dana.page.get_by_role("alert")).to_contain_text("a group holds four")
    expect(fifth.page.get_by_test_id("waiting-room")).to_be_visible()
