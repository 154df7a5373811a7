"""What can stand in the way of a booking. The client has words for each code."""

from __future__ import annotations

from holdfast.core.problems import Conflict


class SlotTaken(Conflict):
    """`holder` says what is taken: membership, room, equipment or client."""

    code = "slot-taken"
    title = "This time has just been taken."


class SlotNotOffered(Conflict):
    """Outside the hours, too soon, too far off, or not bookable online."""

    code = "slot-not-offered"
    title = "This time cannot be booked."


class Hindered(Conflict):
    """What a registered hindrance raises; each kind has a code and words of its own."""


class GroupFull(Conflict):
    code = "group-full"
    title = "No place is left in this group."


class AppointmentChanged(Conflict):
    """`sequence` is the present one; look again before changing it."""

    code = "appointment-changed"
    title = "This appointment has been changed meanwhile."


class AppointmentOver(Conflict):
    """It was cancelled, or it began."""

    code = "appointment-over"
    title = "This appointment can no longer be changed."


class AppointmentTaken(Conflict):
    """The identifier belongs to something else."""

    code = "appointment-id-taken"
    title = "This identifier is in use."


class AvailabilityChanged(Conflict):
    code = "availability-changed"
    title = "These hours have been changed meanwhile."


class OfferOver(Conflict):
    code = "offer-over"
    title = "This offer is no longer open."
