"""Why somebody cannot be shown, asked or chosen."""

from __future__ import annotations

from holdfast.core.problems import Conflict
from holdfast.meet.scheduling.facade import Hindered


class HumanFirst(Conflict):
    """Something worrying waits for a human, who comes before any matching."""

    code = "human-first"
    title = "Somebody of the practice gets in touch first. Until then nobody is suggested."


class BaselineMissing(Conflict):
    code = "baseline-missing"
    title = "A short questionnaire comes first."


class IntakeMissing(Conflict):
    code = "intake-missing"
    title = "Say first what you are looking for."


class NoLongerFree(Conflict):
    """They have no place any more, or a limit is not kept any more."""

    code = "no-longer-free"
    title = "This person cannot take you on now."


class AsksFirst(Conflict):
    code = "asks-first"
    title = "This person wants to be asked first."


class EnoughAsked(Conflict):
    code = "enough-asked"
    title = "You have asked several people already. Wait for an answer, or take one back."


class EnquiryOver(Conflict):
    code = "enquiry-over"
    title = "This has been answered or taken back."


class NotLicensed(Hindered):
    """No verified licence covers where the person is on the day. `missing`: "none", "elsewhere" or
    "expired".
    """

    code = "not-licensed"
    title = "No licence holds there on that day."
