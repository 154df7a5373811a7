"""What a programme refuses. The client has words for each code."""

from __future__ import annotations

from holdfast.core.problems import Conflict


class TimesTaken(Conflict):
    """`taken`: the starts that do not fit, each with why (a scheduling code, or `closed`)."""

    code = "programme-times-taken"
    title = "Not every session of this programme fits. Leave a week out or choose another time."


class NotADraft(Conflict):
    """What was published has its times and its number of sessions."""

    code = "programme-published"
    title = "This programme is published. This part of it can no longer be changed."


class NotRunning(Conflict):
    code = "programme-not-running"
    title = "This programme is not running."


class ProgrammeTaken(Conflict):
    """The identifier belongs to something else."""

    code = "programme-id-taken"
    title = "This identifier is in use."


class JoiningOver(Conflict):
    """Closed to new members, or too far on."""

    code = "joining-over"
    title = "Nobody new comes into this group any more."


class AlreadyAsked(Conflict):
    code = "already-asked"
    title = "You have asked for this group already, or belong to it."


class EnrolmentOver(Conflict):
    """Answered already, or they left."""

    code = "enrolment-over"
    title = "This has been answered already, or they are no longer in the group."


class RulesChanged(Conflict):
    """`version` is the one to read and to agree to."""

    code = "rules-changed"
    title = "The rules have been changed meanwhile. Read them again."


class SessionNotBegun(Conflict):
    code = "session-not-begun"
    title = "Who was there can be said once the session has begun."


class NoPlaceInSession(Conflict):
    """They were no member yet, or had another appointment at that time."""

    code = "no-place-in-session"
    title = "They had no place in this session."
