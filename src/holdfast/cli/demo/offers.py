"""What the demo's clinicians offer, with licences that the demo's administrator verified."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from holdfast.cli.demo.acting import actor
from holdfast.core import clock
from holdfast.core.tenancy.models import Membership
from holdfast.meet.matching import facade as matching

_COMMON: dict[str, Any] = {
    "listed": True,
    "languages": ["en"],
    "media": ["video", "in_person"],
    "capacity": 60,
}
OFFERS: dict[str, dict[str, Any]] = {
    "dana": {
        "about": "I listen first. Then we try small things together, and see what helps.",
        "gender": "woman",
        "languages": ["en", "es"],
        "specialties": ["anxiety", "panic", "depression", "sleep", "burnout"],
        "approaches": ["cbt", "act", "mindfulness"],
        "competences": ["students", "health-workers"],
        "booking": "direct",
    },
    "priya": {
        "about": "I look after medication, and have time for questions about it.",
        "gender": "woman",
        "specialties": ["depression", "bipolar", "adhd", "ocd"],
        "approaches": ["medication"],
        "fee_from": 0,
        "fee_to": 6000,
        "currency": "EUR",
        "booking": "enquiry",
    },
}


def add(members: dict[str, Membership], administrator: Membership, country: str) -> None:
    """A profile and a verified licence for each of them."""
    for login, offer in OFFERS.items():
        member = members[login]
        by = actor(member)
        matching.save_profile(member.practice_id, _COMMON | offer, by=by)
        licence = {
            "title": "Demo licence",
            "number": f"DEMO-{login.upper()}",
            "jurisdiction": country,
            "expires_on": clock.now().date() + timedelta(days=365),
        }
        licence_id = matching.add_licence(member.practice_id, licence, by=by)
        matching.verify_licence(member.practice_id, licence_id, by=actor(administrator))
