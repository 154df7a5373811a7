"""Quiet hours and arrival, as pure functions."""
