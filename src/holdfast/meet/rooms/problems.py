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
