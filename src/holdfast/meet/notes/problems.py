"""What a note refuses, and why."""

from __future__ import annotations

from holdfast.core.problems import Conflict, Problem


class NoteChanged(Conflict):
    """It was saved or signed elsewhere since the device read it; nothing was overwritten."""

    code = "note-changed"
    title = "This note was changed elsewhere in the meantime."


class NotTheAuthor(Problem):
    code = "not-the-author"
    status = 403
    title = "Only whoever wrote this note changes it."


class NotTheirSupervisor(Problem):
    code = "not-their-supervisor"
    status = 403
    title = "Only a supervisor who co-signs for its author signs this note."


class NothingToSign(Conflict):
    code = "note-empty"
    title = "There is nothing new in this note to sign."
