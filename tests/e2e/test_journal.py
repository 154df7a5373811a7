"""A journal with tags, moods and pictures: written, found, taken along and brought in."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pypdf
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.e2e.accessibility import STILL, assert_accessible, assert_fits
from tests.e2e.test_vault import device, entry, sign_in, unlock
from tests.e2e.world import Seat, World, Worlds
from tests.e2e.writers import WAIT, open_journal, writer

WALK = "Quixotine walked over the Xylophonweg bridge"
SLEEP = "Slept badly, the bridge was in every dream"
ARABIC = "كَتَبْتُ اليوم عن الجسر"
PROMPT = "What was hard today, and how did I get through it?"
PLACE = "48 deg 8 min north"


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    world = worlds.demo()
    return world


@pytest.fixture(scope="module")
def ines(demo: World) -> Seat:
    """Somebody new whose private writing is set up."""
    seat = writer(demo, "Ines", "ines-journal", installs=True)
    notice = seat.page.get_by_test_id("sealed")
    expect(notice).to_contain_text("nobody reads this but you")
    seat.does.press("I understand")
    expect(notice.locator("p").first).to_be_hidden()
    return seat


def photograph(folder: Path) -> Path:
    """A picture as a phone takes it: large, and saying where."""
    picture = Image.effect_noise((2600, 1950), 40).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = PLACE
    path = folder / "IMG_1.jpg"
    picture.save(path, exif=exif)
    assert PLACE.encode() in path.read_bytes()
    return path


def found(seat: Seat) -> Locator:
    return seat.page.get_by_test_id("entry")


def write(seat: Seat, words: str, *, tags: str = "", mood: str = "", prompt: str = "") -> None:
    """Fills the page to write on, which is open afterwards."""
    seat.does.press("Write")
    if prompt:
        seat.does.choose("A question to write to", prompt)
    seat.does.fill("Your words", words)
    if mood:
        seat.does.choose("How pleasant or unpleasant do you feel today?", mood)
    if tags:
        seat.does.fill("Tags", tags)


def see_picture(seat: Seat, words: str) -> None:
    """It is drawn, at the size it was made smaller to."""
    picture = entry(seat, words).get_by_test_id("photo")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible(timeout=WAIT)
    seat.page.wait_for_function("e => e.naturalWidth === 2048", arg=picture.element_handle())


def look(seat: Seat, name: str) -> None:
    assert_fits(seat.page, name)
    assert_accessible(seat.page, name)


def test_an_entry_has_tags_a_mood_a_question_and_a_picture(
    demo: World, ines: Seat, tmp_path: Path
) -> None:
    write(ines, WALK, tags="walk, Outside", mood="4", prompt=PROMPT)
    ines.page.get_by_test_id("photo-chooser").set_input_files(photograph(tmp_path))
    expect(ines.page.get_by_test_id("photo")).to_be_visible(timeout=WAIT)
    look(ines, "the page to write on, with a picture")
    ines.context.set_offline(True)
    ines.does.press("Save")
    card = entry(ines, WALK)
    expect(card).to_contain_text(PROMPT)
    expect(card.get_by_test_id("mood")).to_contain_text("4 of 5")
    see_picture(ines, WALK)
    expect(ines.page.get_by_test_id("waiting")).to_be_visible()
    ines.context.set_offline(False)
    expect(ines.page.get_by_test_id("waiting")).to_have_count(0, timeout=WAIT)
    write(ines, SLEEP, tags="night", mood="2")
    ines.does.press("Save")
    expect(entry(ines, SLEEP)).to_be_visible()
    look(ines, "the journal with tags")


def test_words_and_tags_lead_to_entries(ines: Seat) -> None:
    for words, count in (("BRIDGE", 2), ("xylophon bridge", 1), ("night", 1), ("nowhere", 0)):
        ines.page.get_by_label("Search your writing").fill(words)
        expect(ines.page.get_by_test_id("found")).to_contain_text(f"{count} entr")
        expect(found(ines)).to_have_count(count)
    ines.page.get_by_label("Search your writing").fill("")
    ines.page.get_by_role("button", name="walk", exact=True).click()
    expect(found(ines)).to_have_count(1)
    ines.page.get_by_role("button", name="walk", exact=True).click()
    expect(found(ines)).to_have_count(2)


@pytest.mark.exhaustive
def test_it_leaves_as_markdown_and_paper_and_comes_in_once(
    demo: World, ines: Seat, tmp_path: Path
) -> None:
    desk = device(demo, ines, "Ines at her desk")
    sign_in(desk)
    open_journal(desk)
    desk.does.press("I understand")
    unlock(desk)
    expect(entry(desk, SLEEP)).to_be_visible(timeout=WAIT)
    see_picture(desk, WALK)
    desk.does.press("Take along or bring in")
    with desk.page.expect_download() as started:
        desk.does.press("Markdown folder (zip)")
    saved = tmp_path / "journal.zip"
    started.value.save_as(saved)
    check_folder(saved)
    chooser = desk.page.get_by_test_id("import-files")
    chooser.set_input_files(saved)
    told = desk.page.get_by_test_id("imported")
    expect(told).to_contain_text("2 were here already", timeout=WAIT)
    other = tmp_path / "2019-03-04.md"
    other.write_text(f"---\ntags: [قديم]\n---\n{ARABIC}\n", encoding="utf-8")
    for count in ("1 entry added", "0 entries added"):
        chooser.set_input_files(other)
        expect(told).to_contain_text(count, timeout=WAIT)
    look(desk, "taking along and bringing in")
    desk.does.press("Print or PDF")
    view = desk.page.get_by_test_id("print-view")
    expect(view).to_contain_text(ARABIC)
    expect(view.get_by_test_id("photo")).to_be_visible(timeout=WAIT)
    look(desk, "the journal for paper")
    paper = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(desk.page.pdf())).pages
    )
    assert WALK in " ".join(paper.split())
    assert "Print, or save" not in paper
    assert desk.complaints == []
    assert ines.complaints == []


def check_folder(path: Path) -> None:
    """Two pages with front matter, and one picture that no longer says where it was taken."""
    with zipfile.ZipFile(path) as folder:
        names = folder.namelist()
        pages = [folder.read(name).decode() for name in names if name.endswith(".md")]
        (picture,) = [folder.read(name) for name in names if name.startswith("photos/")]
    assert len(pages) == 2
    walk = next(page for page in pages if WALK in page)
    assert "mood: 4" in walk
    assert "- Outside" in walk
    assert "](photos/" in walk
    with Image.open(io.BytesIO(picture)) as opened:
        assert opened.size == (2048, 1536)
        assert not opened.getexif()
    assert PLACE.encode() not in picture


@pytest.mark.exhaustive
def test_the_server_has_the_picture_sealed_and_loses_it_with_its_entry(
    demo: World, ines: Seat
) -> None:
    folder = Path(demo.server.folder) / "data/files/vault"
    (kept,) = [path for path in folder.rglob("*") if path.is_file()]
    content = kept.read_bytes()
    assert not content.startswith(b"\xff\xd8")
    assert b"JFIF" not in content
    card = entry(ines, WALK)
    card.get_by_role("button", name="Remove the entry").click()
    ines.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(card).to_have_count(0)
    expect(ines.page.get_by_test_id("waiting")).to_have_count(0, timeout=WAIT)
    deadline = time.monotonic() + WAIT / 1000
    while kept.exists():
        assert time.monotonic() < deadline, "the picture outlived its entry"
        ines.page.evaluate(STILL)
