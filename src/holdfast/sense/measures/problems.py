"""What can be refused about measures."""

from __future__ import annotations

from holdfast.core.problems import Conflict, Problem


class ResponseConflict(Conflict):
    """The identifier stands for other answers already; nothing was changed."""

    code = "response-conflict"
    title = "Other answers are recorded under this identifier."


class PromptNotOpen(Conflict):
    """It is not open, or there is no more time or leave to put it off."""

    code = "prompt-not-open"
    title = "This cannot be put off now."


class UnsupportedSchema(Problem):
    """`kept`: this server has the entry, sealed, and reads it once it can. The device keeps it too.

    `understood` lists the newest form this server reads.
    """

    code = "unsupported-schema"
    status = 422
    title = "This answer has a form that the server does not know yet. It is kept, and not read."


class TermsNotAccepted(Conflict):
    code = "instrument-terms-not-accepted"
    title = "The practice has not accepted the terms of this questionnaire."


class OnlyAsFollowUp(Conflict):
    """It follows an answer at once and leads to a human; asked by itself it would do neither."""

    code = "only-as-follow-up"
    title = "This questionnaire follows an answer and cannot be given by itself."


class NoTermsToAccept(Conflict):
    code = "instrument-without-terms"
    title = "This questionnaire needs no acceptance."
