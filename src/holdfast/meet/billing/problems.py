"""What billing refuses."""

from __future__ import annotations

from holdfast.core.problems import Problem


class NotChargeable(Problem):
    code = "not-chargeable"
    status = 409
    title = "Nothing can be charged for this visit: it has not ended, or was called off in time."


class ChargedAlready(Problem):
    code = "charged-already"
    status = 409
    title = "This visit has been charged."


class ChargeTaken(Problem):
    code = "charge-taken"
    status = 409
    title = "One of these charges is on a document already, or was dropped."


class DocumentCancelled(Problem):
    code = "document-cancelled"
    status = 409
    title = "This document was cancelled, or cannot be."


class NoLetterhead(Problem):
    code = "no-letterhead"
    status = 409
    title = "The practice has not said yet who issues its invoices."
