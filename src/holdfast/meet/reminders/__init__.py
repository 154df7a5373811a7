"""Reminders of appointments: planned when one is booked, moved or cancelled, and sent once each.

Owns the reminders, how somebody wishes to be reminded, and what the links in them do. Start from
`engine` (when), `planning` (the rows) and `tasks` (the worker).
"""
