"""The dead-man's switch: the worker writes that it lives; when it stops, the rest can tell.

Without the worker no flag escalates and no reminder goes out, and nothing else would show it.
Start with `facade`.
"""
