"""Meetings that took place or are planned: what 'since you last met' counts from."""
