"""What can be refused about a flag."""

from __future__ import annotations

from holdfast.core.problems import Conflict


class AlreadyTaken(Conflict):
    """Somebody else was first; `taken_by` and `taken_at` say who and when."""

    code = "flag-already-taken"
    title = "Somebody else has already taken this flag."


class FlagChanged(Conflict):
    """More has come than was on the screen; `level` and `repeats` say what there is now."""

    code = "flag-changed"
    title = "The flag has changed since it was shown. Look at it again."


class WrongState(Conflict):
    """The flag's state does not allow this; `state` says what it is."""

    code = "flag-wrong-state"
    title = "The flag's state does not allow this."


class FlagClosed(Conflict):
    code = "flag-closed"
    title = "The flag is closed."


class NotAClinician(Conflict):
    code = "not-assignable"
    title = "A flag can be given to an active clinician of the practice only."
