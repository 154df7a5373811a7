"""Sharing from the vault: who may be given what, who reads it, and how it ends."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.audit.models import AuditEvent
from holdfast.core.consent import actions as consent
from holdfast.core.identity.actions import delete_account
from holdfast.core.tenancy import actions as tenancy
from holdfast.core.tenancy.models import Role
from holdfast.core.vault import sharing_queries
from holdfast.core.vault.engine import items
from holdfast.core.vault.models import (
    Folder,
    FolderKey,
    FolderWrap,
    Grant,
    Opening,
    ReaderNote,
)
from tests import factories
from tests.integration.core import wire
from tests.integration.core.shares import (
    SharedFolder,
    Therapist,
    grant_of,
    read,
    share,
    therapist_of,
)
from tests.integration.core.vaults import Device, person_in_care

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive_on_postgres]


@pytest.fixture
def person() -> Device:
    return person_in_care()


@pytest.fixture
def therapist(person: Device) -> Therapist:
    return therapist_of(person)


def entry(person: Device, words: bytes, *follows: items.Version) -> items.Version:
    """Something written, for the person alone."""
    version = person.seal(words, *follows)
    assert person.send(version).status_code == 201
    return version


def overview(person: Device) -> Any:
    return person.browser.get(f"{person.path}/sharing").json()


def listed(person: Device, query: str = "") -> Any:
    return person.browser.get(f"{person.path}/sharing/items{query}").json()


def changed(text: str) -> str:
    data = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    data[len(data) // 2] ^= 1
    return base64.urlsafe_b64encode(bytes(data)).rstrip(b"=").decode()


# --- one item


def test_something_written_before_is_shared_with_one_reader(
    person: Device, therapist: Therapist
) -> None:
    kept, other = entry(person, b"for me alone"), therapist_of(person)
    given = entry(person, b"for you")
    assert share(person, grant_of(person, given, therapist)).json() == {"kept": 1}
    page = therapist.shared(person).json()
    assert read(page, therapist, person) == [b"for you"]
    assert page["owner_keys"] == [person.entry()]
    assert other.shared(person).json()["items"] == []
    assert therapist.browser.get(f"{person.path}/items").status_code == 403
    (row,) = listed(person)["items"]
    assert row["item"] == str(given.header.item) != str(kept.header.item)
    assert [each["reader"] for each in row["readers"]] == [str(therapist.id)]


def test_of_each_item_a_reader_gets_the_newest_version_that_is_theirs(
    person: Device, therapist: Therapist
) -> None:
    first = entry(person, b"first words")
    share(person, grant_of(person, first, therapist))
    second = entry(person, b"second words", first)
    assert read(therapist.shared(person).json(), therapist, person) == [b"first words"]
    share(person, grant_of(person, second, therapist))
    assert read(therapist.shared(person).json(), therapist, person) == [b"second words"]
    (row,) = listed(person)["items"]
    assert (row["revision"], len(row["readers"])) == (2, 1)


def test_giving_the_same_again_replaces_it(person: Device, therapist: Therapist) -> None:
    version = entry(person, b"for you")
    again = grant_of(person, version, therapist)
    share(person, grant_of(person, version, therapist))
    assert share(person, again, again).json() == {"kept": 1}
    assert Grant.objects.filter(reader_id=therapist.id).count() == 1
    (row,) = listed(person)["items"]
    assert row["readers"][0]["sealed"] == again["sealed"]


@pytest.mark.any_database
@pytest.mark.parametrize("field", ["sealed", "signature"])
def test_a_grant_that_would_not_open_is_refused_with_all_beside_it(
    person: Device, therapist: Therapist, field: str
) -> None:
    version = entry(person, b"for you")
    good, bad = (grant_of(person, version, therapist) for _ in range(2))
    answer = share(person, good, bad | {field: changed(bad[field])})
    assert (answer.status_code, wire.codes(answer)) == (422, {"vault-refused"})
    assert not Grant.objects.filter(reader_id=therapist.id).exists()


@pytest.mark.any_database
def test_what_is_not_here_cannot_be_given(person: Device, therapist: Therapist) -> None:
    version = person.seal(b"never sent")
    answer = share(person, grant_of(person, version, therapist))
    assert wire.codes(answer) == {"vault-previous-unknown"}
    other = person_in_care()
    foreign = grant_of(other, entry(other, b"theirs"), therapist)
    assert wire.codes(share(person, foreign)) == {"vault-previous-unknown"}


def strangers(person: Device) -> dict[str, Device]:
    """People of the practice whom nothing may be given to."""
    assert person.client is not None
    practice = person.client.practice
    of_practice = Therapist(factories.make_member(practice, Role.CLINICIAN).user)
    of_practice.set_up()
    yesterday, tomorrow = (clock.now().date() + timedelta(days=n) for n in (-1, 1))
    without = factories.make_member(practice, Role.CLINICIAN)
    factories.join_care_team(person.client, without)
    switched_off = therapist_of(person)
    assert switched_off.member is not None
    switched_off.member.active = False
    switched_off.member.save()
    return {
        "not of the team": of_practice,
        "left": therapist_of(person, starts_on=yesterday, ends_on=yesterday),
        "not yet": therapist_of(person, starts_on=tomorrow),
        "no vault": Therapist(without.user),
        "switched off": switched_off,
        "another role": therapist_of(person, Role.SUPERVISOR),
    }


@pytest.mark.any_database
def test_only_who_may_read_today_and_has_a_vault_is_given_anything(person: Device) -> None:
    version = entry(person, b"words")
    for name, stranger in strangers(person).items():
        answer = share(person, grant_of(person, version, stranger))
        assert wire.codes(answer) == {"vault-reader-unknown"}, name
        begun = SharedFolder(person).begin(stranger)
        assert wire.codes(begun) == {"vault-reader-unknown"}, name
    assert not Folder.objects.exists()


# --- a standing share


def test_a_standing_share_gives_what_is_put_into_it(person: Device, therapist: Therapist) -> None:
    one, two, own = (entry(person, words) for words in (b"one", b"two", b"my own"))
    folder = SharedFolder(person)
    assert folder.begin(therapist).status_code == 201
    assert folder.begin(therapist).status_code == 200
    assert folder.put(one, two).json() == {"kept": 2}
    page = therapist.shared(person).json()
    assert read(page, therapist, person) == [b"two", b"one"]
    assert [key["reader"] for each in page["folders"] for key in each["keys"]] == [
        str(therapist.id)
    ]
    shown = overview(person)["folders"][0]
    assert (shown["id"], shown["items"], shown["epoch"]) == (str(folder.id), 2, 1)
    assert [each["reader"] for each in shown["readers"]] == [str(therapist.id)]
    assert {key["reader"] for key in shown["keys"]} == {str(therapist.id), str(person.user.pk)}
    assert str(own.header.item) not in str(listed(person))


def test_stopping_ends_the_reading_and_what_comes_after_has_another_key(
    person: Device, therapist: Therapist
) -> None:
    one, folder = entry(person, b"one"), SharedFolder(person)
    folder.begin(therapist)
    folder.put(one)
    saved = therapist.shared(person).json()
    assert folder.stop(therapist).status_code == 204
    page = therapist.shared(person).json()
    assert (page["items"], page["folders"]) == ([], [])
    assert page["stopped_at"] is not None
    shown = overview(person)["folders"][0]
    assert (shown["items"], shown["readers"], shown["renew"]) == (0, [], True)
    assert shown["stopped_at"] is not None
    assert folder.stop(therapist).status_code == 404
    two = entry(person, b"two")
    assert wire.codes(folder.put(two)) == {"vault-epoch-ended"}
    assert folder.renew(2, therapist).status_code == 201
    assert folder.put(two, epoch=2).json() == {"kept": 1}
    assert read(therapist.shared(person).json(), therapist, person) == [b"two"]
    # What was read cannot be unread: the saved page still opens, and holds nothing that is newer.
    assert read(saved, therapist, person) == [b"one"]
    assert folder.secrets[1] != folder.secrets[2]


def test_of_two_readers_one_is_taken_out_and_the_other_goes_on(
    person: Device, therapist: Therapist
) -> None:
    other, folder = therapist_of(person), SharedFolder(person)
    one = entry(person, b"one")
    folder.begin(therapist)
    folder.put(one)
    keys = {"keys": folder.keys(1, other)}
    given = wire.send(person.browser, "POST", f"{folder.path}/keys", keys)
    assert given.json() == {"kept": 1}
    assert read(other.shared(person).json(), other, person) == [b"one"]
    folder.stop(therapist)
    assert therapist.shared(person).json()["items"] == []
    two = entry(person, b"two")
    assert wire.codes(folder.put(two)) == {"vault-epoch-ended"}
    assert wire.codes(wire.send(person.browser, "POST", f"{folder.path}/keys", keys)) == {
        "vault-epoch-ended"
    }
    assert folder.renew(2, other).status_code == 201
    assert wire.codes(folder.renew(2, other)) == {"vault-epoch-taken"}
    folder.put(two, epoch=2)
    assert read(other.shared(person).json(), other, person) == [b"two", b"one"]


@pytest.mark.any_database
def test_a_folder_that_would_not_open_is_refused(person: Device, therapist: Therapist) -> None:
    other = person_in_care()
    changes: dict[str, Callable[[list[dict[str, Any]]], list[dict[str, Any]]]] = {
        "a changed key": lambda keys: [keys[0], keys[1] | {"sealed": changed(keys[1]["sealed"])}],
        "without the owner": lambda keys: keys[1:],
        "without a reader": lambda keys: keys[:1],
        "the same twice": lambda keys: [*keys, keys[1]],
        "a later epoch": lambda keys: [keys[0], keys[1] | {"epoch": 2}],
        "swapped readers": lambda keys: [
            keys[0] | {"reader": keys[1]["reader"]},
            keys[1] | {"reader": keys[0]["reader"]},
        ],
    }
    for name, change in changes.items():
        folder = SharedFolder(person)
        answer = folder.begin(therapist, keys=change(folder.keys(1, person, therapist)))
        assert wire.codes(answer) == {"vault-refused"}, name
    folder = SharedFolder(person)
    assert wire.codes(folder.begin(therapist, kind="excerpt")) == {"vault-refused"}
    folder.begin(therapist)
    assert wire.codes(folder.begin(therapist, kind="excerpt")) == {"vault-refused"}
    taken = SharedFolder(other, id=folder.id)
    assert wire.codes(taken.begin(therapist_of(other))) == {"vault-refused"}
    assert taken.stop(therapist).status_code == 404
    one = entry(person, b"one")
    wrap = folder.wrap(one)
    for field in ("sealed", "signature"):
        body = {"wraps": [wrap | {field: changed(wrap[field])}]}
        answer = wire.send(person.browser, "POST", f"{folder.path}/wraps", body)
        assert wire.codes(answer) == {"vault-refused"}
    assert not FolderWrap.objects.exists()


# --- taking back


def test_one_item_is_taken_back_from_one_reader(person: Device, therapist: Therapist) -> None:
    other, folder = therapist_of(person), SharedFolder(person)
    one, two = entry(person, b"one"), entry(person, b"two")
    share(person, grant_of(person, one, therapist), grant_of(person, one, other))
    folder.begin(therapist)
    folder.put(one, two)
    path = f"{person.path}/items/{one.header.item}/readers/{therapist.id}"
    assert wire.send(person.browser, "DELETE", path).status_code == 204
    assert read(therapist.shared(person).json(), therapist, person) == [b"two"]
    assert read(other.shared(person).json(), other, person) == [b"one"]
    assert wire.send(person.browser, "DELETE", path).status_code == 404


def test_everything_is_taken_back_from_one_reader_at_once(
    person: Device, therapist: Therapist
) -> None:
    one, two, folder = entry(person, b"one"), entry(person, b"two"), SharedFolder(person)
    share(person, grant_of(person, one, therapist))
    folder.begin(therapist)
    folder.put(two)
    path = f"{person.path}/readers/{therapist.id}"
    assert wire.send(person.browser, "DELETE", path).status_code == 204
    assert therapist.shared(person).json()["items"] == []
    assert not Grant.objects.filter(reader_id=therapist.id).exists()
    assert not FolderKey.objects.filter(reader_id=therapist.id).exists()
    assert not FolderWrap.objects.exists()
    own = f"{person.path}/readers/{person.user.pk}"
    for again in (path, own, f"{person.path}/readers/{uuid.uuid4()}"):
        assert wire.send(person.browser, "DELETE", again).status_code == 404
    assert [row["readers"] for row in listed(person)["items"]] == []
    assert len(person.fetch()["items"]) == 2


def test_whoever_leaves_the_care_team_reads_nothing_from_that_moment(
    person: Device, therapist: Therapist
) -> None:
    share(person, grant_of(person, entry(person, b"for you"), therapist))
    assert therapist.shared(person).status_code == 200
    assert therapist.on_team is not None
    tenancy.leave_care_team(therapist.on_team, by=system(therapist.on_team.practice_id))
    assert therapist.shared(person).status_code == 403
    left = next(each for each in overview(person)["people"] if each["id"] == str(therapist.id))
    assert (left["may_read"], left["items"], left["purpose"]) == (False, 1, None)
    assert left["name"]


@pytest.mark.any_database
def test_a_consent_taken_back_ends_the_reading_and_given_again_begins_it(
    person: Device, therapist: Therapist
) -> None:
    assert person.client is not None
    share(person, grant_of(person, entry(person, b"for you"), therapist))
    by = system(person.client.practice_id)
    agreed = consent.give(person.client, "care_team", by=by)
    assert therapist.shared(person).status_code == 200
    consent.withdraw(agreed, by=by)
    assert therapist.shared(person).status_code == 403
    consent.give(person.client, "care_team", by=by)
    assert read(therapist.shared(person).json(), therapist, person) == [b"for you"]


def test_a_deleted_entry_is_gone_for_its_readers_too(person: Device, therapist: Therapist) -> None:
    one, two, folder = entry(person, b"one"), entry(person, b"two"), SharedFolder(person)
    share(person, grant_of(person, one, therapist))
    folder.begin(therapist)
    folder.put(two)
    therapist.shared(person)
    for version in (one, two):
        assert person.send(person.seal(b"{}", version), forget_earlier=True).status_code == 201
    assert therapist.shared(person).json()["items"] == []
    assert not FolderWrap.objects.exists()
    assert not Opening.objects.exists()


# --- what the person sees


def test_the_person_sees_who_may_read_with_the_whole_history_of_their_keys(
    person: Device, therapist: Therapist
) -> None:
    people = strangers(person)
    found = {each["id"]: each for each in overview(person)["people"]}
    mine = found[str(therapist.id)]
    assert (mine["may_read"], mine["purpose"], mine["items"]) == (True, "treatment", 0)
    assert mine["keys"] == [therapist.entry()]
    assert mine["name"]
    assert found[str(people["no vault"].user.pk)]["keys"] == []
    assert found[str(people["not yet"].user.pk)]["may_read"] is False
    for name in ("not of the team", "left", "switched off", "another role"):
        assert str(people[name].user.pk) not in found, name


def test_it_is_noted_when_something_was_last_handed_out_and_read_once_in_the_trail(
    person: Device, therapist: Therapist
) -> None:
    one, two, folder = entry(person, b"one"), entry(person, b"two"), SharedFolder(person)
    share(person, grant_of(person, one, therapist))
    folder.begin(therapist)
    folder.put(two)
    readings = [row["readers"][0] for row in listed(person)["items"]]
    assert [each["opened_at"] for each in readings] == [None, None]
    assert [each["folder"] for each in readings] == [str(folder.id), None]
    therapist.shared(person)
    first = [row["readers"][0]["opened_at"] for row in listed(person)["items"]]
    assert None not in first
    therapist.shared(person)
    later = [row["readers"][0]["opened_at"] for row in listed(person)["items"]]
    assert all(after > before for before, after in zip(first, later, strict=True))
    noted = AuditEvent.objects.filter(resource="vault_shared")
    assert [set(event.detail["items"]) for event in noted] == [
        {str(one.header.item), str(two.header.item)}
    ] * 2


def test_the_list_of_what_is_shared_is_of_one_reader_or_one_item_on_demand(
    person: Device, therapist: Therapist, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = therapist_of(person)
    one, two, three = (entry(person, words) for words in (b"one", b"two", b"three"))
    share(person, *(grant_of(person, each, therapist) for each in (one, two, three)))
    share(person, grant_of(person, one, other))
    mine = listed(person, f"?reader={other.id}")["items"]
    assert [(row["item"], len(row["readers"])) for row in mine] == [(str(one.header.item), 1)]
    (found,) = listed(person, f"?item={one.header.item}")["items"]
    assert {each["reader"] for each in found["readers"]} == {str(therapist.id), str(other.id)}
    monkeypatch.setattr(sharing_queries, "SIZE", 2)
    first = listed(person)
    assert [row["position"] for row in first["items"]] == [3, 2]
    rest = listed(person, f"?before={first['next']}")
    assert ([row["position"] for row in rest["items"]], rest["next"]) == ([1], None)
    page = therapist.shared(person).json()
    assert read(page, therapist, person) == [b"three", b"two"]
    following = therapist.shared(person, page["next"]).json()
    assert (read(following, therapist, person), following["next"]) == ([b"one"], None)


def test_the_lists_cost_the_same_however_much_is_shared(
    person: Device, therapist: Therapist, django_assert_num_queries: Any
) -> None:
    assert person.client is not None
    folder, other = SharedFolder(person), SharedFolder(person)
    folder.begin(therapist)
    other.begin(therapist_of(person))
    today = clock.now().date()
    for words in (b"one", b"two", b"three"):
        version = entry(person, words)
        folder.put(version)
        share(person, grant_of(person, version, therapist))
        with django_assert_num_queries(6):
            sharing_queries.sharing(person.client, today)
        with django_assert_num_queries(5):
            sharing_queries.shared_items(person.client, None)
        with django_assert_num_queries(6):
            page = sharing_queries.received(person.client, therapist.id, None)
        with django_assert_num_queries(1):
            item = version.header.item
            assert sharing_queries.may_read_item(person.client, therapist.id, item)
        with django_assert_num_queries(1):
            sharing_queries.note_opened(person.client, therapist.id, page.versions, clock.now())
    assert not sharing_queries.may_read_item(person.client, therapist.id, uuid.uuid4())


def test_deleting_the_account_takes_folders_with_it(person: Device, therapist: Therapist) -> None:
    folder = SharedFolder(person)
    folder.begin(therapist)
    folder.put(entry(person, b"one"))
    therapist.shared(person)
    folder.stop(therapist)
    delete_account(person.user)
    for model in (Folder, FolderKey, FolderWrap, Opening, ReaderNote, Grant):
        assert not model.objects.exists()
