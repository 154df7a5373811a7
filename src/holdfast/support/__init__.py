"""Help between sessions: the companion, and later the library and exposure."""
