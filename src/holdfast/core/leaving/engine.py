"""How long the law makes a practice keep a record of treatment. Pure; knows no clock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

#: What stays of somebody who left, where the law asks for it; nothing else does.
KEPT_KINDS = ("meetings", "scores", "flags", "notes", "care-team", "consents")
LONGEST_YEARS = 100

_CONTENT = Path(__file__).with_name("content") / "legal-retention.json"


@dataclass(frozen=True)
class LegalRule:
    """Years after the last contact, and where that is written. `basis` names the law."""

    country: str
    years: int
    basis: str
    url: str


@cache
def rules() -> dict[str, LegalRule]:
    """By country (ISO 3166-1, two letters). Where a country is missing, nobody has looked it up."""
    content = json.loads(_CONTENT.read_text(encoding="utf-8"))
    return {rule["country"]: LegalRule(**rule) for rule in content["rules"]}


def rule_for(country: str, own_years: int | None) -> LegalRule | None:
    """The rule of a practice: its country's, with its own number of years where it set one.

    None where there is nothing to keep: no rule is known, or the practice set 0 years.
    """
    known = rules().get(country)
    if own_years is None:
        return known
    if own_years == 0:
        return None
    same = known is not None and known.years == own_years
    return known if same else LegalRule(country, own_years, "", known.url if known else "")


def keep_until(last_contact: date, years: int) -> date:
    """The last day on which it is kept; after 29 February that is 28 February where there is none.

    Raises ValueError for years outside 0 to `LONGEST_YEARS`.
    """
    if not 0 <= years <= LONGEST_YEARS:
        raise ValueError(f"years must lie between 0 and {LONGEST_YEARS}")
    try:
        return last_contact.replace(year=last_contact.year + years)
    except ValueError:
        return date(last_contact.year + years, 2, 28)
