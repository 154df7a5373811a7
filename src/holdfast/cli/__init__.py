"""The `holdfast` command: one module per command, wired in `main`.

The engines' commands (`score`, `outcomes`, `instruments lint`) work without the server's
dependencies; the others say so when those are missing.
"""
