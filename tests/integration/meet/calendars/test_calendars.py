"""Feeds, invitations, and a real CalDAV server with which bookings converge."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import django.test
import pytest
import time_machine
import vobject
from icalendar import Calendar

from holdfast.core.audit.models import AuditEvent
from holdfast.core.notify import tasks as delivering
from holdfast.core.notify.models import Notification
from holdfast.meet.calendars import copies, erasure, facade, handlers, invitations, tasks
from holdfast.meet.calendars.models import BusyTime, CalendarWishes, Feed, Invitation, Item, Source
from holdfast.meet.scheduling import facade as scheduling
from holdfast.meet.scheduling.facade import AppointmentBooked
from tests import factories
from tests.integration.core import mail_server
from tests.integration.core.mail_server import Mailbox
from tests.integration.meet.calendars import ics_file, radicale
from tests.integration.meet.calendars.radicale import PASSWORD, USER, Radicale
from tests.integration.meet.scheduling.scene import NOW, Scene, at, make_scene

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive_on_postgres]


@pytest.fixture
def scene() -> Iterator[Scene]:
    with time_machine.travel(NOW, tick=False):
        found = make_scene()
        user = factories.make_user(email="mira@example.org", time_zone="Europe/Berlin")
        found.client = factories.make_client(found.practice, user=user, display_name="Mira Test")
        found.dana.user.time_zone = "Europe/Berlin"
        found.dana.user.save()
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    with radicale.running(tmp_path_factory.mktemp("radicale")) as running:
        yield running


@pytest.fixture
def calendar(server: Radicale, settings: Any) -> Iterator[Radicale]:
    settings.OUTBOUND_HOSTS = frozenset({"127.0.0.1"})
    yield server
    for name in re.findall(r"[\w-]+\.ics", _names(server)):
        server.delete(name)


def _names(server: Radicale) -> str:
    body = b'<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
    return server.call("PROPFIND", f"/{USER}/diary/", body, Depth="1").decode()


def path(scene: Scene, rest: str = "") -> str:
    return f"/api/v1/practices/{scene.practice.pk}/calendar{rest}"


def dana(scene: Scene) -> django.test.Client:
    return factories.browser(scene.dana.user)


def mira(scene: Scene) -> django.test.Client:
    assert scene.client.user is not None
    return factories.browser(scene.client.user)


def connected(scene: Scene, calendar: Radicale) -> Source:
    body = {"kind": "caldav", "url": calendar.url, "user": USER, "password": PASSWORD}
    answer = dana(scene).post(
        path(scene, "/accounts"), body | {"writes": True, "name": "Work"}, "application/json"
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["accounts"][0]["outcome"] == "ok"
    return Source.objects.select_related("membership__user").get()


def round_trip(source: Source, now: datetime) -> None:
    source.refresh_from_db()
    assert tasks.run(source, now) == "ok"


def event(name: str, begins: str, ends: str, *more: str) -> str:
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Other//EN", "BEGIN:VEVENT", f"UID:{name}",
        "DTSTAMP:20260101T000000Z", f"DTSTART:{begins}", f"DTEND:{ends}", "SUMMARY:Dentist", *more,
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines)


# --- feeds ---------------------------------------------------------------------------------


def test_a_feed_shows_neutral_entries_until_it_is_revoked(scene: Scene) -> None:
    appointment = scene.book(at(10, days=2))
    browser = mira(scene)
    made = browser.put(path(scene, "/feed"), {}, "application/json").json()["feed"]
    url = made["url"].removeprefix("http://localhost:8000")
    reader = django.test.Client()
    first = reader.get(url)
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    (found,) = Calendar.from_ical(first.content).walk("VEVENT")
    assert (found.decoded("dtstart"), str(found["uid"])) == (at(10, days=2), appointment.uid)
    text = first.content.decode().lower()
    for word in ("dana", "talk", "mira", scene.practice.name.lower()):
        assert word not in text
    assert reader.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    scene.book(at(12, days=2))
    assert reader.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 200
    browser.put(path(scene, "/feed"), {"detail": "details"}, "application/json")
    assert "Dana" in reader.get(url).content.decode()
    shown = browser.get(path(scene)).json()["feed"]
    assert shown["fetched_at"] is not None
    browser.delete(path(scene, "/feed"))
    assert reader.get(url).status_code == 404
    again = browser.put(path(scene, "/feed"), {}, "application/json").json()["feed"]
    assert again["url"] != made["url"]


def test_a_clinicians_feed_never_names_a_client(scene: Scene) -> None:
    scene.book(at(10, days=2))
    body = {"detail": "details"}
    made = dana(scene).put(path(scene, "/feed"), body, "application/json").json()["feed"]
    text = django.test.Client().get(made["url"].removeprefix("http://localhost:8000")).content
    assert len(Calendar.from_ical(text).walk("VEVENT")) == 1
    assert b"Mira" not in text


def test_making_changing_and_revoking_a_feed_stand_in_the_log_of_its_record(scene: Scene) -> None:
    browser = mira(scene)
    for detail in ("busy", "busy", "details"):
        answer = browser.put(path(scene, "/feed"), {"detail": detail}, "application/json")
        assert answer.status_code == 200
    for _ in range(2):
        assert browser.delete(path(scene, "/feed")).status_code == 204
    log = AuditEvent.objects.filter(resource="calendar_feed").order_by("id")
    assert [one.action for one in log] == ["make", "change", "revoke"]
    assert {one.client_id for one in log} == {scene.client.pk}


def test_a_copy_has_the_feed_without_its_secret_and_the_invitations(scene: Scene) -> None:
    mira(scene).put(path(scene, "/feed"), {"detail": "busy"}, "application/json")
    Invitation.objects.create(
        practice=scene.practice, client=scene.client, appointment_id=uuid.uuid4(), sequence=0,
        method="REQUEST", created_at=NOW,
    )  # fmt: skip
    assert list(copies.feed_rows(scene.client)) == [(NOW, "busy", None)]
    assert [one["sent"][:10] for one in copies.invitation_resources(scene.client)] == [
        f"{NOW:%Y-%m-%d}"
    ]
    assert len(list(copies.invitation_rows(scene.client))) == 1
    assert erasure.old_invitations(scene.practice.pk, NOW).count() == 0
    assert erasure.old_invitations(scene.practice.pk, NOW + timedelta(days=1)).count() == 1


def test_the_secret_of_a_feed_is_in_no_column(scene: Scene) -> None:
    made = mira(scene).put(path(scene, "/feed"), {}, "application/json").json()["feed"]
    secret = made["url"].rpartition("/")[2].removesuffix(".ics")
    row = Feed.objects.get()
    assert secret not in row.digest
    assert secret.encode() not in bytes(row.secret_sealed)


def test_one_reads_ones_own_calendar_in_few_statements(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    browser = mira(scene)
    browser.put(path(scene, "/feed"), {}, "application/json")
    browser.get(path(scene))
    # session, account, memberships, practice; feed, wishes, accounts, questions
    with django_assert_num_queries(8):
        assert browser.get(path(scene)).json()["may_connect"] is False


# --- invitations ---------------------------------------------------------------------------


def _part(message: EmailMessage) -> tuple[str, Any]:
    part = next(each for each in message.walk() if each.get_content_type() == "text/calendar")
    method = part.get_param("method")
    assert isinstance(method, str)
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    (found,) = Calendar.from_ical(content).walk("VEVENT")
    return method, found


def test_invitations_follow_an_appointment_with_one_uid_and_growing_sequences(
    scene: Scene, settings: Any
) -> None:
    assert scene.client.user is not None
    CalendarWishes.objects.create(user=scene.client.user, invitations=True)
    appointment = scene.book(at(10, days=2))
    key = (scene.practice.pk, appointment.pk)
    with mail_server.running(settings) as mailbox:
        for change in ("book", "move", "cancel"):
            if change == "move":
                scheduling.reschedule(*key, starts_at=at(12, days=2), by=scene.by_dana)
            if change == "cancel":
                scheduling.cancel(*key, by=scene.by_dana)
            for _ in range(2):
                invitations.bring_up_to_date(*key, NOW)
            # The app was open in between: an invitation is for a program, and goes all the same.
            Notification.objects.update(seen_at=NOW)
            delivering.deliver_due(NOW)
        found = [_part(one) for one in _invitations(mailbox)]
    assert [method for method, _ in found] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(each["uid"]) for _, each in found} == {appointment.uid}
    sequences = [int(each["sequence"]) for _, each in found]
    assert sequences == sorted(set(sequences))
    assert found[1][1].decoded("dtstart") == at(12, days=2)
    assert not any("dana" in str(each["summary"]).lower() for _, each in found)


def _invitations(mailbox: Mailbox) -> list[EmailMessage]:
    return [one for one in mailbox.messages if one.is_multipart()]


def test_nobody_is_invited_who_did_not_wish_it(scene: Scene) -> None:
    appointment = scene.book(at(10, days=2))
    invitations.bring_up_to_date(scene.practice.pk, appointment.pk, NOW)
    assert not Notification.objects.filter(kind="appointment-invitation").exists()
    answer = mira(scene).patch(path(scene), {"invitations": True}, "application/json")
    assert answer.json()["invitations"] is True
    assert Notification.objects.filter(kind="appointment-invitation").count() == 1
    tasks._invited.clear()
    tasks.invite_missing(NOW)
    assert Notification.objects.filter(kind="appointment-invitation").count() == 1


# --- CalDAV --------------------------------------------------------------------------------


def test_a_clinician_finds_their_calendar_by_the_servers_address(
    scene: Scene, calendar: Radicale
) -> None:
    body = {"url": calendar.root + "/", "user": USER, "password": PASSWORD}
    found = dana(scene).post(path(scene, "/accounts/look"), body, "application/json").json()
    assert found["items"] == [{"url": calendar.url, "name": "Work"}]
    wrong = dana(scene).post(
        path(scene, "/accounts/look"), body | {"password": "x"}, "application/json"
    )
    assert (wrong.status_code, wrong.json()["reason"]) == (422, "refused")


def test_an_address_inside_is_not_called_unless_the_operator_allows_it(
    scene: Scene, server: Radicale
) -> None:
    body = {"url": server.root + "/", "user": USER, "password": PASSWORD}
    answer = dana(scene).post(path(scene, "/accounts/look"), body, "application/json")
    assert answer.json()["reason"] == "address-not-allowed"


def test_bookings_converge_with_a_real_caldav_server(scene: Scene, calendar: Radicale) -> None:
    kept = scene.book(at(10, days=2))
    source = connected(scene, calendar)
    name = f"{kept.pk}.ics"
    (found,) = Calendar.from_ical(calendar.read(name)).walk("VEVENT")
    assert (str(found["uid"]), found.decoded("dtstart")) == (kept.uid, at(10, days=2))
    assert found["organizer"].params["SCHEDULE-AGENT"] == "NONE"
    assert "Mira" not in calendar.read(name)
    vobject.readOne(calendar.read(name)).validate(raiseException=True)

    # Moved here: written there. Nothing else is.
    key = (scene.practice.pk, kept.pk)
    scheduling.reschedule(*key, starts_at=at(12, days=2), by=scene.by_dana)
    round_trip(source, NOW)
    assert "DTSTART:20260603T100000Z" in calendar.read(name)

    # Moved there: moved here, and what stands there is ours again.
    calendar.put(
        name, calendar.read(name).replace("T100000Z", "T120000Z").replace("T105000Z", "T125000Z")
    )
    round_trip(source, NOW)
    view = scheduling.get(*key)
    assert view.starts_at == datetime(2026, 6, 3, 12, tzinfo=UTC)
    assert f"SEQUENCE:{view.sequence}" in calendar.read(name)
    round_trip(source, NOW)
    assert scheduling.get(*key).sequence == view.sequence

    # Cancelled here: gone there.
    scheduling.cancel(*key, by=scene.by_dana)
    round_trip(source, NOW)
    assert "BEGIN:VEVENT" not in calendar.whole()


def test_a_move_that_cannot_be_is_written_back_and_its_clinician_told(
    scene: Scene, calendar: Radicale
) -> None:
    first, second = scene.book(at(10, days=2)), scene.book(at(14, days=2))
    source = connected(scene, calendar)
    name = f"{first.pk}.ics"
    calendar.put(
        name, calendar.read(name).replace("T080000Z", "T120000Z").replace("T085000Z", "T125000Z")
    )
    round_trip(source, NOW)
    assert scheduling.get(scene.practice.pk, first.pk).starts_at == at(10, days=2)
    assert scheduling.get(scene.practice.pk, second.pk).starts_at == at(14, days=2)
    assert "DTSTART:20260603T080000Z" in calendar.read(name)
    told = Notification.objects.filter(recipient=scene.dana.user, kind="calendar-refused")
    assert told.count() == 1
    round_trip(source, NOW)
    assert told.count() == 1


@pytest.mark.parametrize("decision", ["cancel", "restore"])
def test_one_that_is_deleted_there_is_asked_about(
    decision: str, scene: Scene, calendar: Radicale
) -> None:
    appointment = scene.book(at(10, days=2))
    source = connected(scene, calendar)
    calendar.delete(f"{appointment.pk}.ics")
    for _ in range(2):
        round_trip(source, NOW)
    view = scheduling.get(scene.practice.pk, appointment.pk)
    assert view.status == "booked"
    assert Notification.objects.filter(kind="calendar-question").count() == 1
    (question,) = dana(scene).get(path(scene)).json()["questions"]
    assert question["appointment_id"] == str(appointment.pk)
    answered = dana(scene).post(
        path(scene, f"/questions/{question['id']}"), {"decision": decision}, "application/json"
    )
    assert answered.json()["questions"] == []
    round_trip(source, NOW)
    view = scheduling.get(scene.practice.pk, appointment.pk)
    assert view.status == ("cancelled" if decision == "cancel" else "booked")
    assert ("BEGIN:VEVENT" in calendar.whole()) == (decision == "restore")


def test_what_others_put_there_blocks_times_here_and_is_kept_without_its_words(
    scene: Scene, calendar: Radicale
) -> None:
    calendar.put("dentist.ics", event("dentist", "20260603T080000Z", "20260603T100000Z"))
    calendar.put(
        "lecture.ics",
        event("lecture", "20260601T130000Z", "20260601T140000Z", "RRULE:FREQ=WEEKLY"),
    )
    source = connected(scene, calendar)
    since, until = at(8, days=2), at(20, days=2)
    assert facade.busy(scene.dana.pk, since, until) == [(at(10, days=2), at(12, days=2))]
    free = scheduling.free_slots(scene.practice.pk, scene.dana.pk, scene.kind.pk, since, until)
    assert free
    assert not any(at(9, 1, 2) < each.starts_at < at(12, days=2) for each in free)
    weekly = facade.busy(scene.dana.pk, NOW, NOW + timedelta(days=60))
    assert sum(begins.hour == 13 for begins, _ in weekly) == 9
    for item in Item.objects.all():
        assert "Dentist" not in str(item.content)
    calendar.delete("dentist.ics")
    round_trip(source, NOW)
    assert facade.busy(scene.dana.pk, since, until) == []


def test_a_process_that_was_killed_after_it_wrote_writes_no_second_time(
    scene: Scene, calendar: Radicale
) -> None:
    scene.book(at(10, days=2))
    source = connected(scene, calendar)
    Item.objects.all().delete()
    Source.objects.update(state_sealed=b"")
    round_trip(source, NOW)
    assert Item.objects.filter(appointment_id__isnull=False).count() == 1
    assert calendar.whole().count("BEGIN:VEVENT") == 1


def test_an_account_that_is_disconnected_leaves_nothing_of_ours_there(
    scene: Scene, calendar: Radicale
) -> None:
    calendar.put("dentist.ics", event("dentist", "20260603T080000Z", "20260603T100000Z"))
    scene.book(at(14, days=2))
    source = connected(scene, calendar)
    assert calendar.whole().count("BEGIN:VEVENT") == 2
    other = factories.make_member(scene.practice, "clinician")
    stranger = factories.browser(other.user).delete(path(scene, f"/accounts/{source.pk}"))
    assert stranger.status_code == 404
    assert dana(scene).delete(path(scene, f"/accounts/{source.pk}")).status_code == 204
    assert calendar.whole().count("BEGIN:VEVENT") == 1
    assert not BusyTime.objects.exists()


def test_a_server_that_is_away_is_tried_less_and_less_and_its_owner_told_once(
    scene: Scene, calendar: Radicale
) -> None:
    source = connected(scene, calendar)
    source.account = source.account | {"url": "http://127.0.0.1:9/dana/diary/"}
    source.save()
    now = NOW
    waits = []
    for _ in range(5):
        now = Source.objects.get().next_sync_at
        assert tasks.synchronise_due(now) == 1
        assert tasks.synchronise_due(now) == 0
        waits.append(Source.objects.get().next_sync_at - now)
    assert waits == [timedelta(minutes=m) for m in (10, 20, 40, 80, 160)]
    assert Notification.objects.filter(kind="calendar-failed").count() == 1
    shown = dana(scene).get(path(scene)).json()["accounts"][0]
    assert (shown["outcome"], shown["synced_at"] is not None) == ("unreachable", True)


def test_the_busy_times_of_an_ics_file_block_bookings_until_they_go(
    scene: Scene, settings: Any
) -> None:
    settings.OUTBOUND_HOSTS = frozenset({"127.0.0.1"})
    with ics_file.running() as file:
        file.text = event("dentist", "20260603T080000Z", "20260603T100000Z")
        body = {"kind": "ics", "url": file.url, "name": "Private"}
        answer = dana(scene).post(path(scene, "/accounts"), body, "application/json")
        assert answer.status_code == 200, answer.content
        shown = answer.json()["accounts"][0]
        assert (shown["outcome"], shown["busy_times"], shown["writes"]) == ("ok", 1, False)
        day = datetime(2026, 6, 3, tzinfo=UTC)
        busy = facade.busy(scene.dana.pk, day, day + timedelta(days=1))
        assert [(one.starts_at.hour, one.ends_at.hour) for one in BusyTime.objects.all()] == [
            (8, 10)
        ]
        assert len(list(busy)) == 1

        source = Source.objects.select_related("membership__user").get()
        round_trip(source, NOW)
        assert file.statuses[-1] == 304
        file.text = event("dentist", "20260604T080000Z", "20260604T100000Z")
        round_trip(source, NOW)
        assert [one.starts_at.day for one in BusyTime.objects.all()] == [4]
    assert set(file.methods) == {"GET"}


def test_an_ics_address_is_read_and_never_written(scene: Scene, calendar: Radicale) -> None:
    calendar.put("dentist.ics", event("dentist", "20260603T080000Z", "20260603T100000Z"))
    url = calendar.url.replace("//", f"//{USER}:{PASSWORD}@", 1)
    refused = dana(scene).post(
        path(scene, "/accounts"), {"kind": "ics", "url": url, "writes": True}, "application/json"
    )
    assert refused.status_code == 422
    assert PASSWORD.encode() not in refused.content


def test_a_change_here_makes_the_calendar_due_at_once(scene: Scene, calendar: Radicale) -> None:
    connected(scene, calendar)
    assert Source.objects.get().next_sync_at > NOW
    appointment = scene.book(at(10, days=2))
    handlers.on_change(AppointmentBooked(scene.practice.pk, appointment.pk))
    assert Source.objects.get().next_sync_at <= NOW
