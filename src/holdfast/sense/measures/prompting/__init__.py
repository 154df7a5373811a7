"""Asking at the right time: prompts planned, opened, reminded of, put off, answered or missed.

Owns the `Prompt` rows. The rules and what becomes of a prompt are pure (`engine.schedule`,
`engine.prompts`); here they are written down. Start with `rows.plan`, `answering.note_answer` and
`queries.prompts`.
"""
