"""What the worker calls; every function takes the present instant and returns how much it did."""

from __future__ import annotations

from holdfast.safety.flags.escalation import escalate_due, note_missed_follow_ups

__all__ = ["escalate_due", "note_missed_follow_ups"]
