"""What cannot be done with an assessment."""

from __future__ import annotations

from holdfast.core.problems import Conflict


class AssessmentRunning(Conflict):
    code = "assessment-running"
    title = "There is an assessment already that has not ended."


class AssessmentOver(Conflict):
    code = "assessment-over"
    title = "This assessment has ended."


class NobodyToTell(Conflict):
    code = "nobody-to-tell"
    title = "There is nobody yet who could be told. Please ring the practice."
