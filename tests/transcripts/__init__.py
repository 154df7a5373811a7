"""Scripted conversations in a crisis, played through the real screen and the real dialogue.

`personas.yaml` holds who says what and what must and must not follow; `play` plays it, `pages`
makes documents of it. `python -m tests.transcripts` writes docs/transcripts anew.
"""
