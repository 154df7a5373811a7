"""Progress notes: written by one, signed for good, read by the team and by whom it lets read."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.models import AuditEvent
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import Client, Membership, Supervision
from holdfast.meet.notes import queries, templates
from holdfast.meet.notes.models import Note, NoteVersion
from tests import factories
from tests.integration.core import wire

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive_on_postgres]

SOAP = {
    "subjective": "“I slept.”",
    "objective": "PHQ-9 fell from 14 to 9.",
    "assessment": "Better.",
    "plan": "Go on.",
}


class Practice:
    """Dana and Pim treat Ines; Sol supervises Dana and co-signs for her."""

    def __init__(self) -> None:
        self.practice = factories.make_practice()
        self.dana = factories.make_member(self.practice, "clinician", display_name="Dana")
        self.pim = factories.make_member(self.practice, "prescriber", display_name="Pim")
        self.sol = factories.make_member(self.practice, "supervisor", display_name="Sol")
        self.ines = factories.make_client(self.practice, display_name="Ines")
        factories.join_care_team(self.ines, self.dana)
        factories.join_care_team(self.ines, self.pim, primary=False)
        factories.supervise(self.sol, self.dana)

    @property
    def base(self) -> str:
        return f"/api/v1/practices/{self.practice.pk}/clients/{self.ines.pk}"

    def ask(self, who: Membership | Client, method: str, rest: str, body: Any = None) -> Any:
        assert who.user is not None
        browser = factories.browser(who.user, isinstance(who, Membership))
        path = self.base + rest if not rest.startswith("/api") else rest
        return wire.send(browser, method, path, body)

    def begin(self, template: str = "soap", **more: Any) -> dict[str, Any]:
        body = {"id": str(uuid.uuid4()), "template": template} | more
        answer = self.ask(self.dana, "POST", "/notes", body)
        assert answer.status_code == 201, answer.content
        made: dict[str, Any] = answer.json()
        return made

    def save(self, note: dict[str, Any], content: dict[str, str], revision: int = 1) -> Any:
        body = {"revision": revision, "content": content}
        return self.ask(self.dana, "PUT", f"/notes/{note['id']}/draft", body)

    def sign(self, note: dict[str, Any], revision: int = 2, reason: str = "") -> Any:
        body = {"revision": revision, "reason": reason}
        return self.ask(self.dana, "POST", f"/notes/{note['id']}/signature", body)

    def signed(self) -> dict[str, Any]:
        note = self.begin()
        assert self.save(note, SOAP).status_code == 200
        assert self.sign(note).status_code == 200
        return note

    def read(self, who: Membership, note: dict[str, Any]) -> Any:
        return self.ask(who, "GET", f"/notes/{note['id']}")

    def listed(self, who: Membership) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(who, "GET", "/notes").json()["items"]
        return found

    def amend(self, note: dict[str, Any], plan: str, revision: int = 3) -> None:
        assert self.save(note, SOAP | {"plan": plan}, revision).status_code == 200
        answer = self.sign(note, revision + 1, "The plan was another.")
        assert answer.status_code == 200, answer.content


@pytest.fixture
def here() -> Practice:
    return Practice()


def cosigns(here: Practice) -> None:
    Supervision.objects.filter(supervisor=here.sol).update(cosigns=True)


def test_a_draft_is_its_authors_alone_until_it_is_signed(here: Practice) -> None:
    note = here.begin()
    here.save(note, SOAP)
    assert here.listed(here.pim) == []
    assert here.read(here.pim, note).status_code == 404
    assert here.read(here.dana, note).json()["draft"] == SOAP
    here.sign(note)
    (row,) = here.listed(here.pim)
    assert (row["author"], row["version"], row["own"], row["draft_at"]) == ("Dana", 1, False, None)
    shown = here.read(here.pim, note).json()
    assert [one["content"] for one in shown["versions"]] == [SOAP]
    assert shown["draft"] is None
    actions = AuditEvent.objects.filter(resource="progress_note", resource_id=note["id"])
    assert list(actions.order_by("at").values_list("action", flat=True)) == ["create", "sign"]


def test_begun_twice_it_is_begun_once(here: Practice) -> None:
    note = here.begin()
    assert here.begin(id=note["id"])["id"] == note["id"]
    assert Note.objects.count() == 1
    body = {"id": note["id"], "template": "soap"}
    assert here.ask(here.pim, "POST", "/notes", body).status_code == 409


def test_what_was_saved_elsewhere_is_never_overwritten(here: Practice) -> None:
    note = here.begin()
    assert here.save(note, SOAP, 1).json()["revision"] == 2
    refused = here.save(note, {"plan": "from another tab"}, 1)
    assert (refused.status_code, refused.json()["code"]) == (409, "note-changed")
    assert refused.json()["revision"] == 2
    assert here.read(here.dana, note).json()["draft"] == SOAP
    assert here.sign(note, 1).json()["code"] == "note-changed"


def test_nobody_changes_what_is_signed_and_others_change_nothing(here: Practice) -> None:
    note = here.signed()
    body = {"revision": 3, "content": {"plan": "mine"}}
    answer = here.ask(here.pim, "PUT", f"/notes/{note['id']}/draft", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-the-author")
    here.save(note, SOAP | {"plan": "Something else."}, 3)
    assert here.read(here.pim, note).json()["versions"][-1]["content"] == SOAP
    dropped = here.ask(here.dana, "DELETE", f"/notes/{note['id']}/draft?revision=4")
    assert dropped.status_code == 204
    assert here.read(here.dana, note).json()["version"] == 1


def test_an_amendment_says_why_and_every_version_stays(here: Practice) -> None:
    note = here.signed()
    here.save(note, SOAP | {"plan": "Stop."}, 3)
    answer = here.sign(note, 4)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "reason"
    assert here.sign(note, 4, "The plan was another.").status_code == 200
    versions = here.read(here.pim, note).json()["versions"]
    assert [(one["content"]["plan"], one["reason"]) for one in versions] == [
        ("Go on.", ""),
        ("Stop.", "The plan was another."),
    ]
    here.save(note, SOAP | {"plan": "Stop."}, 5)
    assert here.sign(note, 6, "Nothing, really.").json()["code"] == "note-empty"


def test_an_empty_note_is_not_signed_and_a_discarded_one_is_gone(here: Practice) -> None:
    note = here.begin("free")
    assert here.sign(note, 1).json()["code"] == "note-empty"
    path = f"/notes/{note['id']}/draft?revision=1"
    assert here.ask(here.dana, "DELETE", path).status_code == 204
    assert not Note.objects.exists()


def test_a_section_of_another_form_and_a_meeting_of_somebody_else_are_refused(
    here: Practice,
) -> None:
    note = here.begin("dap")
    assert here.save(note, {"subjective": "x"}).status_code == 422
    body = {"revision": 1, "content": {}, "encounter_id": str(uuid.uuid4())}
    answer = here.ask(here.dana, "PUT", f"/notes/{note['id']}/draft", body)
    assert answer.json()["errors"][0]["field"] == "encounter_id"


def test_it_is_bound_to_a_meeting(here: Practice) -> None:
    starts = clock.now().isoformat()
    met = here.ask(here.dana, "POST", "/encounters", {"starts_at": starts, "status": "planned"})
    note = here.begin(encounter_id=met.json()["id"])
    assert note["encounter_at"][:19] == starts[:19]


def test_a_supervisee_asks_for_the_supervisors_signature_only_where_it_is_set(
    here: Practice,
) -> None:
    waiting = f"/api/v1/practices/{here.practice.pk}/notes-to-cosign"
    here.signed()
    assert here.ask(here.sol, "GET", waiting).json()["items"] == []
    cosigns(here)
    note = here.signed()
    (row,) = here.ask(here.sol, "GET", waiting).json()["items"]
    assert (row["note_id"], row["client"], row["author"]) == (note["id"], "Ines", "Dana")
    path = f"/notes/{note['id']}/cosignature"
    done = here.ask(here.sol, "POST", path, {"version": 1})
    assert done.json()["cosigned_by"] == "Sol"
    assert here.ask(here.sol, "GET", waiting).json()["items"] == []
    here.amend(note, "Stop.")
    assert here.ask(here.sol, "POST", path, {"version": 1}).json()["code"] == "note-changed"
    (row,) = here.ask(here.sol, "GET", waiting).json()["items"]
    assert row["version"] == 2


def test_a_supervisor_who_does_not_cosign_for_the_author_signs_nothing(here: Practice) -> None:
    note = here.signed()
    answer = here.ask(here.sol, "POST", f"/notes/{note['id']}/cosignature", {"version": 1})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-their-supervisor")


def test_the_administrator_says_who_cosigns(here: Practice) -> None:
    ada = factories.make_member(here.practice, "administrator")
    pair = Supervision.objects.get(supervisor=here.sol)
    path = f"/api/v1/practices/{here.practice.pk}/supervisions/{pair.pk}"
    assert here.ask(ada, "PATCH", path, {"cosigns": True}).json()["cosigns"] is True
    pair.refresh_from_db()
    assert pair.cosigns
    assert AuditEvent.objects.get(resource="supervision").detail == {"cosigns": True}


def test_the_person_sees_that_there_are_notes_asks_and_reads_what_was_released(
    here: Practice,
) -> None:
    note = here.signed()
    here.begin()
    (shown,) = here.ask(here.ines, "GET", "/notes-about-me").json()["items"]
    assert (shown["author"], shown["content"]) == ("Dana", None)
    assert here.ask(here.ines, "GET", f"/notes/{note['id']}").status_code == 403
    for _ in range(2):
        assert here.ask(here.ines, "POST", "/notes-about-me/request").status_code == 201
    told = Notification.objects.filter(kind="notes-asked-for")
    assert set(told.values_list("recipient_id", flat=True)) == {
        here.dana.user_id,
        here.pim.user_id,
    }
    assert here.ask(here.pim, "GET", "/notes").json()["asked_at"] is not None
    released = here.ask(here.pim, "POST", f"/notes/{note['id']}/release", {"version": 1})
    assert released.status_code == 200
    here.ask(here.pim, "POST", "/notes-about-me/answer")
    assert here.ask(here.pim, "GET", "/notes").json()["asked_at"] is None
    here.amend(note, "Stop.")
    page = here.ask(here.ines, "GET", "/notes-about-me").json()
    assert page["answered_at"] is not None
    assert [one["content"]["plan"] for one in page["items"]] == ["Go on."]
    assert Notification.objects.filter(kind="notes-released", recipient=here.ines.user).count() == 1


def test_a_person_who_takes_back_their_consent_is_read_and_cosigned_by_nobody(
    here: Practice,
) -> None:
    cosigns(here)
    here.signed()
    Client.objects.filter(pk=here.ines.pk).update(consents_withdrawn="care_team")
    assert here.ask(here.dana, "GET", "/notes").json()["code"] == "consent-withdrawn"
    waiting = f"/api/v1/practices/{here.practice.pk}/notes-to-cosign"
    assert here.ask(here.sol, "GET", waiting).json()["items"] == []


def test_nothing_of_a_note_is_readable_in_the_database(here: Practice) -> None:
    note = here.signed()
    here.amend(note, "Stop.")
    row = Note.objects.get()
    assert (bytes(row.draft_sealed), row.draft_at) == (b"", None)
    for version in NoteVersion.objects.all():
        stored = bytes(version.content_sealed) + bytes(version.reason_sealed)
        assert b"slept" not in stored
        assert b"another" not in stored


def test_lists_take_as_many_statements_for_ten_notes_as_for_one(here: Practice) -> None:
    cosigns(here)
    here.signed()
    by = _actor(here.dana)
    ids = here.practice.pk, here.ines.pk

    def counted() -> tuple[int, int, int, int]:
        found = []
        for read in (
            lambda: queries.of_client(*ids, None, by),
            lambda: queries.about(here.ines),
            lambda: list(queries.waiting_for(ids[0], [here.sol.pk], clock.now().date())),
            lambda: queries.one(*ids, Note.objects.values_list("pk", flat=True)[0], by),
        ):
            with CaptureQueriesContext(connection) as seen:
                read()
            found.append(len(seen))
        return found[0], found[1], found[2], found[3]

    one = counted()
    assert one == (2, 2, 1, 3)  # the last one finds its identifier first
    for _ in range(4):
        here.signed()
    assert counted() == one


def test_pages_follow_each_other_without_a_gap(
    here: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SIZE", 2)
    made = [here.begin()["id"] for _ in range(3)]
    first = here.ask(here.dana, "GET", "/notes").json()
    second = here.ask(here.dana, "GET", f"/notes?cursor={first['next']}").json()
    assert [one["id"] for one in first["items"] + second["items"]] == made[::-1]
    assert second["next"] is None


@pytest.mark.any_database
def test_every_form_has_its_words_in_every_language() -> None:
    assert set(templates.templates()) == {"soap", "dap", "birp", "free"}
    for path in templates.CONTENT.glob("*.yaml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        words = [content["title"]]
        for section in content["sections"]:
            words += [section["title"], section["hint"]]
        for each in words:
            assert set(each) == {"en", "es", "de", "ar"}
            assert all(each.values())


def _actor(member: Membership) -> Actor:
    memberships = ((member.role, member.pk),)
    return Actor(member.user_id, member.practice_id, memberships, member.role)
