"""What forbids an appointment though the time is free: asked of those who registered for it.

Unlike a time that is not offered, this binds staff too: who may not treat somebody on a day may not
by hand either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from holdfast.core.tenancy.models import Client, Membership
from holdfast.meet.scheduling.engine import Slot
from holdfast.meet.scheduling.engine.days import zone_of
from holdfast.meet.scheduling.models import Appointment
from holdfast.meet.scheduling.problems import Hindered

#: What stands in the way on a day (the appointment's own, on its wall) by a medium; None: nothing.
Look = Callable[[date, str], Hindered | None]
#: Reads what it needs once. Without clients it says what stands in the way whoever comes.
Find = Callable[[Membership, Sequence[Client]], Look]

_known: list[Find] = []


def register(find: Find) -> None:
    if find not in _known:
        _known.append(find)


def check(who: Membership, clients: Sequence[Client], appointment: Appointment) -> None:
    """Raises what stands in the way. The statements of those who registered."""
    day = appointment.starts_at.astimezone(zone_of(appointment.zone)).date()
    for find in _known:
        problem = find(who, clients)(day, appointment.medium)
        if problem is not None:
            raise problem


def without_hindered(slots: list[Slot], who: Membership, clients: Sequence[Client]) -> list[Slot]:
    """Slots with the media that nothing forbids; those without one are left out."""
    if not slots:
        return slots
    looks = [find(who, clients) for find in _known]

    def allowed(slot: Slot) -> tuple[str, ...]:
        day = slot.starts_at.astimezone(zone_of(slot.zone)).date()
        return tuple(one for one in slot.media if not any(look(day, one) for look in looks))

    left = (replace(slot, media=allowed(slot)) for slot in slots)
    return [slot for slot in left if slot.media]
