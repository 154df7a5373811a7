"""Pure engines of the safety wing that no single capability owns: what a text means for urgency.

`screen` reads a text; it knows no Django, no clock and no network, and keeps nothing of what it
read. Start at `holdfast.safety.engine.screen.screen`.
"""
