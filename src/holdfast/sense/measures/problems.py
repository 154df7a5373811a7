"""What can be refused about measures."""

from __future__ import annotations

from holdfast.core.problems import Conflict


class ResponseConflict(Conflict):
    """The identifier stands for other answers already; nothing was changed."""

    code = "response-conflict"
    title = "Other answers are recorded under this identifier."


class PromptNotOpen(Conflict):
    """It is not open, or there is no more time or leave to put it off."""

    code = "prompt-not-open"
    title = "This cannot be put off now."


class TermsNotAccepted(Conflict):
    code = "instrument-terms-not-accepted"
    title = "The practice has not accepted the terms of this questionnaire."


class NoTermsToAccept(Conflict):
    code = "instrument-without-terms"
    title = "This questionnaire needs no acceptance."
