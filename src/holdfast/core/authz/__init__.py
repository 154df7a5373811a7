"""Authorisation: one table (`table`), one decision (`decide`), one place that enforces (`core.api`)."""
