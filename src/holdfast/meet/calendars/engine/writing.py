"""Our appointments as RFC 5545. Instants are UTC: they mean the same in every calendar and zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT: Final = "-//Holdfast//Holdfast//EN"


@dataclass(frozen=True)
class Booking:
    """What a calendar elsewhere is told of an appointment. `title` and `place` are whatever its
    owner chose to show there; `sequence` and `uid` stay with the appointment for good.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str = ""
    cancelled: bool = False


@dataclass(frozen=True)
class Party:
    """Somebody in an invitation: a mail address, and a name where one is to be shown."""

    address: str
    name: str = ""


def feed(bookings: Iterable[Booking], name: str, stamp: datetime) -> bytes:
    """A calendar to subscribe to. `stamp` stays the same, or each fetch looks like a change."""
    calendar = _calendar()
    calendar.add("x-wr-calname", name)
    # RFC 7986, 5.7, and the older name for it.
    calendar.add("refresh-interval", timedelta(minutes=30), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT30M")
    for booking in bookings:
        calendar.add_component(_event(booking, stamp))
    return bytes(calendar.to_ical())


def event(booking: Booking, organizer: str, stamp: datetime) -> bytes:
    """One appointment as it is written to a CalDAV server.

    SCHEDULE-AGENT=NONE (RFC 6638, 7.1): the server must not send invitations of its own; who is to
    come hears from us, once.
    """
    calendar = _calendar()
    found = _event(booking, stamp)
    found.add("organizer", _address(Party(organizer), {"SCHEDULE-AGENT": "NONE"}))
    calendar.add_component(found)
    return bytes(calendar.to_ical())


def invitation(
    booking: Booking,
    method: Literal["REQUEST", "CANCEL"],
    organizer: Party,
    attendee: Party,
    stamp: datetime,
) -> bytes:
    """An iTIP message (RFC 5546). No answer is asked for: answers by calendar are not read."""
    calendar = _calendar()
    calendar.add("method", method)
    found = _event(booking, stamp)
    found.add("organizer", _address(organizer, {}))
    state = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    found.add("attendee", _address(attendee, state), encode=False)
    calendar.add_component(found)
    return bytes(calendar.to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    return calendar


def _event(booking: Booking, stamp: datetime) -> Event:
    found = Event()
    found.add("uid", booking.uid)
    found.add("sequence", booking.sequence)
    found.add("dtstamp", stamp.astimezone(UTC))
    found.add("dtstart", booking.starts_at.astimezone(UTC))
    found.add("dtend", booking.ends_at.astimezone(UTC))
    found.add("summary", booking.title)
    if booking.place:
        found.add("location", booking.place)
    found.add("status", "CANCELLED" if booking.cancelled else "CONFIRMED")
    found.add("class", "PRIVATE")
    found.add("transp", "OPAQUE")
    return found


def _address(party: Party, parameters: dict[str, str]) -> vCalAddress:
    address = vCalAddress(f"mailto:{party.address}")
    if party.name:
        address.params["CN"] = vText(party.name)
    for name, value in parameters.items():
        address.params[name] = vText(value)
    return address
