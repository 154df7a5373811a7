"""What Django checks at every start: that each instrument can be used and none has changed."""

from __future__ import annotations

from typing import Any

from django.core import checks

from holdfast.sense.measures.engine.instrument import InstrumentError

HINT = "Restore the file, or publish the change as a new version."


@checks.register()
def instruments_can_be_used(**_: Any) -> list[checks.CheckMessage]:
    """Every pack that ships loads and is what it was (`published.lock`), else nothing starts.

    An added pack that cannot be used is named and left out: people's check-ins go on without it.
    """
    from holdfast.sense.measures import packs

    try:
        left_out = packs.faults()
    except InstrumentError as error:
        return [checks.Error(str(error), hint=HINT, id="measures.E001")]
    return [
        checks.Warning(f"{one.file}: left out: {one.reason}", hint=HINT, id="measures.W001")
        for one in left_out
    ]
