"""What a screening means for the protocol: which paths fit, and how urgent they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from holdfast.safety.engine.protocol.format import Script
from holdfast.safety.engine.screen import Category, Experiencer, Level, Screening

_BODY = frozenset({Category.MEDICAL_EMERGENCY})
#: Said by the screen of whoever is hurt; the person who writes may be the one.
_EITHER = frozenset({Category.ABUSE_OR_VIOLENCE, Category.HARM_TO_OTHERS})


@dataclass(frozen=True, slots=True)
class Signals:
    """The alarm of one text. `spans`: how many passages it rests on."""

    level: Level
    categories: tuple[Category, ...]
    paths: tuple[str, ...]
    spans: int


def signals(screening: Screening, script: Script) -> Signals | None:
    """The paths that an alarm leads to, in the script's order; None where there is no alarm."""
    if not screening.alarm:
        return None
    alarms = [one for one in screening.evidence if one.level >= Level.CONCERN]
    own = {one.category for one in alarms if one.experiencer is Experiencer.SELF}
    theirs = {one.category for one in alarms if one.experiencer is Experiencer.OTHER}
    both = theirs & _EITHER
    found = set(_of(own | both, script))
    if theirs - both:
        found.add("other_person")
    if None in own or not found:  # the classifier, or little signs over several turns
        found.add("self")
    self_at = max((one.level for one in alarms if _own_danger(one.category, one.experiencer)),
                  default=Level.NONE)  # fmt: skip
    if self_at >= Level.EMERGENCY and "self" in found:
        found.add("emergency")
        found -= {"self", "medical"}
    ideas = own - {Category.SELF_HARM, None}
    # "Kill her and then myself": short rules take the second for the other person's.
    if {"others", "other_person"} <= found:
        found = found - {"other_person"} | {"self"}
        ideas |= theirs
    # A wish to hurt somebody else reads like self-harm to short rules; without more it is not.
    if "others" in found and not ideas & set(script.file.leads["self"]):
        found.discard("self")
    order = script.file.order
    ranked = tuple(sorted(found, key=order.index))
    return Signals(screening.level, screening.categories, ranked, len(alarms))


def _of(categories: Iterable[Category | None], script: Script) -> Iterable[str]:
    wanted = set(categories)
    return (path for path, kinds in script.file.leads.items() if not wanted.isdisjoint(kinds))


def _own_danger(category: Category | None, experiencer: Experiencer) -> bool:
    return experiencer is Experiencer.SELF and category not in _BODY | _EITHER
