"""What somebody sends to people, looked at in passing: what its writer is shown, and what is
reported. Pure.

No conversation follows: whoever writes to a person is answered by that person. The words that the
companion would lead into are left out; the card with the numbers is the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from holdfast.live.bodies import read
from holdfast.safety.engine.protocol.lines import in_order
from holdfast.safety.engine.protocol.signals import signals
from holdfast.safety.engine.screen import Level, Screening
from holdfast.support.companion.dialogue import Claims, World
from holdfast.support.companion.dialogue.shapes import Report, line_out

#: The purpose of a ticket for this, and the source of its reports.
MESSAGE: Final = "message"
LONGEST_TEXT = 20_000
_Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class LookIn(BaseModel):
    """`id` is the text's own: looked at again after a lost answer, it is the same report.
    `history`: the writer's own texts before it that were looked at too, for what adds up.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: uuid.UUID
    text: Annotated[_Text, Field(min_length=1)]
    history: Annotated[tuple[_Text, ...], Field(max_length=12)] = ()
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    country: Annotated[str, Field(pattern=r"^[A-Za-z]{2}$")] | None = None


def read_look(body: bytes) -> LookIn:
    """Raises Invalid, which repeats nothing of what came."""
    return read(LookIn, body, "look")


def card(
    world: World,
    claims: Mapping[str, Any],
    look: LookIn,
    found: Screening | None,
    now: datetime,
) -> dict[str, Any] | None:
    """What the writer is shown: the card of an alarm; that of all lines where the screen failed."""
    here = look.country.upper() if look.country else None
    known = Claims.of(claims, country=here)
    kind, number, level = "lines", known.ambulance, Level.NONE
    if found is not None:
        alarm = signals(found, world.protocol.script)
        if alarm is None:
            return None
        path = world.protocol.script.paths[alarm.paths[0]]
        kind, level = path.card, found.level
        number = (known.police if path.number == "police" else None) or number
    lines = in_order(
        known.lines,
        country=known.country,
        language=look.language,
        now=now,
        free=world.protocol.script.file.free_lines,
    )
    return {
        "kind": kind,
        "level": level.code,
        "lines": [line_out(one) for one in lines],
        "emergency": number,
        "dismissable": True,
        "passage": None,
    }


def report(
    world: World, found: Screening | None, shown: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """What a practice is told of it; None where there is nothing to tell."""
    if found is not None and found.level < Level.WATCH:
        return None
    named = tuple(str(one["id"]) for one in shown["lines"]) if shown else ()
    return Report.of(found, world.versions, referrals=named).out()
