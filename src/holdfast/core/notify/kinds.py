"""Everything that somebody can be told of. The words for each are the client's, in each language;
a test holds the two together. Messages outside the app never say the kind.
"""

from __future__ import annotations

from typing import Literal

#: What staff are told.
StaffKind = Literal[
    "flag-raised",
    "flag-level-raised",
    "flag-escalated",
    "flag-assigned",
    "flag-chain-exhausted",
    "flag-withdrawn",
    "passage-sent",
    "screen-failed",
    "gate-closed",
    "talk-asked",
    "notes-asked-for",
    "appointment-move-asked",
    "appointment-undelivered",
    "calendar-question",
    "calendar-refused",
    "calendar-failed",
    "vault-keys-changed",
    "appointment-booked",
    "appointment-moved",
    "appointment-cancelled",
    "enquiry-sent",
    "client-left",
    "programme-asked",
    "programme-left",
    "client-waits",
    "message",
    "peer-report",
    "listener-ready",
]
#: What the person is told.
PersonKind = Literal[
    "flag-acknowledged",
    "flag-acted",
    "flag-closed",
    "talk-answered",
    "assessment-finished",
    "notes-released",
    "appointment-reminder",
    "appointment-invitation",
    "vault-keys-changed",
    "vault-reader-left",
    "vault-reader-joined",
    "appointment-booked",
    "appointment-moved",
    "appointment-cancelled",
    "earlier-time",
    "enquiry-accepted",
    "enquiry-not-accepted",
    "match-possible",
    "programme-accepted",
    "programme-waiting",
    "programme-declined",
    "programme-removed",
    "programme-rules",
    "programme-over",
    "message",
    "peer-request",
    "peer-message",
    "listener-badge",
]
#: What stands on the screen as a card of its own for as long as it can be answered.
CardKind = Literal["prompt", "reminder"]
#: What anybody tells themself, to see whether it arrives.
TryKind = Literal["try"]

Kind = StaffKind | PersonKind | CardKind | TryKind
