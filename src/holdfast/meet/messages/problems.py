"""What a thread refuses, and why."""

from __future__ import annotations

from holdfast.core.problems import Conflict, Problem


class EpochStale(Conflict):
    """Nothing is to be written under this epoch any more. `epoch` is the newest and `members` are
    those who go on: the sender's device begins the next one with them.
    """

    code = "thread-epoch-stale"
    title = "Who belongs to this conversation, or somebody's keys, changed. Begin its next epoch."


class OutOfPlace(Conflict):
    """`number` and `hash` are of the sender's last message here; the next one follows that."""

    code = "thread-message-out-of-place"
    title = "An earlier message of yours has not arrived, or another device was faster."


class MessageExists(Conflict):
    code = "thread-message-exists"
    title = "Another message has this identifier already."


class ThreadExists(Conflict):
    code = "thread-exists"
    title = "Another conversation has this identifier already."


class MembersRefused(Problem):
    code = "thread-members-refused"
    status = 422
    title = "Somebody named here cannot belong to a conversation of this kind."
