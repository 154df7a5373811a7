"""What Django checks at every start: that each instrument can be used and none has changed."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from holdfast.sense.measures.engine.instrument import InstrumentError


@register()
def instruments_can_be_used(**_: Any) -> list[CheckMessage]:
    """Every pack loads, and the published ones are what they were (`published.lock`)."""
    from holdfast.sense.measures import packs

    try:
        packs.catalogue()
    except InstrumentError as error:
        return [
            Error(
                str(error),
                hint="Restore the file, or publish the change as a new version.",
                id="measures.E001",
            )
        ]
    return []
