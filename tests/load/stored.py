"""`python -m tests.load.stored`: what a database holds of check-ins, and what contradicts itself.

The database and the data folder come from the environment. Prints one JSON object:
`{"responses": [id, ...], "faults": [sentence, ...]}`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.config.settings")
django.setup()

from django.db.models import Count

from holdfast.core.audit.chaining import chain_waiting
from holdfast.core.audit.models import AuditEvent
from holdfast.core.audit.verifying import first_broken
from holdfast.core.tenancy.models import Practice
from holdfast.safety.flags.models import Flag, FlagSignal
from holdfast.sense.measures.models import Response


def faults() -> Iterator[str]:
    """What a write that was cut in half, or done twice, would leave behind."""
    kept = Response.objects.count()
    scored = Response.objects.annotate(found=Count("scores")).exclude(found=1).count()
    if scored:
        yield f"{scored} responses have not exactly one score"
    noted = AuditEvent.objects.filter(action="submit", resource="response")
    if noted.count() != kept or noted.values("resource_id").distinct().count() != kept:
        yield f"{noted.count()} audit events of {kept} responses"
    worrying = Response.objects.filter(answers__phq9_9__gt=0).count()
    told = FlagSignal.objects.filter(item="phq9_9")
    if told.count() != worrying or told.values("response_id").distinct().count() != worrying:
        yield f"{told.count()} signals of {worrying} answers that worry"
    of_client = Flag.objects.exclude(state="closed").values("client_id")
    twice = of_client.annotate(found=Count("id")).filter(found__gt=1).count()
    if twice:
        yield f"{twice} people with two open flags"
    chain_waiting()
    broken = [one.pk for one in Practice.objects.all() if first_broken(one.pk) is not None]
    if broken:
        yield "the audit trail is broken"


def main() -> None:
    found = [str(pk) for pk in Response.objects.values_list("pk", flat=True)]
    print(json.dumps({"responses": found, "faults": list(faults())}))


if __name__ == "__main__":
    main()
