"""Whoever issues at one moment: every number once, none left out, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.ids import uuid7
from holdfast.core.problems import Problem
from holdfast.core.tenancy.models import Client
from holdfast.meet.billing import issuing, terms
from holdfast.meet.billing.models import Charge, Document
from tests import factories
from tests.integration.meet.scheduling.test_races import at_once, on_disk  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 8


def charged(client: Client, by: Actor) -> Charge:
    (membership_id,) = by.membership_ids
    row = Charge(
        id=uuid7(), practice_id=client.practice_id, client=client, encounter_id=uuid7(),
        membership_id=membership_id, kind="visit", served_on=clock.now().date(), units=1,
        listed=100, percent=100, amount=100, currency="EUR", decided_by_id=membership_id,
        decided_at=clock.now() - timedelta(minutes=1),
    )  # fmt: skip
    row.item = {"system": "urn:x:own", "code": "T50", "description": "Talk"}
    row.save()
    return row


@pytest.mark.usefixtures("on_disk")
def test_numbers_have_no_gap_though_some_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.meet.billing.pdf.render", lambda *_, **__: b"%PDF")
    practice = factories.make_practice()
    by = factories.actor_for(factories.make_member(practice, "clinician"))
    terms.put_issuer(practice.pk, {"name": "Practice"}, "", by=by)
    people = [factories.make_client(practice, account=False) for _ in range(AT_ONCE)]
    charges = [charged(one, by) for one in people]

    def issue(number: int) -> None:
        client = people[number]
        issuing.issue(
            client, uuid7(), kind="invoice", charge_ids=[charges[number].pk], recipient="R",
            language="en", by=by,
        )  # fmt: skip
        # Its charge is taken: this one fails after the first, and no number goes with it.
        with pytest.raises(Problem):
            issuing.issue(
                client, uuid7(), kind="invoice", charge_ids=[charges[number].pk], recipient="R",
                language="en", by=by,
            )  # fmt: skip

    assert at_once(AT_ONCE, issue) == Counter({"done": AT_ONCE})
    numbers = Document.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, AT_ONCE + 1))
