"""Benchmarks: each module here has a `run() -> list[Report]` and is one line of `make bench`.

A report prints a table with the peer, the ratio, the spread, the machine and the versions, and
writes the same as JSON into `bench/results/`. A peer is the straightforward way that somebody
would do the same without us, not a straw man, and must give the same answer.
"""
