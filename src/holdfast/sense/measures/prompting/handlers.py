"""What other capabilities tell: the person travels, or a message did not arrive after all."""

from __future__ import annotations

from datetime import timedelta

from holdfast.core import clock
from holdfast.core.notify import facade as notify
from holdfast.core.notify.events import DeliveryProblemChanged
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.events import TimeZoneChanged
from holdfast.core.tenancy.models import Client
from holdfast.sense.measures.models import Prompt
from holdfast.sense.measures.prompting import events

#: What is found out about a message later than this changes no prompt any more.
LOOK_BACK = timedelta(days=7)


def on_time_zone_changed(event: TimeZoneChanged) -> None:
    """Plan anew what has not opened."""
    events.plan_again(event.practice_id, event.client_id)


def on_delivery_problem_changed(event: DeliveryProblemChanged) -> None:
    """Tell apart, among what was missed lately, what the person never heard of."""
    client = Client.objects.filter(practice_id=event.practice_id, user_id=event.user_id).first()
    if client is None:
        return
    missed = Prompt.objects.filter(
        practice_id=client.practice_id,
        client_id=client.pk,
        state=Prompt.State.MISSED,
        closes_at__gt=clock.now() - LOOK_BACK,
    )
    # Prompts that no message was sent about stay as they were found.
    sent = Notification.objects.filter(
        practice_id=client.practice_id, subject_id__in=missed.values("pk")
    )
    told = {pk for pk in sent.values_list("subject_id", flat=True) if pk is not None}
    failed = set(notify.problems_of(client.practice_id, told))
    missed.filter(pk__in=failed).update(undelivered=True)
    missed.filter(pk__in=told - failed).update(undelivered=False)
