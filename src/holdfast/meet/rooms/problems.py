"""What a room refuses, beside what a visit does."""

from __future__ import annotations

from holdfast.core.problems import Problem


class TooEarly(Problem):
    code = "visit-too-early"
    status = 409
    title = "The waiting room opens an hour before the time."


class NoRoom(Problem):
    code = "visit-without-room"
    status = 409
    title = "This visit takes place in person."


class OfAnother(Problem):
    code = "visit-of-another"
    status = 409
    title = "This is a colleague's visit."


class NotByPhone(Problem):
    """It is no visit by phone, it is over, there is no number, or no provider is set up."""

    code = "visit-not-by-phone"
    status = 409
    title = "This person cannot be called from here."


class GroupTooLarge(Problem):
    code = "group-too-large"
    status = 409
    title = "The room of this group holds no more people."


class NotLetIn(Problem):
    code = "group-not-let-in"
    status = 409
    title = "You have not been let into this group."


class NotInGroup(Problem):
    code = "group-of-another"
    status = 409
    title = "Only who holds this group may do that."


class GroupWithoutServer(Problem):
    code = "group-without-server"
    status = 409
    title = "There is no media server for this group at the moment."
