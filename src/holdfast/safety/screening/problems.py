"""What cannot be done with reports, policies and passages."""

from __future__ import annotations

from holdfast.core.problems import Conflict, Problem


class ReportRefused(Problem):
    """Not sealed by this installation, or changed on its way."""

    code = "report-refused"
    status = 401
    title = "This is no report of this installation."


class NoOpenFlag(Conflict):
    code = "no-open-flag"
    title = "Nobody has been told anything that is still open, so there is nobody to send it to."
