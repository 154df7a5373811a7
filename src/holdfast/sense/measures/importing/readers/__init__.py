"""One module per format; each has `read(...)`, a generator of `Entry`."""
