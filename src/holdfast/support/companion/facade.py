"""What other capabilities, and the demo, may ask of the companion."""

from __future__ import annotations

from holdfast.core.actor import Actor
from holdfast.core.tenancy.models import Practice
from holdfast.support.companion import actions, flows


def switch_all_on(practice: Practice, *, by: Actor) -> None:
    """Every flow in every language it speaks, drafts included: for a practice where nothing is
    real.
    """
    for name, flow in flows.library().flows.items():
        for head in flow.heads():
            actions.switch(practice, flow=name, language=head.language, on=True, by=by)
