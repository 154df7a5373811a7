"""Holdfast: a self-hosted platform for hybrid mental-health care."""

__version__ = "0.1.0"
