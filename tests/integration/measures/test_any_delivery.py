"""However a network repeats, reorders and mixes what devices send, the record is the same."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from holdfast.core.actor import system
from holdfast.safety.flags.models import Flag, FlagSignal
from holdfast.sense.measures.models import Response, Score
from holdfast.sense.measures.problems import ResponseConflict
from holdfast.sense.measures.submission import Submission, submit_response
from tests.integration.safety.scene import MONDAY_10, at, make_scene


def submission(number: int, item9: int) -> Submission:
    answers: dict[str, Any] = {f"phq9_{item}": 1 for item in range(1, 9)} | {"phq9_9": item9}
    return Submission(
        id=uuid.uuid5(uuid.NAMESPACE_OID, str(number)),
        instrument="phq-9",
        version="1.0.0",
        language="en",
        answers=answers,
        answered_at=MONDAY_10 - timedelta(hours=number + 1),
        time_zone="Europe/Berlin",
    )


@pytest.mark.django_db
class TestAnyDelivery(TestCase):
    @given(
        deliveries=st.lists(st.integers(0, 4), min_size=1, max_size=12),
        item9=st.lists(st.integers(0, 3), min_size=5, max_size=5),
        forged=st.sets(st.integers(0, 4)),
    )
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    def test_each_is_kept_once(
        self, deliveries: list[int], item9: list[int], forged: set[int]
    ) -> None:
        with at(MONDAY_10):
            scene = make_scene()
            by = system(scene.practice.pk)
            created: dict[int, int] = {}
            for number in deliveries:
                receipt = submit_response(
                    client=scene.client, submission=submission(number, item9[number]), by=by
                )
                created[number] = created.get(number, 0) + receipt.created
            for number in forged & set(deliveries):
                other = submission(number, (item9[number] + 1) % 4)
                with pytest.raises(ResponseConflict):
                    submit_response(client=scene.client, submission=other, by=by)
        sent = set(deliveries)
        of_client = {"client": scene.client}
        assert created == dict.fromkeys(sent, 1)
        assert Response.objects.filter(**of_client).count() == len(sent)
        assert Score.objects.filter(**of_client).count() == len(sent)
        stored = Response.objects.filter(**of_client).values_list("id", "answers")
        assert {pk: answers["phq9_9"] for pk, answers in stored} == {
            submission(number, 0).id: item9[number] for number in sent
        }
        positive = [number for number in sent if item9[number]]
        alerts = FlagSignal.objects.filter(**of_client, code="self-harm-item")
        assert alerts.count() == len(positive)
        assert Flag.objects.filter(**of_client).count() == (
            1 if FlagSignal.objects.filter(**of_client).exists() else 0
        )
