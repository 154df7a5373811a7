"""Amounts, fee lists and the lines of a document: pure functions of data."""
