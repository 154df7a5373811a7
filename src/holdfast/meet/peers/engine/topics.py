"""What people may ask to talk about, as codes; the words are the client's."""

from __future__ import annotations

TOPICS = (
    "just-talk",
    "loneliness",
    "worry",
    "low-mood",
    "grief",
    "relationships",
    "family",
    "work-study",
    "illness",
    "drinking",
    "newcomer",
    "being-different",
)
#: Why somebody reports a chat.
REASONS = ("abuse", "sexual", "asks-who-i-am", "dangerous-advice", "under-18", "selling", "other")
