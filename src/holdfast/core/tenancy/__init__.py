"""Practices, their people, care teams, hours, on-call order and invitations."""
