"""Sealed threads: who belongs, what the server keeps, and who is told."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from holdfast.core import clock
from holdfast.core.audit.models import AuditEvent
from holdfast.core.identity.erasure import Subject
from holdfast.core.leaving import copies
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import Client, Role
from holdfast.core.vault import files_folder
from holdfast.core.vault.engine import content as contents
from holdfast.core.vault.schemas import written
from holdfast.meet.messages import erasure, facade
from holdfast.meet.messages.models import Epoch, EpochKey, Member, Message, Thread, ThreadFile
from tests import factories
from tests.integration.core.shares import Therapist, therapist_of
from tests.integration.core.vaults import Device, person_in_care
from tests.integration.meet.talking import Talker

pytestmark = pytest.mark.django_db


class Scene:
    """Ines with Dana on her care team, Pim beside her, and Sol who supervises Dana."""

    def __init__(self) -> None:
        device = person_in_care()
        assert device.client is not None
        self.client: Client = device.client
        self.practice = self.client.practice
        self.team = {name: therapist_of(device, primary=name == "dana") for name in ("dana", "pim")}
        member = factories.make_member(self.practice, Role.SUPERVISOR)
        dana = self.team["dana"].member
        assert dana is not None
        factories.supervise(member, dana)
        above = Device(member.user)
        assert above.set_up().status_code == 204
        self.ines = self.talker(device)
        self.dana = self.talker(self.team["dana"])
        self.pim = self.talker(self.team["pim"])
        self.sol = self.talker(above)

    def talker(self, device: Device) -> Talker:
        return Talker(device, self.practice)

    def thread(self, *others: Talker, kind: str = "client", by: Talker | None = None) -> str:
        answer = (by or self.ines).open(self.client, *others, kind=kind)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])

    def end_place(self, therapist: Therapist) -> None:
        assert therapist.on_team is not None
        therapist.on_team.ends_on = clock.now().date() - timedelta(days=1)
        therapist.on_team.save()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def texts(talker: Talker, thread: str) -> list[bytes | None]:
    return [each.text for each in talker.read(thread)]


def test_both_read_what_both_wrote_in_one_order(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    scene.ines.say(thread, "I slept badly.")
    scene.dana.say(thread, "Tell me more on Thursday.")
    scene.ines.say(thread, "I will.")
    wanted = [b"I slept badly.", b"Tell me more on Thursday.", b"I will."]
    assert texts(scene.ines, thread) == texts(scene.dana, thread) == wanted
    assert [each.seq for each in scene.dana.read(thread)] == [1, 2, 3]


def test_the_server_holds_none_of_the_words(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    scene.ines.say(thread, "canary-quixotine")
    row = Message.objects.get()
    kept = b"".join(
        bytes(value) for value in vars(row).values() if isinstance(value, bytes | memoryview)
    )
    assert b"canary" not in kept
    assert row.sender_id == scene.ines.id


def test_the_same_message_again_keeps_its_place(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    body = scene.ines.say(thread, "Once.")
    again = scene.ines.post(thread, body)
    assert (again.status_code, again.json()) == (200, {"seq": 1})
    anew = scene.ines.sealed(thread, b"Once.", uuid.UUID(body["id"]))
    assert scene.ines.post(thread, anew).json() == {"seq": 1}
    assert Message.objects.count() == 1
    taken = scene.dana.post(thread, scene.dana.sealed(thread, b"Mine.", uuid.UUID(body["id"])))
    assert (taken.status_code, taken.json()["code"]) == (409, "thread-message-exists")


def test_a_second_device_learns_where_it_has_to_go_on(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    late = scene.ines.sealed(thread, b"From the tablet.")
    scene.ines.say(thread, "From the phone.")
    answer = scene.ines.post(thread, late)
    assert (answer.status_code, answer.json()["code"]) == (409, "thread-message-out-of-place")
    assert answer.json()["number"] == 1
    assert answer.json()["hash"] == bytes(Message.objects.get().hash).hex()
    anew = scene.ines.sealed(thread, b"From the tablet.", uuid.UUID(late["id"]))
    assert scene.ines.post(thread, anew).status_code == 201


def test_what_was_changed_on_its_way_is_refused(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    body = scene.ines.sealed(thread, b"Words.")
    forged = body | {"ciphertext": written(bytes(40))}
    answer = scene.ines.post(thread, forged)
    assert (answer.status_code, answer.json()["code"]) == (422, "vault-refused")
    in_her_name = scene.dana.post(thread, body)
    assert in_her_name.status_code == 422
    too_long = body | {"ciphertext": written(bytes(64 * 1024 + 33))}
    assert scene.ines.post(thread, too_long).status_code == 422
    assert not Message.objects.exists()


def test_whoever_is_no_member_finds_no_thread(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    scene.ines.say(thread, "For Dana.")
    for path in (f"/threads/{thread}", f"/threads/{thread}/messages"):
        assert scene.pim.ask("GET", path).status_code == 404
        assert scene.sol.ask("GET", path).status_code == 404
    assert scene.pim.ask("GET", "/threads").json()["items"] == []
    assert scene.pim.ask("PUT", f"/threads/{thread}/read", {"seq": 1}).status_code == 404
    stranger = factories.make_member(scene.practice, Role.CLINICIAN)
    browser = factories.browser(stranger.user)
    assert browser.get(f"{scene.dana.base}/threads/{thread}").status_code == 403


def test_the_person_is_in_none_of_the_threads_about_them(scene: Scene) -> None:
    team = scene.thread(scene.pim, kind="team", by=scene.dana)
    above = scene.thread(scene.sol, kind="supervision", by=scene.dana)
    scene.sol.say(above, "What did you feel?")
    assert texts(scene.dana, above) == [b"What did you feel?"]
    assert scene.ines.ask("GET", "/threads").json()["items"] == []
    for thread in (team, above):
        assert scene.ines.ask("GET", f"/threads/{thread}").status_code == 404
    mine = scene.ines.open(scene.client, scene.dana, kind="team")
    assert (mine.status_code, mine.json()["code"]) == (422, "thread-members-refused")
    with_her = scene.dana.open(scene.client, scene.ines, kind="supervision")
    assert with_her.status_code == 422
    assert scene.dana.open(scene.client, scene.sol, kind="team").status_code == 422
    kinds = {each["kind"] for each in scene.dana.ask("GET", "/threads").json()["items"]}
    assert kinds == {"team", "supervision"}


def test_a_client_thread_needs_the_person_and_nobody_from_outside(scene: Scene) -> None:
    assert scene.dana.open(scene.client, scene.pim, kind="client").status_code == 422
    assert scene.ines.open(scene.client).status_code == 422
    assert scene.ines.open(scene.client, scene.sol).status_code == 422
    assert not Thread.objects.exists()


def test_opened_twice_it_is_opened_once(scene: Scene) -> None:
    thread = uuid.uuid4()
    assert scene.ines.open(scene.client, scene.dana, id=thread).status_code == 201
    assert scene.ines.open(scene.client, scene.dana, id=thread).status_code == 200
    assert (Thread.objects.count(), Epoch.objects.count()) == (1, 1)
    other = scene.ines.ask
    assert scene.pim.open(scene.client, scene.ines, id=thread).status_code == 404
    assert other("GET", "/threads").json()["items"][0]["id"] == str(thread)


def test_after_somebody_left_the_team_the_next_message_needs_a_new_epoch(scene: Scene) -> None:
    thread = scene.thread(scene.dana, scene.pim)
    scene.ines.say(thread, "To both of you.")
    late = scene.ines.sealed(thread, b"To whom?")
    scene.end_place(scene.team["pim"])
    assert scene.pim.ask("GET", f"/threads/{thread}").status_code == 403
    answer = scene.ines.post(thread, late)
    assert (answer.status_code, answer.json()["code"]) == (409, "thread-epoch-stale")
    go_on = sorted(str(each) for each in (scene.ines.id, scene.dana.id))
    assert (answer.json()["epoch"], answer.json()["members"]) == (1, go_on)
    scene.ines.say(thread, "To Dana.")
    assert texts(scene.dana, thread) == [b"To both of you.", b"To Dana."]
    assert not EpochKey.objects.filter(epoch=2, member_id=scene.pim.id).exists()
    assert Member.objects.get(user_id=scene.pim.id).left_epoch == 2


def test_whoever_joins_reads_from_then_on(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    scene.ines.say(thread, "Before.")
    everybody = [scene.ines, scene.dana, scene.pim]
    detail = scene.dana.detail(thread)
    with_ = {each.id: each.device.private.public for each in everybody}
    body = scene.dana.new_epoch(uuid.UUID(thread), with_, scene.dana.epochs(detail)[-1])
    assert scene.dana.ask("POST", f"/threads/{thread}/epochs", body).status_code == 201
    scene.ines.say(thread, "After.")
    assert texts(scene.pim, thread) == [b"After."]
    assert texts(scene.dana, thread) == [b"Before.", b"After."]
    late = scene.ines.ask("POST", f"/threads/{thread}/epochs", body)
    assert (late.status_code, late.json()["code"]) == (409, "vault-epoch-taken")


def test_nobody_is_let_in_by_who_does_not_belong(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    detail = scene.ines.detail(thread)
    with_ = {each.id: each.device.private.public for each in (scene.ines, scene.dana, scene.pim)}
    body = scene.pim.new_epoch(uuid.UUID(thread), with_, scene.ines.epochs(detail)[-1])
    assert scene.pim.ask("POST", f"/threads/{thread}/epochs", body).status_code == 404
    assert Epoch.objects.count() == 1


def test_after_a_withdrawn_consent_the_team_reads_nothing(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    scene.ines.say(thread, "Mine.")
    Client.objects.filter(pk=scene.client.pk).update(consents_withdrawn="care_team")
    answer = scene.dana.ask("GET", f"/threads/{thread}/messages")
    assert (answer.status_code, answer.json()["code"]) == (403, "consent-withdrawn")
    assert scene.dana.ask("GET", "/threads").json()["items"] == []
    late = scene.ines.ask("GET", f"/threads/{thread}").json()
    assert (late["fresh"], late["go_on"]) == (False, [str(scene.ines.id)])


def test_a_message_taken_back_leaves_its_place(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    body = scene.ines.say(thread, "Wrong window.")
    scene.ines.say(thread, "Sorry.")
    path = f"/threads/{thread}/messages/{body['id']}"
    assert scene.dana.ask("DELETE", path).status_code == 404
    assert scene.ines.ask("DELETE", path).status_code == 204
    assert scene.ines.ask("DELETE", path).status_code == 204
    row = Message.objects.get(seq=1)
    assert (bytes(row.ciphertext), bytes(row.salt), bytes(row.signature)) == (b"", b"", b"")
    assert texts(scene.dana, thread) == [None, b"Sorry."]
    page = scene.dana.ask("GET", f"/threads/{thread}/messages?after=2").json()
    assert page["retracted"] == [1]
    scene.ines.say(thread, "Going on.")
    assert texts(scene.dana, thread)[-1] == b"Going on."


def test_reading_never_goes_back_nor_beyond_the_last(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    for word in ("a", "b", "c"):
        scene.ines.say(thread, word)
    path = f"/threads/{thread}/read"
    assert scene.dana.ask("GET", "/threads").json()["items"][0]["unread"] == 3
    assert scene.dana.ask("GET", "/threads-unread").json() == {"threads": 1}
    assert scene.dana.ask("PUT", path, {"seq": 2}).json() == {"read_seq": 2}
    assert scene.dana.ask("PUT", path, {"seq": 1}).json() == {"read_seq": 2}
    assert scene.dana.ask("GET", "/threads").json()["items"][0]["unread"] == 1
    assert scene.dana.ask("PUT", path, {"seq": 99}).json() == {"read_seq": 3}
    assert scene.dana.ask("GET", "/threads-unread").json() == {"threads": 0}
    assert scene.ines.ask("GET", "/threads").json()["items"][0]["unread"] == 0
    page = scene.ines.ask("GET", f"/threads/{thread}/messages").json()
    assert page["read_by"] == [{"member": str(scene.dana.id), "seq": 3}]


def test_a_new_message_is_told_once_until_it_is_read(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    told = Notification.objects.filter(kind="message")
    for word in ("a", "b"):
        scene.ines.say(thread, word)
    assert list(told.values_list("recipient_id", "subject_id")) == [
        (scene.dana.id, uuid.UUID(thread))
    ]
    scene.dana.ask("PUT", f"/threads/{thread}/read", {"seq": 2})
    assert not told.filter(read_at=None).exists()
    scene.ines.say(thread, "c")
    assert told.filter(recipient_id=scene.dana.id).count() == 2
    scene.dana.say(thread, "d")
    assert told.filter(recipient_id=scene.ines.id).count() == 1


def test_pages_go_both_ways_and_are_bounded(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    for number in range(5):
        scene.ines.say(thread, str(number))
    path = f"/threads/{thread}/messages"

    def seqs(query: str) -> list[int]:
        return [each["seq"] for each in scene.dana.ask("GET", path + query).json()["items"]]

    assert seqs("?limit=2") == [4, 5]
    assert seqs("?limit=2&before=4") == [2, 3]
    assert seqs("?limit=2&after=1") == [2, 3]
    assert seqs("?after=5") == []
    assert scene.dana.ask("GET", path + "?limit=201").status_code == 422


def test_the_list_and_a_page_cost_the_same_however_much_there_is(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    scene.ines.say(thread, "a")
    few = [_statements(scene.dana, path) for path in ("/threads", f"/threads/{thread}/messages")]
    again = scene.thread(scene.dana, scene.pim)
    for word in ("b", "c"):
        scene.ines.say(thread, word)
        scene.pim.say(again, word)
    many = [_statements(scene.dana, path) for path in ("/threads", f"/threads/{thread}/messages")]
    assert many == few
    assert max(many) <= 14


def _statements(talker: Talker, path: str) -> int:
    from django.db import connection

    talker.ask("GET", path)
    with CaptureQueriesContext(connection) as context:
        assert talker.ask("GET", path).status_code == 200
    return len(context)


def test_who_reads_somebody_elses_thread_is_noted_once_an_hour(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    scene.ines.say(thread, "a")
    for _ in range(3):
        scene.dana.ask("GET", f"/threads/{thread}/messages")
        scene.ines.ask("GET", f"/threads/{thread}/messages")
    rows = AuditEvent.objects.filter(action="read", resource="thread")
    assert list(rows.values_list("actor_id", "client_id")) == [(scene.dana.id, scene.client.pk)]
    opened = AuditEvent.objects.get(action="open", resource="thread")
    assert opened.detail["kind"] == "client"
    assert len(opened.detail["members"]) == 2


def send_file(
    talker: Talker, thread: str, message: str, content: bytes
) -> tuple[dict[str, Any], Any]:
    body = {
        "id": str(uuid.uuid4()),
        "message": message,
        "size": len(content),
        "sha256": written(hashlib.sha256(content).digest()),
    }
    return body, talker.ask("POST", f"/threads/{thread}/files", body)


def test_a_file_goes_on_where_it_was_interrupted(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    sealed = contents.encrypt(bytes(range(32)), b"a voice note " * 999, b"")
    message = str(uuid.uuid4())
    body, answer = send_file(scene.ines, thread, message, sealed)
    assert answer.status_code == 201
    path = f"/threads/{thread}/files/{body['id']}"
    first = {"offset": 0, "data": written(sealed[:5000])}
    assert scene.ines.ask("POST", path + "/pieces", first).json()["received"] == 5000
    assert scene.dana.ask("POST", path + "/pieces", first).status_code == 404
    gap = scene.ines.ask("POST", path + "/pieces", {"offset": 9000, "data": written(b"x")})
    assert (gap.status_code, gap.json()["received"]) == (409, 5000)
    assert scene.ines.ask("POST", f"/threads/{thread}/files", body).json()["received"] == 5000
    assert scene.dana.ask("GET", path + "/content").status_code == 410
    rest = {"offset": 5000, "data": written(sealed[5000:])}
    assert scene.ines.ask("POST", path + "/pieces", rest).json()["complete"] is True
    served = scene.dana.ask("GET", path + "/content")
    assert b"".join(served.streaming_content) == sealed
    assert scene.pim.ask("GET", path + "/content").status_code == 404


def test_with_its_message_a_file_goes(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    thread = scene.thread(scene.dana)
    said = scene.ines.say(thread, "Listen.")
    body, _ = send_file(scene.ines, thread, said["id"], b"sealed")
    pieces = f"/threads/{thread}/files/{body['id']}/pieces"
    scene.ines.ask("POST", pieces, {"offset": 0, "data": written(b"sealed")})
    folder = files_folder.folder_of_thread(scene.practice.pk, uuid.UUID(thread))
    assert [each.name for each in folder.iterdir()] == [body["id"]]
    with django_capture_on_commit_callbacks(execute=True):
        scene.ines.ask("DELETE", f"/threads/{thread}/messages/{said['id']}")
    assert not ThreadFile.objects.exists()
    assert list(folder.iterdir()) == []


def test_a_message_takes_so_many_files_and_no_more(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    message = str(uuid.uuid4())
    for number in range(8):
        assert send_file(scene.ines, thread, message, b"%d" % number)[1].status_code == 201
    full = send_file(scene.ines, thread, message, b"nine")[1]
    assert (full.status_code, full.json()["code"]) == (413, "vault-full")


def test_the_threads_of_somebody_who_leaves_go_with_their_keys(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    about = scene.thread(scene.pim, kind="team", by=scene.dana)
    said = scene.ines.say(thread, "Mine.")
    send_file(scene.ines, thread, said["id"], b"sealed")
    scene.dana.say(about, "About her.")
    subject = Subject(scene.ines.id, scene.practice.pk, scene.client.pk, keep=True)
    for _ in range(2):
        erasure.forget(subject)
    for model in (Thread, Epoch, EpochKey, Member, Message, ThreadFile):
        assert not model.objects.exists()


def test_of_a_therapist_who_leaves_the_places_stay(scene: Scene) -> None:
    thread = scene.thread(scene.dana, scene.pim)
    scene.dana.say(thread, "Hello.")
    scene.ines.say(thread, "Hello, both.")
    for _ in range(2):
        erasure.forget_of_sender(Subject(scene.dana.id, None, None))
    scene.dana.device.user.delete()
    page = scene.ines.ask("GET", f"/threads/{thread}/messages").json()["items"]
    assert [(each["sender"], each["ciphertext"] == "") for each in page] == [
        (None, True),
        (str(scene.ines.id), False),
    ]
    scene.ines.say(thread, "Hello, Pim.")
    assert texts(scene.pim, thread)[-1] == b"Hello, Pim."


def test_the_copy_holds_ones_own_threads_sealed_and_none_about_one(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    about = scene.thread(scene.pim, kind="team", by=scene.dana)
    scene.ines.say(thread, "Mine.")
    scene.dana.say(about, "About her.")
    found = [
        each for each in copies.resources(scene.client) if each["resourceType"] == "Communication"
    ]
    (row,) = found
    assert row["partOf"][0]["identifier"]["value"] == thread
    assert row["payload"][0]["contentAttachment"]["contentType"].endswith("sealed")


def test_what_is_older_than_the_practice_keeps_is_emptied(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    scene.ines.say(thread, "Long ago.")
    Message.objects.update(received_at=clock.now() - timedelta(days=800))
    scene.ines.say(thread, "Today.")
    before = clock.now() - timedelta(days=400)
    assert erasure.count_old(scene.practice.pk, before) == 1
    assert erasure.empty_old(scene.practice.pk, before, 500) == 1
    assert erasure.count_old(scene.practice.pk, before) == 0
    assert texts(scene.dana, thread) == [None, b"Today."]


def test_when_somebody_answers_is_told_to_the_others(scene: Scene) -> None:
    thread = scene.thread(scene.dana)
    assert scene.dana.ask("GET", "/answering").json() == {"within": ""}
    said = scene.dana.ask("PUT", "/answering", {"within": "working-day"})
    assert (said.status_code, said.json()) == (200, {"within": "working-day"})
    people = {each["id"]: each["within"] for each in scene.ines.detail(thread)["people"]}
    assert people == {str(scene.dana.id): "working-day", str(scene.ines.id): ""}
    assert scene.ines.ask("PUT", "/answering", {"within": "week"}).status_code == 403
    assert scene.dana.ask("PUT", "/answering", {"within": ""}).json() == {"within": ""}
    assert scene.dana.ask("GET", "/answering").json() == {"within": ""}


def test_who_may_join_is_told_with_their_keys(scene: Scene) -> None:
    def who(talker: Talker, kind: str) -> set[str]:
        path = f"/clients/{scene.client.pk}/thread-people?kind={kind}"
        return {each["id"] for each in talker.ask("GET", path).json()["items"] if each["keys"]}

    ines, dana, pim, sol = (str(each.id) for each in (scene.ines, scene.dana, scene.pim, scene.sol))
    assert who(scene.ines, "client") == {ines, dana, pim}
    assert who(scene.dana, "team") == {dana, pim}
    assert who(scene.dana, "supervision") == {dana, pim, sol}


def test_a_group_is_read_by_its_members_alone(scene: Scene) -> None:
    from holdfast.meet.messages.actions import NewEpoch
    from holdfast.meet.messages.schemas import NewEpochIn

    thread = uuid.uuid4()
    with_ = {each.id: each.device.private.public for each in (scene.ines, scene.dana)}
    shown = scene.dana.new_epoch(thread, with_)
    given: NewEpoch = NewEpochIn(**shown).given(thread)
    by = factories.actor_for(*filter(None, [scene.team["dana"].member]))
    facade.open_group(scene.practice.pk, given, by=by)
    scene.ines.say(str(thread), "Hello, group.")
    assert texts(scene.dana, str(thread)) == [b"Hello, group."]
    assert scene.pim.ask("GET", f"/threads/{thread}").status_code == 403
    assert facade.is_member(scene.practice.pk, thread, scene.ines.id)
    assert not facade.is_member(scene.practice.pk, thread, scene.pim.id)
    assert scene.ines.ask("GET", "/threads").json()["items"][0]["client"] is None
