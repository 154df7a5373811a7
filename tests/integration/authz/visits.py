"""Valid bodies of a visit's operations."""

from __future__ import annotations

from typing import Any

_VISIT = "/practices/{practice_id}/clients/{client_id}/encounters/{encounter_id}"

BODIES: dict[str, dict[str, Any]] = {
    f"POST {_VISIT}/begin": {"way": "direct"},
    f"POST {_VISIT}/checks": dict.fromkeys(("camera", "microphone", "speaker", "relay"), "ok"),
}
