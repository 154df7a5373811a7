"""Crisis lines: what ships, what a practice has confirmed, and what people see.

Owns the table of emergency numbers and lines (`content/lines/`, one file per country) and the
practices' confirmations. Imports `core` only. Start from `engine.directory`, `queries.help_for` and
`actions.confirm`. There is no fallback number for a country that is not in the table: the wrong
number is worse than none.
"""
