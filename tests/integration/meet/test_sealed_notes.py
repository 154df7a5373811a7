"""Psychotherapy notes: opened by their author alone, and no part of the record."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from typing import Any

import pytest

from holdfast.core import clock
from holdfast.core.audit.models import AuditEvent
from holdfast.core.identity.erasure import Subject
from holdfast.core.vault.engine import items
from holdfast.meet.notes import copies, erasure
from holdfast.meet.notes.models import Note, NoteVersion, SealedNote
from tests.integration.core import wire
from tests.integration.core.vaults import Device, shown
from tests.integration.meet.test_notes import Practice

pytestmark = pytest.mark.django_db

WORDS = b'{"text": "I felt angry at him."}'


class Author:
    """Dana at her browser, with a vault of her own."""

    def __init__(self, here: Practice) -> None:
        self.here = here
        self.device = Device(here.dana.user)
        assert self.device.set_up().status_code == 204

    @property
    def path(self) -> str:
        return f"{self.here.base}/psychotherapy-notes"

    def seal(
        self, words: bytes, *follows: items.Version, kind: str = "psychotherapy-note"
    ) -> items.Version:
        item = follows[0].header.item if follows else uuid.uuid4()
        header = items.Header(
            item,
            self.device.user.pk,
            kind,
            1,
            1 + max((one.header.revision for one in follows), default=0),
            tuple(one.hash for one in follows),
        )
        key = secrets.token_bytes(32)
        return items.seal(header, words, item_key=key, owner=self.device.private)

    def send(self, version: items.Version, **changes: Any) -> Any:
        return wire.send(self.device.browser, "POST", self.path, shown(version) | changes)

    def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.device.browser.get(self.path).json()["items"]
        return found


@pytest.fixture
def here() -> Practice:
    return Practice()


@pytest.fixture
def dana(here: Practice) -> Author:
    return Author(here)


def test_it_is_kept_and_given_back_to_its_author_alone(here: Practice, dana: Author) -> None:
    version = dana.seal(WORDS)
    assert dana.send(version).status_code == 201
    (row,) = dana.listed()
    assert row["ciphertext"] == shown(version)["ciphertext"]
    assert here.ask(here.pim, "GET", "/psychotherapy-notes").json()["items"] == []
    assert here.ask(here.sol, "GET", "/psychotherapy-notes").status_code == 403
    assert here.ask(here.ines, "GET", "/psychotherapy-notes").status_code == 403
    assert here.ask(here.ines, "GET", "/notes-about-me").json()["items"] == []
    entry = AuditEvent.objects.get(resource="psychotherapy_note", action="create")
    assert entry.client_id == here.ines.pk


def test_a_change_takes_the_place_of_what_it_follows_and_of_nothing_else(dana: Author) -> None:
    first = dana.seal(WORDS)
    dana.send(first)
    second = dana.seal(b"changed", first)
    assert dana.send(second).status_code == 201
    assert dana.send(second).status_code == 201
    beside = dana.send(dana.seal(b"from another device", first))
    assert (beside.status_code, beside.json()["code"]) == (409, "vault-previous-unknown")
    (row,) = dana.listed()
    assert (row["revision"], row["ciphertext"]) == (2, shown(second)["ciphertext"])


def test_what_is_of_another_kind_changed_or_granted_to_others_is_refused(
    here: Practice, dana: Author
) -> None:
    version = dana.seal(WORDS)
    assert dana.send(dana.seal(WORDS, kind="journal")).json()["code"] == "vault-refused"
    assert dana.send(version, content_schema=2).json()["code"] == "vault-refused"
    twice = shown(version)["grants"] * 2
    assert dana.send(version, grants=twice).status_code == 422
    given = [shown(version)["grants"][0] | {"reader": str(here.pim.user_id)}]
    assert dana.send(version, grants=given).json()["code"] == "vault-refused"
    assert not SealedNote.objects.exists()


def test_a_colleague_cannot_write_in_its_place_or_delete_it(here: Practice, dana: Author) -> None:
    version = dana.seal(WORDS)
    dana.send(version)
    path = f"/psychotherapy-notes/{version.header.item}"
    assert here.ask(here.pim, "DELETE", path).status_code == 404
    assert here.ask(here.dana, "DELETE", path).status_code == 204
    assert dana.listed() == []


def test_leaving_takes_it_along_even_where_the_law_keeps_the_record(
    here: Practice, dana: Author
) -> None:
    dana.send(dana.seal(WORDS))
    here.signed()
    here.begin()
    assert here.ines.user is not None
    who = here.ines.user.pk, here.practice.pk, here.ines.pk
    erasure.forget(Subject(*who, keep=True))
    assert not SealedNote.objects.exists()
    assert [note.version for note in Note.objects.all()] == [1]
    assert NoteVersion.objects.get().content["plan"] == "Go on."
    erasure.forget(Subject(*who))
    assert not Note.objects.exists()


def test_an_author_who_leaves_takes_their_own_along(here: Practice, dana: Author) -> None:
    dana.send(dana.seal(WORDS))
    erasure.forget_of_author(Subject(uuid.uuid4(), None, None))
    assert SealedNote.objects.count() == 1
    erasure.forget_of_author(Subject(here.dana.user_id, None, None))
    assert SealedNote.objects.count() == 0


def test_only_released_notes_are_in_the_persons_copy(here: Practice, dana: Author) -> None:
    dana.send(dana.seal(WORDS))
    note = here.signed()
    here.signed()
    assert list(copies.resources(here.ines)) == []
    here.ask(here.dana, "POST", f"/notes/{note['id']}/release", {"version": 1})
    (found,) = copies.resources(here.ines)
    assert found["resourceType"] == "DocumentReference"
    ((_, author, number, text),) = copies.rows(here.ines)
    assert (author, number) == ("Dana", 1)
    assert "plan: Go on." in text
    here.ines.left_at = clock.now()
    assert len(list(copies.resources(here.ines))) == 2, "a record kept by law has every note"


def test_old_drafts_go_and_signed_notes_stay(here: Practice) -> None:
    here.signed()
    here.begin()
    later = clock.now() + timedelta(days=1)
    assert [note.version for note in erasure.old_drafts(here.practice.pk, later)] == [0]
