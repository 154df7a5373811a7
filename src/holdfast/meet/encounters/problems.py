"""What a visit refuses."""

from __future__ import annotations

from holdfast.core.problems import NotPermitted, Problem
from holdfast.meet.encounters.engine import Refused


class VisitOver(Problem):
    code = "visit-over"
    status = 409
    title = "This visit is over."


class NobodyThere(Problem):
    code = "visit-nobody-there"
    status = 409
    title = "The person has not come yet."


class NotAdmitted(Problem):
    code = "visit-not-admitted"
    status = 409
    title = "Nobody has been let in yet."


class AlreadyBegun(Problem):
    code = "visit-already-begun"
    status = 409
    title = "This visit is going on; it ends when it is finished."


_BY_CODE: dict[str, type[Problem]] = {
    "over": VisitOver,
    "not-yours": NotPermitted,
    "nobody-there": NobodyThere,
    "not-admitted": NotAdmitted,
    "already-begun": AlreadyBegun,
}


def problem_of(refused: Refused) -> Problem:
    """The answer to whoever asked for what does not fit."""
    return _BY_CODE[refused.code]()
