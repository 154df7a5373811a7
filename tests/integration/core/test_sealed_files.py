"""Sealed files arrive in pieces, survive a kill between any two, and go with their entry."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import TestCase

from holdfast.cli.archive import make
from holdfast.core import clock
from holdfast.core.identity import erasure
from holdfast.core.tenancy.models import Role
from holdfast.core.vault import arriving, files, files_folder
from holdfast.core.vault.models import SealedFile, Space
from holdfast.core.vault.schemas import written
from tests import factories
from tests.integration.core import wire
from tests.integration.core.vaults import Device, person_in_care

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive_on_postgres]

CONTENT = secrets.token_bytes(2_500)
PIECE = 1_000


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "files/vault"


@pytest.fixture
def device() -> Device:
    return person_in_care()


def announce(device: Device, content: bytes = CONTENT, **changes: Any) -> Any:
    body = {
        "id": str(uuid.uuid4()),
        "item": str(uuid.uuid4()),
        "size": len(content),
        "sha256": written(hashlib.sha256(content).digest()),
    }
    return wire.send(device.browser, "POST", device.path + "/files", body | changes)


def send_piece(device: Device, file_id: str, offset: int, data: bytes) -> Any:
    body = {"offset": offset, "data": written(data)}
    return wire.send(device.browser, "POST", f"{device.path}/files/{file_id}/pieces", body)


def send_all(device: Device, content: bytes = CONTENT, **changes: Any) -> dict[str, Any]:
    """Announce a file and send what is missing, as the client does."""
    state: dict[str, Any] = announce(device, content, **changes).json()
    return go_on(device, state, content)


def go_on(device: Device, state: dict[str, Any], content: bytes = CONTENT) -> dict[str, Any]:
    while not state["complete"]:
        at = state["received"]
        state = send_piece(device, state["id"], at, content[at : at + PIECE]).json()
    return state


def fetch(device: Device, file_id: str, asked: str = "", path: str = "/files") -> Any:
    headers = {"Range": asked} if asked else {}
    return device.browser.get(f"{device.path}{path}/{file_id}/content", headers=headers)


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_file_comes_back_as_it_was_sent(device: Device, folder: Path) -> None:
    state = send_all(device)
    answer = fetch(device, state["id"])
    assert (answer.status_code, body_of(answer)) == (200, CONTENT)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == "attachment"
    (kept,) = [path for path in folder.rglob("*") if path.is_file()]
    assert (kept.read_bytes(), kept.stat().st_mode & 0o077) == (CONTENT, 0)


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-99", 206, 0, 99),
        ("bytes=2400-", 206, 2400, 2499),
        ("bytes=-100", 206, 2400, 2499),
        ("bytes=2000-9999", 206, 2000, 2499),
        ("bytes=9-3", 200, 0, 2499),
        ("bytes=0-1,5-6", 200, 0, 2499),
        ("lines=0-1", 200, 0, 2499),
    ],
)
def test_a_part_of_it_can_be_asked_for(
    device: Device, asked: str, status: int, first: int, last: int
) -> None:
    answer = fetch(device, send_all(device)["id"], asked)
    assert (answer.status_code, body_of(answer)) == (status, CONTENT[first : last + 1])
    shown = f"bytes {first}-{last}/2500" if status == 206 else None
    assert answer.get("Content-Range") == shown


def test_a_part_beyond_its_end_is_refused(device: Device) -> None:
    answer = fetch(device, send_all(device)["id"], "bytes=2500-")
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */2500")


def test_it_is_not_served_before_it_is_whole(device: Device) -> None:
    state = announce(device).json()
    send_piece(device, state["id"], 0, CONTENT[:PIECE])
    answer = fetch(device, state["id"])
    assert (answer.status_code, wire.codes(answer)) == (410, {"vault-file-gone"})


def test_the_same_piece_and_announcement_may_come_again(device: Device) -> None:
    first = announce(device)
    state = first.json()
    row = SealedFile.objects.get()
    again = announce(device, id=state["id"], item=str(row.item))
    assert (first.status_code, again.status_code) == (201, 200)
    for _ in range(2):
        assert send_piece(device, state["id"], 0, CONTENT[:PIECE]).json()["received"] == PIECE
    done = go_on(device, device.browser.get(f"{device.path}/files/{state['id']}").json())
    assert send_piece(device, state["id"], 0, CONTENT[:PIECE]).json() == done
    assert Space.objects.get().stored_bytes == len(CONTENT)
    other = announce(device, id=state["id"])
    assert (other.status_code, wire.codes(other)) == (409, {"vault-file-exists"})


def test_a_gap_and_what_is_too_much_are_refused(device: Device) -> None:
    file_id = announce(device).json()["id"]
    gap = send_piece(device, file_id, 500, CONTENT[500:600])
    assert (gap.status_code, gap.json()["received"]) == (409, 0)
    assert send_piece(device, file_id, 0, CONTENT + b"more").status_code == 422
    assert announce(device, size=arriving.MOST_FILE_BYTES + 1).status_code == 422


def test_a_whole_that_is_not_what_was_announced_begins_anew(device: Device) -> None:
    state = announce(device).json()
    wrong = secrets.token_bytes(len(CONTENT))
    assert send_piece(device, state["id"], 0, wrong).status_code == 422
    state = device.browser.get(f"{device.path}/files/{state['id']}").json()
    assert (state["received"], state["complete"]) == (0, False)
    go_on(device, state)
    assert body_of(fetch(device, state["id"])) == CONTENT


class Killed(BaseException):
    """Stands for the end of the process: nothing after it runs."""


def killed(*_: Any, **__: Any) -> Any:
    raise Killed


def torn(path: Path, offset: int, data: bytes) -> None:
    """Half of the piece is on the disk."""
    WRITE_AT(path, offset, data[: len(data) // 2])
    raise Killed


WRITE_AT = files_folder.write_at


@pytest.mark.parametrize("piece", [0, 1, 2])
@pytest.mark.parametrize(
    ("where", "name", "instead"),
    [
        (files_folder, "write_at", killed),
        (files_folder, "write_at", torn),
        (files_folder, "finish", killed),
        (QuerySet, "update", killed),
    ],
    ids=["before the piece", "within the piece", "before its place", "before the row"],
)
def test_a_kill_at_any_step_costs_one_piece_at_most(
    device: Device, monkeypatch: pytest.MonkeyPatch, piece: int, where: Any, name: str, instead: Any
) -> None:
    file = SealedFile.objects.get(pk=announce(device).json()["id"])
    pieces = [CONTENT[at : at + PIECE] for at in range(0, len(CONTENT), PIECE)]
    for number, data in enumerate(pieces[:piece]):
        files.append(file, number * PIECE, data)
    there = piece * PIECE
    with monkeypatch.context() as patch:
        patch.setattr(where, name, instead)
        try:
            files.append(file, there, pieces[piece])
        except Killed:
            reached = there
        else:
            assert name == "finish", "only the last piece puts the file in its place"
            reached = there + PIECE
    state = device.browser.get(f"{device.path}/files/{file.pk}").json()
    assert (state["received"], state["complete"]) == (reached, False)
    go_on(device, state)
    assert body_of(fetch(device, str(file.pk))) == CONTENT


def test_a_disk_that_has_less_than_the_row_says_is_believed(device: Device, folder: Path) -> None:
    state = announce(device).json()
    send_piece(device, state["id"], 0, CONTENT[:PIECE])
    next(folder.rglob("*.part")).unlink()
    state = device.browser.get(f"{device.path}/files/{state['id']}").json()
    assert state["received"] == 0
    go_on(device, state)


def test_files_count_against_the_room_there_is(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 4_000)
    first = send_all(device)
    full = announce(device)
    assert (full.status_code, wire.codes(full)) == (413, {"vault-full"})
    with TestCase.captureOnCommitCallbacks(execute=True):
        gone = wire.send(device.browser, "DELETE", f"{device.path}/files/{first['id']}")
    assert gone.status_code == 204
    assert Space.objects.get().stored_bytes == 0
    assert announce(device).status_code == 201


def test_what_never_came_whole_is_given_up_after_a_while(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 4_000)
    announce(device)
    assert announce(device).status_code == 413
    SealedFile.objects.update(begun_at=clock.now() - arriving.GIVEN_UP_AFTER - timedelta(days=1))
    assert announce(device).status_code == 201
    assert SealedFile.objects.count() == 1


def test_a_deleted_entry_takes_its_files_along(device: Device, folder: Path) -> None:
    entry = device.seal(b"with a picture")
    device.send(entry)
    send_all(device, item=str(entry.header.item))
    other = send_all(device)
    with TestCase.captureOnCommitCallbacks(execute=True):
        device.send(device.seal(b"deleted", entry), forget_earlier=True)
    (left,) = [path.name for path in folder.rglob("*") if path.is_file()]
    assert left == other["id"]
    assert Space.objects.get().stored_bytes < 2 * len(CONTENT) + 2_000


def test_a_therapist_fetches_what_belongs_to_a_shared_entry_alone(device: Device) -> None:
    assert device.client is not None
    member = factories.make_member(device.client.practice, Role.CLINICIAN)
    factories.join_care_team(device.client, member)
    therapist = Device(member.user)
    assert therapist.set_up().status_code == 204
    entry = device.seal(b"shared", readers=(therapist.reader,))
    device.send(entry)
    shared = send_all(device, item=str(entry.header.item))
    kept = send_all(device)
    own = f"{device.path}/files/{shared['id']}/content"
    assert therapist.browser.get(own).status_code == 403
    path = f"{device.path}/shared/files/"
    assert body_of(therapist.browser.get(f"{path}{shared['id']}/content")) == CONTENT
    assert therapist.browser.get(f"{path}{kept['id']}/content").status_code == 404
    wire.send(device.browser, "DELETE", f"{device.path}/readers/{member.user_id}")
    assert therapist.browser.get(f"{path}{shared['id']}/content").status_code == 404


def test_nobody_elses_file_can_be_seen_changed_or_removed(device: Device) -> None:
    file_id = send_all(device)["id"]
    stranger = factories.make_client(factories.make_practice())
    assert stranger.user is not None
    other = Device(stranger.user, stranger)
    assert other.set_up().status_code == 204
    assert fetch(other, file_id).status_code == 404
    assert send_piece(other, file_id, 0, b"x").status_code == 404
    gone = wire.send(other.browser, "DELETE", f"{other.path}/files/{file_id}")
    assert gone.status_code == 404
    assert announce(other, id=file_id).status_code == 409
    assert body_of(fetch(device, file_id)) == CONTENT


def test_erasing_the_record_leaves_no_file(device: Device, folder: Path) -> None:
    assert device.client is not None
    send_all(device)
    files.forget_files(erasure.Subject(device.user.pk, device.client.practice_id, device.client.pk))
    files.forget_files(erasure.Subject(device.user.pk, device.client.practice_id, device.client.pk))
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert not SealedFile.objects.exists()
    assert "vault-files" in erasure.stores()


def test_a_backup_holds_the_files(device: Device, folder: Path) -> None:
    file_id = send_all(device)["id"]
    data = folder.parent.parent
    place = make.Place(
        data=data,
        secrets=data / "secrets.json",
        sqlite=data / "x.sqlite3",
        url="",
        instruments=None,
        master=make.place().master,
    )
    names = [name for _, name in make._files(place)]
    assert [name for name in names if name.endswith(file_id)] != []
    assert all(name.startswith("files/files/vault/") for name in names)
