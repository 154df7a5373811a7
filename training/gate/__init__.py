"""Labelled pairs for the gate, and what the gate makes of them (`python -m training.gate`)."""
