"""Sealed threads: messages between a person and their care team, within a team, and in groups."""
