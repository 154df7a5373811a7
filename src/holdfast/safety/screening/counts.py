"""How often crisis lines were named, for everybody: no person, no practice, no small number."""

from __future__ import annotations

from datetime import date

from django.db.models import Sum

from holdfast.safety.screening import engine
from holdfast.safety.screening.models import ReferralCount


def referrals(today: date) -> tuple[list[engine.Year], list[engine.Month]]:
    """Of the whole installation. One statement."""
    rows = ReferralCount.objects.values("month").annotate(total=Sum("count"))
    return engine.published(dict(rows.values_list("month", "total")), today)
