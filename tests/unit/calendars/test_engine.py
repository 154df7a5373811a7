"""Calendar texts in and out, judged by two parsers that know nothing of each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from holdfast.meet.calendars import engine
from holdfast.meet.calendars.dav import Dav, DavFault
from holdfast.meet.calendars.engine import Booking, NotACalendar, Party

pytestmark = pytest.mark.any_database

STAMP = datetime(2026, 1, 1, tzinfo=UTC)
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
ONE = Booking(
    "01a0-1@holdfast",
    2,
    datetime(2026, 6, 2, 8, tzinfo=UTC),
    datetime(2026, 6, 2, 8, 50, tzinfo=UTC),
    "Appointment",
)
instants = st.integers(0, 3_000_000_000).map(
    lambda seconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=80)
bookings = st.builds(
    lambda uid, sequence, at, minutes, title, place: Booking(
        f"{uid}@holdfast", sequence, at, at + timedelta(minutes=minutes), title, place
    ),
    st.uuids(),
    st.integers(0, 1000),
    instants,
    st.integers(5, 600),
    words,
    words,
)


@given(st.lists(bookings, max_size=5, unique_by=lambda each: each.uid))
def test_two_parsers_read_in_a_feed_what_was_written(shown: list[Booking]) -> None:
    text = engine.feed(shown, "Holdfast", STAMP)
    ours = {
        str(found["uid"]): (
            found.decoded("dtstart"),
            found.decoded("dtend"),
            int(str(found["sequence"])),
        )
        for found in Calendar.from_ical(text).walk("VEVENT")
    }
    assert ours == {each.uid: (each.starts_at, each.ends_at, each.sequence) for each in shown}
    theirs = vobject.readOne(text.decode())
    theirs.validate(raiseException=True)
    events = {
        each.uid.value: (each.dtstart.value, each.dtend.value, each.summary.value)
        for each in theirs.contents.get("vevent", [])
    }
    assert events == {each.uid: (each.starts_at, each.ends_at, each.title) for each in shown}
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))


def test_the_same_appointments_give_the_same_bytes() -> None:
    assert engine.feed([ONE], "Holdfast", STAMP) == engine.feed([ONE], "Holdfast", STAMP)


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_is_itip_and_asks_for_no_answer(method: Literal["REQUEST", "CANCEL"]) -> None:
    text = engine.invitation(
        Booking(**{**vars(ONE), "cancelled": method == "CANCEL"}),
        method,
        Party("calendar@example.org"),
        Party("mira@example.org", "Mira"),
        STAMP,
    )
    calendar = Calendar.from_ical(text)
    assert str(calendar["method"]) == method
    (found,) = calendar.walk("VEVENT")
    assert (str(found["uid"]), int(str(found["sequence"]))) == (ONE.uid, 2)
    assert str(found["organizer"]) == "mailto:calendar@example.org"
    assert str(found["attendee"]) == "mailto:mira@example.org"
    assert found["attendee"].params["RSVP"] == "FALSE"
    assert str(found["status"]) == ("CANCELLED" if method == "CANCEL" else "CONFIRMED")
    vobject.readOne(text.decode()).validate(raiseException=True)


def test_what_is_written_to_a_server_asks_it_to_invite_nobody() -> None:
    text = engine.event(ONE, "calendar@example.org", STAMP)
    (found,) = Calendar.from_ical(text).walk("VEVENT")
    assert found["organizer"].params["SCHEDULE-AGENT"] == "NONE"
    assert "attendee" not in found


WEEKLY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Other//EN
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:weekly
DTSTAMP:20260101T000000Z
DTSTART;TZID=America/New_York:20261020T090000
DTEND;TZID=America/New_York:20261020T100000
RRULE:FREQ=WEEKLY;COUNT=4
EXDATE;TZID=America/New_York:20261110T090000
SUMMARY:Chemotherapy with Dr Secret
DESCRIPTION:Secret
END:VEVENT
END:VCALENDAR
"""


def event(*lines: str) -> bytes:
    body = "\n".join(["BEGIN:VEVENT", "UID:x", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"])
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{body}\nEND:VCALENDAR\n".encode()


def busy(*texts: bytes, zone: ZoneInfo = BERLIN) -> list[tuple[datetime, datetime]]:
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    return engine.busy_times(texts, zone, since, until)


def test_nine_o_clock_stays_nine_o_clock_over_a_change_of_clocks() -> None:
    found = [begins for begins, _ in busy(engine.stripped(WEEKLY.encode()))]
    assert [(each.day, each.hour) for each in found] == [(20, 13), (27, 13), (3, 14)]
    assert {each.astimezone(NEW_YORK).hour for each in found} == {9}


def test_of_a_foreign_event_nothing_is_kept_but_when_it_is() -> None:
    slim = engine.stripped(WEEKLY.encode()).decode().lower()
    for word in ("chemo", "secret", "description", "summary"):
        assert word not in slim


def test_all_day_and_floating_times_are_the_owners_own() -> None:
    day = busy(event("DTSTART;VALUE=DATE:20260602"))
    assert day == [
        (datetime(2026, 6, 1, 22, tzinfo=UTC), datetime(2026, 6, 2, 22, tzinfo=UTC)),
    ]
    floating = busy(event("DTSTART:20260602T090000", "DURATION:PT1H"), zone=NEW_YORK)
    assert floating[0][0] == datetime(2026, 6, 2, 13, tzinfo=UTC)


@pytest.mark.parametrize("line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED"])
def test_what_is_free_or_cancelled_does_not_block(line: str) -> None:
    assert busy(event("DTSTART:20260602T090000Z", "DTEND:20260602T100000Z", line)) == []


def test_events_that_touch_are_one_busy_time() -> None:
    first = event("DTSTART:20260602T090000Z", "DTEND:20260602T100000Z")
    second = event("DTSTART:20260602T100000Z", "DTEND:20260602T113000Z")
    assert busy(second, first) == [
        (datetime(2026, 6, 2, 9, tzinfo=UTC), datetime(2026, 6, 2, 11, 30, tzinfo=UTC))
    ]


def test_what_repeats_each_minute_is_not_taken_in() -> None:
    slim = engine.stripped(event("DTSTART:20260602T090000Z", "RRULE:FREQ=SECONDLY"))
    assert busy(slim) == []


@pytest.mark.parametrize("text", [b"", b"<html>", b"BEGIN:VCALENDAR\nBEGIN:VEVENT", b"\xff\xfe"])
def test_what_is_no_calendar_is_said_to_be_none(text: bytes) -> None:
    with pytest.raises(NotACalendar):
        engine.stripped(text)


@given(st.binary(max_size=300))
def test_whatever_comes_in_is_read_or_refused(noise: bytes) -> None:
    text = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + noise + b"\nEND:VEVENT\nEND:VCALENDAR\n"
    for each in (noise, text):
        try:
            engine.stripped(each)
        except NotACalendar:
            continue


def test_a_server_names_no_address_but_its_own() -> None:
    dav = Dav("https://dav.example.org/cal/", "u", "p")
    assert dav._own("/cal/x.ics") == "https://dav.example.org/cal/x.ics"
    for wrong in ("https://elsewhere.example.org/x", "http://dav.example.org/x", "//10.0.0.1/x"):
        with pytest.raises(DavFault, match="not-understood"):
            dav._own(wrong)


def test_entities_in_an_answer_are_not_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    from holdfast.core import outbound

    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'

    def answer(*args: Any, **kwargs: Any) -> outbound.Answer:
        return outbound.Answer(207, bomb)

    monkeypatch.setattr(outbound, "fetch", answer)
    with pytest.raises(DavFault, match="not-understood"):
        Dav("https://dav.example.org/", "u", "p").calendars()
