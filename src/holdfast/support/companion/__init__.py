"""The companion: structured conversations that a clinician writes and a person steers.

What it says is content: `content/flows/<flow>/<language>.yaml`. The engine reads it and answers one
event at a time with a pure function; the conversation's state travels with the client, and nothing
of it stays on a server. Imports `core` and the screen of `safety`, no more. Start from
`engine.library.shipped`, `engine.interpreter.step` and `engine.lint.examine`.
"""
