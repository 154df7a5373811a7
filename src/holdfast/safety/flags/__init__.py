"""Flags: something worrying that a named human answers for, with a clock on it."""
