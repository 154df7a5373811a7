"""Joining a visit: what a browser needs to reach the other side. `turn` makes the relay's
credentials.
"""
