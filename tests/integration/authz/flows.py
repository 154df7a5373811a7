"""An example of what a practice says of a flow, for the authorisation tests."""

from __future__ import annotations

import uuid
from typing import Any

from holdfast.core import clock
from holdfast.core.tenancy.models import Practice
from holdfast.support.companion.models import FlowComment

BODIES: dict[str, dict[str, Any]] = {
    "PUT /practices/{practice_id}/companion/flows/{flow}/languages/{language}": {"on": True},
    "POST /practices/{practice_id}/companion/flows/{flow}/comments": {
        "language": "en",
        "text": "Shorter, please.",
    },
}


def comment(practice: Practice) -> uuid.UUID:
    return FlowComment.objects.create(
        practice=practice, flow="grounding", version=1, language="en", at=clock.now()
    ).pk
