"""Authorisation: one table (`table`), one decision (`decide`), enforced in `core.api`."""
