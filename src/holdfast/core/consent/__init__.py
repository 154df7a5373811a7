"""Consent per purpose: versioned, given and withdrawn by the person."""
