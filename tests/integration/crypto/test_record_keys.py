"""One key per person: what is under it, what destroying it does, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction

from holdfast.core import bulk
from holdfast.core.crypto import records
from holdfast.core.crypto.models import Key
from holdfast.core.crypto.records import KeyDestroyed, destroy, is_destroyed
from holdfast.core.identity.models import User
from holdfast.core.tenancy.invitations import invite
from holdfast.core.tenancy.models import Client, Invitation
from holdfast.sense.measures.models import LifeEvent
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def person() -> Client:
    client = factories.make_client(factories.make_practice(), display_name="Ada Quill")
    event = LifeEvent(practice_id=client.practice_id, client_id=client.pk, kind="life",
                      at=NOW, created_at=NOW)  # fmt: skip
    event.label = "moved house"
    event.save()
    return client


def test_destroying_one_key_makes_every_table_unreadable_and_nobody_elses(person: Client) -> None:
    other = factories.make_client(person.practice, display_name="Bo Reed")
    assert LifeEvent.objects.get().label == "moved house"
    assert destroy(person.pk) is True
    assert is_destroyed(person.pk)
    again = Client.objects.get(pk=person.pk)
    assert (again.display_name, again.contact, again.current_location) == ("", None, "")
    assert LifeEvent.objects.get().label == ""
    assert Client.objects.get(pk=other.pk).display_name == "Bo Reed"
    assert bytes(again.name_sealed), "what was sealed is there still, and no key opens it"
    assert destroy(person.pk) is False


def test_nothing_is_sealed_under_a_key_that_was_destroyed(person: Client) -> None:
    destroy(person.pk)
    with pytest.raises(KeyDestroyed):
        Client.objects.get(pk=person.pk).display_name = "Ada"
    event = LifeEvent.objects.get()
    with pytest.raises(KeyDestroyed):
        event.label = "back again"


def test_an_instance_read_before_cannot_bring_a_destroyed_key_back(person: Client) -> None:
    before = Client.objects.get(pk=person.pk)
    destroy(person.pk)
    before.country = "AT"
    before.save()
    again = Client.objects.get(pk=person.pk)
    assert again.country == "AT"
    assert again.record_key is None


def test_a_sealed_value_moved_to_another_row_does_not_open(person: Client) -> None:
    other = factories.make_client(person.practice)
    Client.objects.filter(pk=other.pk).update(
        name_sealed=person.name_sealed,
        record_key=person.record_key,
        record_key_under=person.record_key_under,
    )
    records.forget()
    with pytest.raises(InvalidTag):
        _ = Client.objects.get(pk=other.pk).display_name


def test_a_row_whose_key_was_not_kept_is_refused_by_the_database(person: Client) -> None:
    row = Client(practice=person.practice, joined_at=NOW)
    row.display_name = "Nobody"
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Client, [bulk.row_of(row)])


def test_a_persons_rows_cost_one_look_for_the_key_and_not_one_each(
    person: Client, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        event = LifeEvent(practice_id=person.practice_id, client_id=person.pk, kind="life",
                          at=NOW, created_at=NOW)  # fmt: skip
        event.label = f"event {number}"
        event.save()
    with django_assert_num_queries(1):
        assert len({event.label for event in LifeEvent.objects.all()}) == 4
    records.forget()
    with django_assert_num_queries(2):
        assert len({event.label for event in LifeEvent.objects.all()}) == 4
    records.forget()
    with django_assert_num_queries(1):
        rows = LifeEvent.objects.select_related("client")
        assert len({event.label for event in rows}) == 4


def test_people_made_in_bulk_ask_for_their_practices_key_once(
    person: Client, django_assert_num_queries: Any
) -> None:
    rows = [Client(practice=person.practice, joined_at=NOW) for _ in range(3)]
    for number, row in enumerate(rows):
        row.display_name = f"Person {number}"
    with django_assert_num_queries(5):  # the key, people, standings and the transaction's ends
        Client.objects.bulk_create(rows)
    records.forget()
    found = Client.objects.filter(pk__in=[row.pk for row in rows])
    assert {row.display_name for row in found} == {"Person 0", "Person 1", "Person 2"}
    assert len({bytes(row.record_key or b"") for row in found}) == 3


def test_what_belongs_to_no_person_is_under_the_practices_own_record_key() -> None:
    practice = factories.make_practice()
    by = factories.actor_for(factories.make_member(practice, "administrator"))
    invite(practice, "clinician", by=by, email="new@example.org")
    records.forget()
    assert Invitation.objects.get().email == "new@example.org"
    assert b"example" not in raw("tenancy_invitation", "email_sealed")
    assert Key.objects.filter(practice_id=practice.pk).count() == 1


def raw(table: str, column: str) -> bytes:
    """Everything that stands in a column."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return b"\0".join(
            bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            for (value,) in cursor.fetchall()
        )


# --- sealed, and found by equality


def test_names_and_addresses_are_found_and_stand_in_no_column() -> None:
    practice = factories.make_practice()
    user = factories.make_user("ada.quill", email="ada@example.org")
    factories.make_client(practice, user=user, external_id="clinic:4711")
    assert User.objects.get(login="ada.quill").email == "ada@example.org"
    assert EmailAddress.objects.get(email="ada@example.org").user_id == user.pk
    assert Client.objects.get(external_id__in=["clinic:4711", "clinic:1"]).user_id == user.pk
    for table, column in (
        ("identity_user", "login"),
        ("identity_user", "email"),
        ("account_emailaddress", "email"),
        ("tenancy_client", "external_id"),
    ):
        stored = raw(table, column)
        assert stored.startswith(b"~1.")
        for word in (b"ada", b"example", b"4711"):
            assert word not in stored


def test_a_look_that_could_find_nothing_is_refused() -> None:
    for lookup in ("iexact", "startswith", "icontains", "gt", "regex"):
        with pytest.raises(FieldError):
            User.objects.filter(**{f"login__{lookup}": "a"}).exists()


def test_the_same_word_looks_different_in_each_kind_of_column() -> None:
    factories.make_user("same@example.org", email="same@example.org")
    assert raw("identity_user", "login") != raw("identity_user", "email")
    assert raw("account_emailaddress", "email") == raw("identity_user", "email")


def test_a_sealed_name_that_was_changed_is_no_other_name() -> None:
    user = factories.make_user("ada")
    stored = raw("identity_user", "login").decode()
    other = stored[:-1] + ("A" if stored[-1] != "A" else "Q")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identity_user SET login = %s", [other])
    with pytest.raises(InvalidTag):
        User.objects.get(pk=user.pk)
